import type { Bound, Figure, Group } from '../figure.ts';

const dense: Bound = { value: 'seconds', per: 'nShuffles', to: 'shuffles-dense' };

export const shuffles: Group = {
  name: 'shuffles',
  says: 'The bound by shuffling, 75 units, 35 min of bins of 25 ms: sparse, threads, dense.',
  figures: ({ isQuick }) => {
    const size = { nUnits: 75, nBins: isQuick ? 20_000 : 84_000 };
    const figure = (
      name: string,
      says: string,
      by: number | 'dense',
      nShuffles: number,
      bounds: readonly Bound[],
    ): Figure => ({
      name,
      says,
      work: { probe: 'shuffles', options: { ...size, by, nShuffles } },
      bounds,
    });
    const n = isQuick ? 40 : 200;
    return [
      figure('shuffles-dense', 'Shuffles of a dense matrix.', 'dense', 2, []),
      figure('shuffles-here', 'Shuffles of sparse counts, no other thread.', 0, n, [
        { ...dense, most: 1 / 20 },
      ]),
      figure('shuffles-1-worker', 'The same in one thread besides.', 1, n, [
        { value: 'seconds', to: 'shuffles-here' },
      ]),
      figure('shuffles-2-workers', 'The same in two threads.', 2, n, [
        { value: 'seconds', to: 'shuffles-1-worker' },
      ]),
    ];
  },
};
