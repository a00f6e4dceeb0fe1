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
  let responses = new Float64Array(0);
  let nEmpty = 0;
  for (const chunk of rows) {
    const { nBins, offsets, units } = chunk;
    const nEntries = offsets[nBins];
    if (nEntries > places.length) places = new Int32Array(2 * nEntries);
    if (nBins * 4 > responses.length) responses = new Float64Array(nBins * 4);
    for (let entry = offsets[0]; entry < nEntries; entry++) {
      places[entry] = slots[units[entry]] * width;
    }
    for (let row = 0; row < nBins; row++) if (offsets[row] === offsets[row + 1]) nEmpty++;
    for (let a = 0; a < width; a += 4) {
      const n = project(chunk, places, a, gains, rest, responses);
      for (let i = 0; i < n; i++) responses[i] = fastTanh(responses[i]);
      addUp(responses, n, a, sums, slopes);
      addProducts(chunk, places, a, responses, products);
    }
  }
  for (let a = 0; a < k; a++) {
    const t = fastTanh(rest[a]);
    sums[a] += nEmpty * t;
    slopes[a] += nEmpty * (1 - t * t);
  }
  return { sums, slopes, products, width };
}

/**
 * Responses of four components from `a` on to the rows that name units, row by row.
 * @returns how many numbers those are
 */
function project(
  { nBins, offsets, values }: SparseRows,
  places: Int32Array,
  a: number,
  gains: Float64Array,
  rest: Float64Array,
  responses: Float64Array,
): number {
  // One by one: as an iterator gives them, they would not be known to be numbers, nor all that is added to them.
  const rest0 = rest[a];
  const rest1 = rest[a + 1];
  const rest2 = rest[a + 2];
  const rest3 = rest[a + 3];
  let n = 0;
  let entry = offsets[0];
  for (let row = 0; row < nBins; row++) {
    const end = offsets[row + 1];
    if (entry === end) continue;
    let y0 = rest0;
    let y1 = rest1;
    let y2 = rest2;
    let y3 = rest3;
    for (; entry < end; entry++) {
      const at = places[entry] + a;
      const x = values[entry];
      y0 += gains[at] * x;
      y1 += gains[at + 1] * x;
      y2 += gains[at + 2] * x;
      y3 += gains[at + 3] * x;
    }
    responses[n] = y0;
    responses[n + 1] = y1;
    responses[n + 2] = y2;
    responses[n + 3] = y3;
    n += 4;
  }
  return n;
}

/** Adds up t and 1 - t² of four components from `a` on. */
function addUp(
  responses: Float64Array,
  n: number,
  a: number,
  sums: Float64Array,
  slopes: Float64Array,
): void {
  for (let c = 0; c < 4; c++) {
    let sum = sums[a + c];
    let slope = slopes[a + c];
    for (let i = c; i < n; i += 4) {
      const t = responses[i];
      sum += t;
      slope += 1 - t * t;
    }
    sums[a + c] = sum;
    slopes[a + c] = slope;
  }
}

/** Adds t·x of four components from `a` on. */
function addProducts(
  { nBins, offsets, values }: SparseRows,
  places: Int32Array,
  a: number,
  responses: Float64Array,
  products: Float64Array,
): void {
  let n = 0;
  let entry = offsets[0];
  for (let row = 0; row < nBins; row++) {
    const end = offsets[row + 1];
    if (entry === end) continue;
    const t0 = responses[n];
    const t1 = responses[n + 1];
    const t2 = responses[n + 2];
    const t3 = responses[n + 3];
    n += 4;
    for (; entry < end; entry++) {
      const at = places[entry] + a;
      const x = values[entry];
      products[at] += t0 * x;
      products[at + 1] += t1 * x;
      products[at + 2] += t2 * x;
      products[at + 3] += t3 * x;
    }
  }
}
