/** A moment around which the page shows every spike. */
export interface Window {
  readonly time: number;
  /** The smaller, the sooner it is carried; equal ones go by time. */
  readonly rank: number;
}

/**
 * Ranks the members of a list so that however many of the first ranks are kept, they lie evenly over the list: first every
 * 2^k-th, then those half way between, and so on.
 * @returns the rank of each index, from 0
 */
export function evenRanks(n: number): Int32Array {
  const ranks = new Int32Array(n);
  let stride = 1;
  while (stride < n) stride *= 2;
  let rank = 0;
  for (let index = 0; index < n; index += stride) ranks[index] = rank++;
  for (let step = stride / 2; step >= 1; step /= 2) {
    for (let index = step; index < n; index += 2 * step) ranks[index] = rank++;
  }
  return ranks;
}

/** What windows are chosen from. */
export interface WindowLists {
  /** Times of strong activations, the strongest first, one list per assembly. */
  readonly strongest: readonly (readonly number[])[];
  /** Times of events, one list per set. */
  readonly events: readonly ArrayLike<number>[];
}

/**
 * Chooses the windows worth carrying, in the order of time. Lists take turns, so that each gets its share of what the page
 * can hold; of events those that lie evenly over the recording come first. Windows at one time are one.
 * @param most of each list
 */
export function planWindows({ strongest, events }: WindowLists, most: number): Window[] {
  const ranked = new Map<number, number>();
  const offer = (time: number, rank: number): void => {
    const known = ranked.get(time);
    if (known === undefined || rank < known) ranked.set(time, rank);
  };
  // One event of each set for every strong activation of each assembly, then what is left.
  const nLists = Math.max(1, strongest.length);
  for (const list of strongest) {
    for (const [rank, time] of list.entries()) offer(time, rank * nLists);
  }
  for (const times of events) {
    const ranks = evenRanks(times.length);
    for (let i = 0; i < times.length; i++) if (ranks[i] < most) offer(times[i], ranks[i]);
  }
  return [...ranked]
    .map(([time, rank]) => ({ time, rank }))
    .sort((a, b) => a.time - b.time || a.rank - b.rank);
}
