/**
 * Percentile with linear interpolation between the two nearest values.
 * @param values in any order; none gives NaN
 * @param percentile 0 to 100
 */
export function percentileOf(values: Float64Array, percentile: number): number {
  const sorted = values.slice().sort();
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const place = (percentile / 100) * (n - 1);
  const below = Math.floor(place);
  const share = place - below;
  const from = sorted[below];
  const to = sorted[Math.min(below + 1, n - 1)];
  // From the nearer end, as NumPy does: the end itself is met exactly.
  return share < 0.5 ? from + (to - from) * share : to - (to - from) * (1 - share);
}

/**
 * How often chance does as well: (1 + number of null values that reach the observed one) / (1 + their number), which
 * is never 0. Against the largest eigenvalue of each shuffle it holds for all observed ones together.
 * @returns one value per entry of `observed`
 * Source: Phipson & Smyth 2010, Stat Appl Genet Mol Biol, doi 10.2202/1544-6115.1585
 */
export function pValuesOf(observed: Float64Array, nullValues: Float64Array): Float64Array {
  return observed.map((value) => {
    let nReached = 0;
    for (const chance of nullValues) if (chance >= value) nReached++;
    return (1 + nReached) / (1 + nullValues.length);
  });
}
