import type { ActivationBlock } from '../results/run-results.ts';

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
  /**
   * Undefined where nothing was added. To be called once.
   * @param capacity most buckets, where it is less than there was room for: the same as with room for no more from the start
   */
  readonly finish: (capacity?: number) => Pyramid | undefined;
}

/**
 * Gathers a pyramid from blocks in the order of time. Buckets are as wide as a bin at first; each time the recording grows
 * beyond `capacity` buckets, neighbours are joined and the width doubles, so that more than half of the capacity is used
 * in the end. Where blocks are cut changes nothing. Memory: 16 bytes per bucket and assembly, however long the recording is.
 * @param capacity most buckets, at least 2
 * @param binWidth in seconds
 */
export function createPyramid(
  nAssemblies: number,
  capacity: number,
  binWidth: number,
): PyramidBuilder {
  const size = evenSize(capacity);
  const column = (value: number) => new Float64Array(size).fill(value);
  const minima = Array.from({ length: nAssemblies }, () => column(Number.POSITIVE_INFINITY));
  const maxima = Array.from({ length: nAssemblies }, () => column(Number.NEGATIVE_INFINITY));
  const isFilled = new Uint8Array(size);
  let origin = Number.NaN;
  let width = binWidth;
  let isExact = true;
  let edges = new Int32Array(0);
  let buckets = new Int32Array(0);

  const join = (): void => {
    minima.forEach(joinLowest);
    maxima.forEach(joinHighest);
    const isSingle = joinFilled(isFilled);
    isExact = isExact && isSingle;
    width *= 2;
  };
  const add = ({ time, columns }: ActivationBlock): void => {
    const nRows = time.length;
    if (nRows === 0) return;
    if (Number.isNaN(origin)) origin = time[0] - width / 2;
    while (Math.floor((time[nRows - 1] - origin) / width) >= size) join();
    if (buckets.length < nRows) {
      buckets = new Int32Array(nRows);
      edges = new Int32Array(nRows + 1);
    }
    const nParts = partRows(time, origin, width, buckets, edges);
    const isSingle = markFilled(buckets, nParts, isFilled) && nParts === nRows;
    isExact = isExact && isSingle;
    for (let k = 0; k < nAssemblies; k++) {
      spread(columns[k], buckets, edges, nParts, minima[k], maxima[k]);
    }
  };
  const finish = (allowed = capacity): Pyramid | undefined => {
    let nBuckets = isFilled.lastIndexOf(1) + 1;
    if (nBuckets === 0) return undefined;
    // The width is a power of two times that of a bin: the bucket of a time at twice the width is half its bucket here.
    for (; nBuckets > evenSize(allowed); nBuckets = Math.ceil(nBuckets / 2)) join();
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

function evenSize(capacity: number): number {
  return Math.max(2, Math.floor(capacity / 2) * 2);
}

/**
 * Parts rows where their bucket changes: part `i` is the rows from `edges[i]` to `edges[i + 1]`, all in `buckets[i]`.
 * @returns how many parts there are
 */
function partRows(
  time: Float64Array,
  origin: number,
  width: number,
  buckets: Int32Array,
  edges: Int32Array,
): number {
  let nParts = 0;
  let last = -1;
  for (let row = 0; row < time.length; row++) {
    const bucket = Math.floor((time[row] - origin) / width);
    if (bucket === last) continue;
    edges[nParts] = row;
    buckets[nParts++] = bucket;
    last = bucket;
  }
  edges[nParts] = time.length;
  return nParts;
}

/** @returns whether none of the buckets held a row before */
function markFilled(buckets: Int32Array, nParts: number, isFilled: Uint8Array): boolean {
  let nBefore = 0;
  for (let part = 0; part < nParts; part++) {
    const bucket = buckets[part];
    nBefore += isFilled[bucket];
    isFilled[bucket] = 1;
  }
  return nBefore === 0;
}

function spread(
  values: Float64Array,
  buckets: Int32Array,
  edges: Int32Array,
  nParts: number,
  minima: Float64Array,
  maxima: Float64Array,
): void {
  for (let part = 0; part < nParts; part++) {
    const bucket = buckets[part];
    const end = edges[part + 1];
    let low = minima[bucket];
    let high = maxima[bucket];
    for (let row = edges[part]; row < end; row++) {
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
  const filled = column.subarray(0, nBuckets);
  for (let bucket = 0; bucket < nBuckets; bucket++) {
    if (!Number.isFinite(filled[bucket])) filled[bucket] = Number.NaN;
  }
  return filled;
}

function joinLowest(column: Float64Array): void {
  const half = column.length / 2;
  for (let bucket = 0; bucket < half; bucket++) {
    const first = column[2 * bucket];
    const second = column[2 * bucket + 1];
    column[bucket] = second < first ? second : first;
  }
  column.fill(Number.POSITIVE_INFINITY, half);
}

function joinHighest(column: Float64Array): void {
  const half = column.length / 2;
  for (let bucket = 0; bucket < half; bucket++) {
    const first = column[2 * bucket];
    const second = column[2 * bucket + 1];
    column[bucket] = second > first ? second : first;
  }
  column.fill(Number.NEGATIVE_INFINITY, half);
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
