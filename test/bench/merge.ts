import type { Results } from './results.ts';

/**
 * New figures with those of an earlier file that were not measured again, in the order of `names`.
 * @throws Error when the earlier ones come from another machine, or only one of the two is of small recordings
 */
export function mergeResults(earlier: Results, now: Results, names: readonly string[]): Results {
  if (earlier.isQuick !== now.isQuick) {
    throw new Error('figures of small recordings (--quick) and of whole ones do not go together');
  }
  for (const key of ['cpu', 'cores', 'node', 'platform']) {
    const [before, after] = [earlier.machine[key], now.machine[key]];
    if (before === after) continue;
    throw new Error(`the earlier figures are of another machine: ${key} ${before}, now ${after}`);
  }
  const figures = [
    ...now.figures,
    ...earlier.figures.filter(({ name }) => !now.figures.some((figure) => figure.name === name)),
  ];
  const known = figures.filter(({ name }) => names.includes(name));
  known.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return { ...now, rounds: Math.min(earlier.rounds, now.rounds), figures: known };
}
