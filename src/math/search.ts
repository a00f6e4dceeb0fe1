import type { Intervals } from '../model/epochs.ts';

/** The first index whose value is at or above `t`; the length where none is. Values ascend. */
export function lowerBound(values: Float64Array, t: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first of merged intervals that ends after `t`; their number where none does. */
export function firstEndingAfter(merged: Intervals, t: number): number {
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (merged[middle].end <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether `t` lies in one of merged intervals, `start <= t < end`. */
export function isWithin(merged: Intervals, t: number): boolean {
  const index = firstEndingAfter(merged, t);
  return index < merged.length && merged[index].start <= t;
}
