import type { ResponseAdder } from './ica-responses.ts';
import { isCounted } from './like-rows.ts';
import type { SparseRows } from './sparse-covariance.ts';
import { fastTanh } from './tanh.ts';

/** Components that are made together: they share what is read of a row. */
const groupSize = 4;

/**
 * Responses by loops of JavaScript: what there is where WebAssembly is not, and what that is held against.
 * Memory: two tables of a number per unit and component, 12 bytes per entry of the largest chunk, and 44 per row of it.
 * @param most most entries of a row that is counted among rows that are alike
 */
export function createPlainAdder(nUnits: number, k: number, most: number): ResponseAdder {
  const width = Math.ceil(k / groupSize) * groupSize;
  const gains = new Float64Array(nUnits * width);
  const rest = new Float64Array(width);
  const sums = new Float64Array(width);
  const slopes = new Float64Array(width);
  const products = new Float64Array(nUnits * width);
  const kept = { nRows: 0, ends: none, places: none, values: noNumbers };
  let responses = noNumbers;
  let ones = noNumbers;

  function addTimes(rows: SparseRows, counts: Float64Array): void {
    keepOthers(rows, width, 0, kept);
    addKept(counts);
  }

  function add(rows: SparseRows): void {
    keepOthers(rows, width, most, kept);
    if (kept.nRows > ones.length) ones = new Float64Array(2 * kept.nRows).fill(1);
    addKept(ones);
  }

  function addKept(counts: Float64Array): void {
    const length = kept.nRows * groupSize;
    if (length > responses.length) responses = new Float64Array(2 * length);
    for (let a = 0; a < width; a += groupSize) {
      project(kept, a, gains, rest, responses);
      for (let i = 0; i < length; i++) responses[i] = fastTanh(responses[i]);
      addUp(responses, kept.nRows, counts, a, sums, slopes);
      addProducts(kept, a, responses, products);
    }
  }

  return { width, gains, rest, sums, slopes, products, add, addTimes };
}

/** Rows by the entries that they name: row `r` ends before entry `ends[r]`, and the next one begins there. */
interface Named {
  nRows: number;
  ends: Int32Array;
  /** Of each entry, where its unit stands in a table of `width` numbers per unit. */
  places: Int32Array;
  values: Float64Array;
}

const none = new Int32Array(0);
const noNumbers = new Float64Array(0);

/** Copies the rows that must be added one by one to `kept`. */
function keepOthers(
  { nBins, offsets, units, values }: SparseRows,
  width: number,
  most: number,
  kept: Named,
): void {
  const nEntries = offsets[nBins] - offsets[0];
  if (nBins > kept.ends.length) kept.ends = new Int32Array(2 * nBins);
  if (nEntries > kept.places.length) {
    kept.places = new Int32Array(2 * nEntries);
    kept.values = new Float64Array(2 * nEntries);
  }
  const { ends, places, values: own } = kept;
  let nRows = 0;
  let n = 0;
  let entry = offsets[0];
  for (let row = 0; row < nBins; row++) {
    const end = offsets[row + 1];
    if (entry === end) continue;
    if (isCounted(values, entry, end, most)) {
      entry = end;
      continue;
    }
    for (; entry < end; entry++) {
      places[n] = units[entry] * width;
      own[n++] = values[entry];
    }
    ends[nRows++] = n;
  }
  kept.nRows = nRows;
}

/** Responses of four components from `a` on, row by row. */
function project(
  { nRows, ends, places, values }: Named,
  a: number,
  gains: Float64Array,
  rest: Float64Array,
  responses: Float64Array,
): void {
  // One by one: as an iterator gives them, they would not be known to be numbers, nor all that is added to them.
  const rest0 = rest[a];
  const rest1 = rest[a + 1];
  const rest2 = rest[a + 2];
  const rest3 = rest[a + 3];
  let entry = 0;
  for (let row = 0; row < nRows; row++) {
    const end = ends[row];
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
    responses[row * 4] = y0;
    responses[row * 4 + 1] = y1;
    responses[row * 4 + 2] = y2;
    responses[row * 4 + 3] = y3;
  }
}

/** Adds up t and 1 - t² of four components from `a` on, as often as each row comes; `responses` become t that often. */
function addUp(
  responses: Float64Array,
  nRows: number,
  counts: Float64Array,
  a: number,
  sums: Float64Array,
  slopes: Float64Array,
): void {
  for (let c = 0; c < groupSize; c++) {
    let sum = sums[a + c];
    let slope = slopes[a + c];
    for (let row = 0; row < nRows; row++) {
      const i = row * groupSize + c;
      const t = responses[i];
      const count = counts[row];
      responses[i] = count * t;
      sum += count * t;
      slope += count * (1 - t * t);
    }
    sums[a + c] = sum;
    slopes[a + c] = slope;
  }
}

/** Adds t·x of four components from `a` on. */
function addProducts(
  { nRows, ends, places, values }: Named,
  a: number,
  responses: Float64Array,
  products: Float64Array,
): void {
  let entry = 0;
  for (let row = 0; row < nRows; row++) {
    const end = ends[row];
    const t0 = responses[row * 4];
    const t1 = responses[row * 4 + 1];
    const t2 = responses[row * 4 + 2];
    const t3 = responses[row * 4 + 3];
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
