import { type Intervals, intersectIntervals, mergeIntervals } from '../model/epochs.ts';
import type { Events } from '../model/events.ts';
import { isWithin } from './search.ts';

interface Selection {
  readonly at: 'start' | 'peak';
  readonly membership: 'start' | 'clipped';
}

/**
 * Times to align to, ascending.
 * `start`: the start or peak of each event whose time lies in `within`, half-open. `clipped`: the
 * start of each overlap of an event with an interval of `within`; an event that began before gets
 * the interval's start, one that spans two counts twice. All events where `within` is undefined.
 * Events without a peak are left out when peaks are asked for.
 * Source of `clipped`: nelpy's intersection, as neuro_py uses it.
 */
export function selectEventTimes(
  { starts, stops, peaks }: Events,
  within: Intervals | undefined,
  { at, membership }: Selection,
): Float64Array {
  if (membership === 'clipped' && within !== undefined) {
    const spans = Array.from(starts, (start, i) => ({ start, end: stops[i] }));
    return Float64Array.from(intersectIntervals(spans, within), ({ start }) => start);
  }
  const merged = within && mergeIntervals(within);
  return (at === 'peak' ? peaks : starts)
    .filter((t) => !Number.isNaN(t) && (merged === undefined || isWithin(merged, t)))
    .sort();
}
