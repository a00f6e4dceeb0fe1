import type { ActivationBlock } from '../results/run-results.ts';
import { smallestStep } from './traces.ts';

/**
 * Activation at a resolution that a page can hold: the lowest and the highest value of each assembly within buckets of
 * equal width. Coarser levels follow from it by taking extremes of neighbours, so that no peak is ever lost.
 */
export interface Pyramid {
  /** Where the first bucket starts, in seconds. */
  readonly origin: number;
  /** Width of a bucket in seconds: a power of two times the width of a bin. */
  readonly width: number;
  readonly nBuckets: number;
  /** Whether no bucket holds more than one bin, so that minima and maxima are the values themselves. */
  readonly isExact: boolean;
  /** Per assembly, one value per bucket; NaN where there is no bin. */
  readonly minima: readonly Float64Array[];
  readonly maxima: readonly Float64Array[];
}

export interface PyramidBuilder {
  readonly add: (block: ActivationBlock) => void;
  /** Undefined where nothing was added. */
  readonly finish: () => Pyramid | undefined;
}

/**
 * Gathers a pyramid from blocks in the order of time. Buckets are as wide as a bin at first; each time the recording grows
 * beyond `capacity` buckets, neighbours are joined and the width doubles, so that more than half of the capacity is used
 * in the end. Memory: 16 bytes per bucket and assembly, however long the recording is.
 * @param capacity most buckets, at least 2
 */
export function createPyramid(nAssemblies: number, capacity: number): PyramidBuilder {
  const size = Math.max(2, Math.floor(capacity / 2) * 2);
  const column = (value: number) => new Float64Array(size).fill(value);
  const minima = Array.from({ length: nAssemblies }, () => column(Number.POSITIVE_INFINITY));
  const maxima = Array.from({ length: nAssemblies }, () => column(Number.NEGATIVE_INFINITY));
  const isFilled = new Uint8Array(size);
  let origin = Number.NaN;
  let width = Number.NaN;
  let isExact = true;
  let buckets = new Int32Array(0);

  const bucketOf = (time: number): number => Math.floor((time - origin) / width);

  const add = ({ time, columns }: ActivationBlock): void => {
    const nRows = time.length;
    if (nRows === 0) return;
    if (Number.isNaN(width)) {
      width = smallestStep(time);
      origin = time[0] - width / 2;
    }
    while (bucketOf(time[nRows - 1]) >= size) {
      for (const lowest of minima) joinNeighbours(lowest, Math.min, Number.POSITIVE_INFINITY);
      for (const highest of maxima) joinNeighbours(highest, Math.max, Number.NEGATIVE_INFINITY);
      const isSingle = joinFilled(isFilled);
      isExact = isExact && isSingle;
      width *= 2;
    }
    if (buckets.length < nRows) buckets = new Int32Array(nRows);
    for (let row = 0; row < nRows; row++) {
      const bucket = bucketOf(time[row]);
      if (isFilled[bucket]) isExact = false;
      isFilled[bucket] = 1;
      buckets[row] = bucket;
    }
    columns.forEach((values, k) => {
      spread(values, buckets, minima[k], maxima[k]);
    });
  };
  const finish = (): Pyramid | undefined => {
    const nBuckets = isFilled.lastIndexOf(1) + 1;
    if (nBuckets === 0) return undefined;
    return {
      origin,
      width,
      nBuckets,
      isExact,
      minima: minima.map((lowest) => withGaps(lowest, nBuckets)),
      maxima: maxima.map((highest) => withGaps(highest, nBuckets)),
    };
  };
  return { add, finish };
}

function spread(
  values: Float64Array,
  buckets: Int32Array,
  minima: Float64Array,
  maxima: Float64Array,
): void {
  const nRows = values.length;
  for (let row = 0; row < nRows; ) {
    const bucket = buckets[row];
    let low = minima[bucket];
    let high = maxima[bucket];
    for (; row < nRows && buckets[row] === bucket; row++) {
      const value = values[row];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    minima[bucket] = low;
    maxima[bucket] = high;
  }
}

/** The first buckets, with NaN where nothing was filed. */
function withGaps(column: Float64Array, nBuckets: number): Float64Array {
  return column.subarray(0, nBuckets).map((value) => (Number.isFinite(value) ? value : Number.NaN));
}

function joinNeighbours(
  column: Float64Array,
  pick: (a: number, b: number) => number,
  empty: number,
): void {
  const half = column.length / 2;
  for (let bucket = 0; bucket < half; bucket++) {
    column[bucket] = pick(column[2 * bucket], column[2 * bucket + 1]);
  }
  column.fill(empty, half);
}

/** @returns whether every joined bucket still holds one bin at most */
function joinFilled(isFilled: Uint8Array): boolean {
  const half = isFilled.length / 2;
  let isSingle = true;
  for (let bucket = 0; bucket < half; bucket++) {
    const both = isFilled[2 * bucket] + isFilled[2 * bucket + 1];
    if (both === 2) isSingle = false;
    isFilled[bucket] = both > 0 ? 1 : 0;
  }
  isFilled.fill(0, half);
  return isSingle;
}
