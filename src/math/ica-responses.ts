import type { SparseRows } from './sparse-covariance.ts';
import { fastTanh } from './tanh.ts';

/** Sparse rows and what standardises the units of interest among those they name. */
export interface StandardisedRows {
  /** Read once per iteration, first to last. */
  readonly rows: Iterable<SparseRows>;
  readonly nRows: number;
  /** Place of each unit of the rows among the units of interest; their number for all others. */
  readonly slots: Int32Array;
  /** Per unit of interest: mean over these rows, and the scale that values are divided by. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
}

/**
 * Sums over rows of t = tanh(y), of 1 - t² and of t·x, where y is the response of each component to the row. A row
 * costs only the units it names; rows that name none respond alike and are counted. Rows are added in order, one by
 * one, so that nothing depends on how they are parted.
 * @param weights shape [k, nUnits]
 * @returns sums and slopes, one per component; products, shape [nUnits, width] with `width` the next multiple of four
 */
export function sumResponses(
  { rows, slots, means, scales }: StandardisedRows,
  weights: Float64Array,
  k: number,
) {
  const n = means.length;
  // Components in groups of four, which share what is read of a row; those that fill the last group respond with 0.
  const width = Math.ceil(k / 4) * 4;
  // Unit by unit, one more slot for the units that do not count: its weights are 0, its products not read.
  const gains = new Float64Array((n + 1) * width);
  const rest = new Float64Array(width);
  for (let a = 0; a < k; a++) {
    for (let i = 0; i < n; i++) {
      gains[i * width + a] = weights[a * n + i] / scales[i];
      rest[a] -= gains[i * width + a] * means[i];
    }
  }
  const sums = new Float64Array(width);
  const slopes = new Float64Array(width);
  const products = new Float64Array((n + 1) * width);
  let places = new Int32Array(0);
  let nEmpty = 0;
  for (const { nBins, offsets, units, values } of rows) {
    const nEntries = offsets[nBins];
    if (nEntries > places.length) places = new Int32Array(2 * nEntries);
    const placeOf = places;
    for (let entry = offsets[0]; entry < nEntries; entry++) {
      placeOf[entry] = slots[units[entry]] * width;
    }
    for (let row = 0; row < nBins; row++) if (offsets[row] === offsets[row + 1]) nEmpty++;
    for (let a = 0; a < width; a += 4) {
      const [rest0, rest1, rest2, rest3] = rest.subarray(a, a + 4);
      let [sum0, sum1, sum2, sum3] = sums.subarray(a, a + 4);
      let [slope0, slope1, slope2, slope3] = slopes.subarray(a, a + 4);
      let start = offsets[0];
      for (let row = 0; row < nBins; row++) {
        const end = offsets[row + 1];
        if (start === end) continue;
        let t0 = rest0;
        let t1 = rest1;
        let t2 = rest2;
        let t3 = rest3;
        for (let entry = start; entry < end; entry++) {
          const at = placeOf[entry] + a;
          const x = values[entry];
          t0 += gains[at] * x;
          t1 += gains[at + 1] * x;
          t2 += gains[at + 2] * x;
          t3 += gains[at + 3] * x;
        }
        t0 = fastTanh(t0);
        t1 = fastTanh(t1);
        t2 = fastTanh(t2);
        t3 = fastTanh(t3);
        sum0 += t0;
        sum1 += t1;
        sum2 += t2;
        sum3 += t3;
        slope0 += 1 - t0 * t0;
        slope1 += 1 - t1 * t1;
        slope2 += 1 - t2 * t2;
        slope3 += 1 - t3 * t3;
        for (let entry = start; entry < end; entry++) {
          const at = placeOf[entry] + a;
          const x = values[entry];
          products[at] += t0 * x;
          products[at + 1] += t1 * x;
          products[at + 2] += t2 * x;
          products[at + 3] += t3 * x;
        }
        start = end;
      }
      sums.set([sum0, sum1, sum2, sum3], a);
      slopes.set([slope0, slope1, slope2, slope3], a);
    }
  }
  for (let a = 0; a < k; a++) {
    const t = fastTanh(rest[a]);
    sums[a] += nEmpty * t;
    slopes[a] += nEmpty * (1 - t * t);
  }
  return { sums, slopes, products, width };
}
