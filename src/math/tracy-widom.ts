/** Quantiles of the Tracy-Widom distribution of order 1 (real data). */
const quantile95 = 0.9793;
const quantile99 = 2.0234;

/**
 * What the largest eigenvalue of independent units' correlation matrix stays below in 95 % of recordings.
 * @returns Infinity for no bins
 */
export function tracyWidomBound95(nBins: number, nUnits: number): number {
  return tracyWidomBound(nBins, nUnits, quantile95);
}

/** As `tracyWidomBound95`, in 99 % of recordings. */
export function tracyWidomBound99(nBins: number, nUnits: number): number {
  return tracyWidomBound(nBins, nUnits, quantile99);
}

/**
 * (μ + q s) / nBins with μ = (√(nBins - 1) + √nUnits)² and s = (√(nBins - 1) + √nUnits) (1/√(nBins - 1) + 1/√nUnits)^⅓:
 * the Marchenko-Pastur edge and, beyond it, the spread of the largest eigenvalue around it, which shrinks with the
 * number of bins. It holds for normal noise of known variance; z-scoring, which fixes the sum of the eigenvalues, makes
 * it err on the strict side (noise of 20 units exceeds the 95 % bound about once in 100). Rare spikes are far from
 * normal: there a shuffle tells more.
 * Source: Johnstone 2001, Ann Statist, doi 10.1214/aos/1009210544
 */
function tracyWidomBound(nBins: number, nUnits: number, quantile: number): number {
  if (nBins < 2) return Number.POSITIVE_INFINITY;
  const rootBins = Math.sqrt(nBins - 1);
  const rootUnits = Math.sqrt(nUnits);
  const centre = (rootBins + rootUnits) ** 2;
  const spread = (rootBins + rootUnits) * Math.cbrt(1 / rootBins + 1 / rootUnits);
  return (centre + quantile * spread) / nBins;
}
