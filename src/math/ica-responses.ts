import { createPlainAdder } from './ica-responses-plain.ts';
import { createSimdAdder } from './ica-responses-simd.ts';
import type { LikeRows } from './like-rows.ts';
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

/** What components respond to rows, added up. */
export interface ResponseSums {
  /** One per component: sums of t, and of 1 - t². */
  readonly sums: Float64Array;
  readonly slopes: Float64Array;
  /** Sums of t·x, shape [number of units of interest, k]. */
  readonly products: Float64Array;
}

/** Adds up t = tanh(y), 1 - t² and t·x of rows, one by one in order, where y = rest + Σ gain·x of each component. */
export interface ResponseAdder {
  /** Components in groups that share what is read of a row; those that fill the last group respond with 0. */
  readonly width: number;
  /** What y is made of, to be written before rows are added: shape [nUnits, width], and one per component. */
  readonly gains: Float64Array;
  readonly rest: Float64Array;
  /** What has been added up, to be emptied by whoever begins anew; products are of shape [nUnits, width]. */
  readonly sums: Float64Array;
  readonly slopes: Float64Array;
  readonly products: Float64Array;
  /** Adds rows, except those that name no unit and those that are counted among rows that are alike. */
  readonly add: (rows: SparseRows) => void;
  /** Adds rows that name a unit, each as often as it comes. */
  readonly addTimes: (rows: SparseRows, counts: Float64Array) => void;
}

/**
 * Makes sums over rows of t = tanh(y), of 1 - t² and of t·x, where y is the response of each component to the row, for
 * weights of shape [k, number of units of interest]. A row costs only the units it names; rows that name none, and
 * those of a spike or two, respond alike and are counted. All others are added in order, one by one, and then those, so
 * that nothing depends on how rows are parted.
 * @param like the rows of `data` that are counted
 */
export function createResponses(
  { rows, slots, means, scales }: StandardisedRows,
  like: LikeRows,
  k: number,
): (weights: Float64Array) => ResponseSums {
  const n = means.length;
  const adder =
    createSimdAdder(slots.length, k, like.most) ?? createPlainAdder(slots.length, k, like.most);
  const { width, gains, rest } = adder;
  const unitOf = unitsOf(slots, n);
  const alike = rowsOf(like, unitOf);

  /** Gains of the units of interest; those of all others stay 0. */
  function load(weights: Float64Array): void {
    rest.fill(0);
    for (let i = 0; i < n; i++) {
      const at = unitOf[i] * width;
      for (let a = 0; a < k; a++) {
        gains[at + a] = weights[a * n + i] / scales[i];
        rest[a] -= gains[at + a] * means[i];
      }
    }
  }

  return (weights) => {
    load(weights);
    for (const sums of [adder.sums, adder.slopes, adder.products]) sums.fill(0);
    for (const chunk of rows) adder.add(chunk);
    adder.addTimes(alike, like.counts);
    const products = new Float64Array(n * k);
    for (let i = 0; i < n; i++) {
      const at = unitOf[i] * width;
      products.set(adder.products.subarray(at, at + k), i * k);
    }
    const sums = adder.sums.slice(0, k);
    const slopes = adder.slopes.slice(0, k);
    for (let a = 0; a < k; a++) {
      const t = fastTanh(rest[a]);
      sums[a] += like.nEmpty * t;
      slopes[a] += like.nEmpty * (1 - t * t);
    }
    return { sums, slopes, products };
  };
}

/** The unit of each slot, and one that stands for those that are not of interest, where there are such. */
function unitsOf(slots: Int32Array, n: number): Int32Array {
  const units = new Int32Array(n + 1);
  slots.forEach((slot, unit) => {
    units[slot] = unit;
  });
  return units;
}

function rowsOf({ ends, places, counts }: LikeRows, unitOf: Int32Array): SparseRows {
  const offsets = new Int32Array(counts.length + 1);
  offsets.set(ends, 1);
  return {
    nBins: counts.length,
    offsets,
    units: places.map((place) => unitOf[place]),
    values: new Float64Array(places.length).fill(1),
  };
}
