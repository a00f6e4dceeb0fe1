import { type ActiveCounts, selectActive, selectRows, sumRows } from './active-counts.ts';
import { absoluteCosine, bestMatches } from './best-matches.ts';
import type { IcaOptions } from './fast-ica.ts';
import { orientWeights } from './find-components.ts';
import type { PatternSearch } from './pattern-search.ts';
import { spawnedSeed } from './pcg64.ts';

/** Contiguous stretches that the bins are dealt into; every other one makes a half. */
const nBlocks = 20;

/**
 * Split-half stability of patterns: as many patterns are fitted on each half of the bins, each pattern is paired one to
 * one with its best match in either half, and the absolute cosine between the two matches is its stability: 1 where both
 * halves, which share no bin, find the same. The halves are every other one of 20 equal stretches: a first and a second
 * half would take slow change over the task for instability, and single bins in turn would put the same burst into both.
 * @param weights patterns found in all bins, L2 norm 1
 * @param scales one per unit: what z-scores the counts, in all bins as in each half
 * @returns one value per pattern; all NaN where a half has not as many components as there are patterns
 */
export function splitHalfStability(
  weights: readonly Float64Array[],
  counts: ActiveCounts,
  scales: Float64Array,
  search: PatternSearch,
  options: IcaOptions,
): Float64Array {
  const { nRows } = counts.sums;
  const blockOf = (row: number) => Math.floor((row * nBlocks) / nRows);
  const halves = [0, 1].map((parity) => {
    const rows = {
      [Symbol.iterator]: () => selectRows(counts.rows, blockOf, (block) => block % 2 === parity),
    };
    return fitHalf(selectActive(rows, sumRows(rows, counts.sums.nUnits), scales));
  });

  function fitHalf(half: ActiveCounts): Float64Array[] | undefined {
    if (half.active.length < weights.length || !search.isPossible(half)) return undefined;
    const eigen = search.eigenOf(half);
    if (!(eigen.values[weights.length - 1] > 1e-10 * eigen.values[0])) return undefined;
    const { vectors } = search.find(half, eigen, weights.length, options);
    return vectors.map((vector) => orientWeights(vector, half.active, half.sums.nUnits));
  }

  const [even, odd] = halves;
  const stability = new Float64Array(weights.length).fill(Number.NaN);
  if (!even || !odd) return stability;
  const inEven = bestMatches(weights, even);
  const inOdd = bestMatches(weights, odd);
  return stability.map((_, k) => absoluteCosine(even[inEven[k]], odd[inOdd[k]]));
}

/**
 * How well patterns are found again from other starts: per pattern the mean, over the restarts, of the absolute cosine
 * with its best match after pairing one to one. Starts that did not converge count like the others.
 * @param weights patterns found from the first start, L2 norm 1
 * @param refit the patterns that a seed leads to
 * @param seed the restarts' seeds are derived from it
 * @returns one value per pattern; NaN without restarts
 */
export function restartStability(
  weights: readonly Float64Array[],
  refit: (seed: number) => readonly Float64Array[],
  seed: number,
  nRestarts: number,
): Float64Array {
  const totals = new Float64Array(weights.length);
  for (let restart = 0; restart < nRestarts; restart++) {
    const found = refit(spawnedSeed(seed, restart));
    bestMatches(weights, found).forEach((match, k) => {
      totals[k] += absoluteCosine(weights[k], found[match]);
    });
  }
  return totals.map((total) => total / nRestarts);
}

/** A warning that names the patterns below a limit; none where all reach it. */
export function warnUnstable(
  what: string,
  stability: Float64Array | undefined,
  limit: number,
): string[] {
  if (!stability || stability.length === 0) return [];
  if (stability.every(Number.isNaN)) {
    return [`${what} could not be told: a part of the bins has too few components`];
  }
  const low = [...stability].flatMap((value, k) =>
    value < limit ? [`${k + 1} (${value.toFixed(2)})`] : [],
  );
  return low.length === 0 ? [] : [`${what} is below ${limit} for assembly ${low.join(', ')}`];
}
