import { isCounted, type LikeRows } from './like-rows.ts';
import type { SparseRows } from './sparse-covariance.ts';
import { fastTanh } from './tanh.ts';

/** Sparse rows and what standardises the units of interest among those they name. */
export interface StandardisedRows {
  /** Read once before the first iteration and once in each, first to last. */
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
 * costs only the units it names; rows that name none, and those of a spike or two, respond alike and are counted. All
 * others are added in order, one by one, and then those, so that nothing depends on how rows are parted.
 * @param like the rows of `data` that are counted
 * @param weights shape [k, nUnits]
 * @returns sums and slopes, one per component; products, shape [nUnits, width] with `width` the next multiple of four
 */
export function sumResponses(
  { rows, slots, means, scales }: StandardisedRows,
  like: LikeRows,
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
  const kept = createNamed();
  let responses = new Float64Array(0);
  let nEmpty = 0;
  /** Responses of four components from `a` on to all the rows. */
  const respond = (named: Named, a: number): Float64Array => {
    const length = named.nRows * 4;
    if (length > responses.length) responses = new Float64Array(length);
    project(named, a, gains, rest, responses);
    for (let i = 0; i < length; i++) responses[i] = fastTanh(responses[i]);
    return responses;
  };
  for (const chunk of rows) {
    nEmpty += keepOthers(chunk, slots, width, like.most, kept);
    for (let a = 0; a < width; a += 4) {
      const made = respond(kept, a);
      addUp(made, kept.nRows, a, sums, slopes);
      addProducts(kept, a, made, products);
    }
  }
  const alike = namedOf(like, width);
  for (let a = 0; a < width; a += 4) {
    const made = respond(alike, a);
    addUpTimes(made, like.counts, a, sums, slopes);
    addProducts(alike, a, made, products);
  }
  for (let a = 0; a < k; a++) {
    const t = fastTanh(rest[a]);
    sums[a] += nEmpty * t;
    slopes[a] += nEmpty * (1 - t * t);
  }
  return { sums, slopes, products, width };
}

/** Rows by the entries that they name: row `r` ends before entry `ends[r]`, and the next one begins there. */
interface Named {
  nRows: number;
  ends: Int32Array;
  /** Of each entry, where its unit stands in a table of `width` numbers per unit. */
  places: Int32Array;
  values: Float64Array;
}

function createNamed(): Named {
  return {
    nRows: 0,
    ends: new Int32Array(0),
    places: new Int32Array(0),
    values: new Float64Array(0),
  };
}

function namedOf({ ends, places, counts }: LikeRows, width: number): Named {
  const values = new Float64Array(places.length).fill(1);
  return { nRows: counts.length, ends, places: places.map((place) => place * width), values };
}

/**
 * Copies the rows that must be added one by one to `kept`.
 * @returns how many name no unit
 */
function keepOthers(
  { nBins, offsets, units, values }: SparseRows,
  slots: Int32Array,
  width: number,
  most: number,
  kept: Named,
): number {
  const nEntries = offsets[nBins] - offsets[0];
  if (nBins > kept.ends.length) kept.ends = new Int32Array(2 * nBins);
  if (nEntries > kept.places.length) {
    kept.places = new Int32Array(2 * nEntries);
    kept.values = new Float64Array(2 * nEntries);
  }
  const { ends, places, values: own } = kept;
  let nEmpty = 0;
  let nRows = 0;
  let n = 0;
  let entry = offsets[0];
  for (let row = 0; row < nBins; row++) {
    const end = offsets[row + 1];
    if (entry === end) {
      nEmpty++;
      continue;
    }
    if (isCounted(values, entry, end, most)) {
      entry = end;
      continue;
    }
    for (; entry < end; entry++) {
      places[n] = slots[units[entry]] * width;
      own[n++] = values[entry];
    }
    ends[nRows++] = n;
  }
  kept.nRows = nRows;
  return nEmpty;
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

/** Adds up t and 1 - t² of four components from `a` on. */
function addUp(
  responses: Float64Array,
  nRows: number,
  a: number,
  sums: Float64Array,
  slopes: Float64Array,
): void {
  for (let c = 0; c < 4; c++) {
    let sum = sums[a + c];
    let slope = slopes[a + c];
    for (let i = c; i < nRows * 4; i += 4) {
      const t = responses[i];
      sum += t;
      slope += 1 - t * t;
    }
    sums[a + c] = sum;
    slopes[a + c] = slope;
  }
}

/** The same of rows that come several times; what is left in `responses` is t that many times. */
function addUpTimes(
  responses: Float64Array,
  counts: Float64Array,
  a: number,
  sums: Float64Array,
  slopes: Float64Array,
): void {
  for (let c = 0; c < 4; c++) {
    let sum = sums[a + c];
    let slope = slopes[a + c];
    for (let row = 0; row < counts.length; row++) {
      const i = row * 4 + c;
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
