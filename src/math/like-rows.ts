import type { StandardisedRows } from './ica-responses.ts';

/** Numbers that the table of pairs may take; beyond it only rows that name one unit are counted. */
const maxPairs = 2 ** 21;

/**
 * Rows that name one unit or two, each with the value 1: bins with a spike or two. Most of them are alike, and alike is
 * what comes of them, so they are counted, by the places of their units.
 */
export interface LikeRows {
  /** Most units that a row of this kind names: 1 or 2. */
  readonly most: number;
  /** Row `r` names `places[ends[r - 1]]` to `places[ends[r]]`, and comes `counts[r]` times. */
  readonly ends: Int32Array;
  readonly places: Int32Array;
  readonly counts: Float64Array;
  /** How many rows name no unit. */
  readonly nEmpty: number;
}

/** Whether entries `from` to `to` are a row of the kind that is counted. */
export function isCounted(values: Float64Array, from: number, to: number, most: number): boolean {
  return to > from && to - from <= most && values[from] === 1 && values[to - 1] === 1;
}

/**
 * Counts such rows, all that are alike together, in the order of their units, wherever they stand. A place that is not
 * among the units of interest is one of its own, as in `slots`. Memory: a number for each pair of units, at most 8 MB.
 */
export function countLikeRows({ rows, slots, means }: StandardisedRows): LikeRows {
  const n = means.length + 1;
  const most = n * n <= maxPairs ? 2 : 1;
  // A unit alone is a pair with itself.
  const table = new Int32Array(most === 2 ? n * n : n);
  let nEmpty = 0;
  for (const { nBins, offsets, units, values } of rows) {
    for (let row = 0; row < nBins; row++) {
      const from = offsets[row];
      const to = offsets[row + 1];
      if (from === to) nEmpty++;
      if (!isCounted(values, from, to, most)) continue;
      const first = slots[units[from]];
      const last = slots[units[to - 1]];
      table[most === 1 ? first : Math.min(first, last) * n + Math.max(first, last)]++;
    }
  }
  const ends: number[] = [];
  const places: number[] = [];
  const counts: number[] = [];
  table.forEach((count, pair) => {
    if (count === 0) return;
    const [first, last] = most === 1 ? [pair, pair] : [Math.floor(pair / n), pair % n];
    places.push(first);
    if (last !== first) places.push(last);
    ends.push(places.length);
    counts.push(count);
  });
  return {
    most,
    ends: Int32Array.from(ends),
    places: Int32Array.from(places),
    counts: Float64Array.from(counts),
    nEmpty,
  };
}
