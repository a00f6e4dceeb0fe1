import type { Moments } from '../model/chunk.ts';
import { type SparseSums, scaledCovariance } from './sparse-covariance.ts';

/**
 * Mean and covariance (ddof 0) of z-scored counts from sums over the counts themselves.
 * @param moments what the counts are z-scored with; they may be those of other bins
 * @returns constant units, and those with standard deviation 0, have mean and covariance 0
 */
export function standardisedCovariance(
  sums: SparseSums,
  { mean, sd }: Moments,
): { mean: Float64Array; covariance: Float64Array; isConstant: Uint8Array } {
  const { nUnits, nRows } = sums;
  const isConstant = sums.isConstant().map((flag, unit) => (sd[unit] === 0 ? 1 : flag));
  const active = Int32Array.from(isConstant.keys()).filter((unit) => isConstant[unit] === 0);
  const scales = Float64Array.from(active, (unit) => sd[unit]);
  const n = active.length;
  const block = scaledCovariance(sums, active, scales);
  const covariance = new Float64Array(nUnits * nUnits);
  const means = new Float64Array(nUnits);
  sums.sums.forEach((sum, unit) => {
    if (sd[unit] !== 0 && nRows > 0) means[unit] = (sum / nRows - mean[unit]) / sd[unit];
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      covariance[active[i] * nUnits + active[j]] = (block[i * n + j] * (nRows - 1)) / nRows;
    }
  }
  return { mean: means, covariance, isConstant };
}
