import type { ScaledShuffles, ShuffleRange } from './shuffle-maxima.ts';
import type { Compute } from './tasks.ts';

/** Shuffles that one item of work makes: many enough to be worth a message, few enough to share out evenly. */
const perItem = 4;

/** Shuffles 0 to n - 1 in items of work. */
export function shuffleRanges(nShuffles: number): ShuffleRange[] {
  return Array.from({ length: Math.ceil(nShuffles / perItem) }, (_, item) => {
    const first = item * perItem;
    return { first, count: Math.min(perItem, nShuffles - first) };
  });
}

/**
 * What chance makes of the largest eigenvalues: `nRanks` values per shuffle, in the order of the shuffles. The numbers are
 * the same to the last bit however many threads share the work.
 */
export async function shuffleNull(
  shuffles: ScaledShuffles,
  nShuffles: number,
  compute: Compute,
  signal: AbortSignal,
): Promise<Float64Array> {
  const ranges = shuffleRanges(nShuffles);
  const parts = await compute('shuffle-maxima', shuffles, ranges, signal);
  const { nRanks = 1 } = shuffles;
  const values = new Float64Array(nShuffles * nRanks);
  ranges.forEach(({ first }, item) => {
    values.set(parts[item], first * nRanks);
  });
  return values;
}
