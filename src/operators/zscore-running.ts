import { concat, concatMap, defer, map, type OperatorFunction, of, share, takeLast } from 'rxjs';
import { defineOperator } from '../define.ts';
import { cutRows } from '../math/count-rows.ts';
import { createMomentsAccumulator, type MomentsAccumulator, noMoments } from '../math/moments.ts';
import type { CountsChunk, Moments, ZscoredChunk } from '../model/chunk.ts';
import { check, type OptionsOf, seconds } from '../params.ts';

const params = {
  warmUp: seconds({
    default: 60,
    max: 86_400,
    doc: 'How much of the stream is only counted before the first z-score.',
  }),
  every: seconds({
    default: 1,
    min: 0.001,
    max: 3600,
    doc: 'How often mean and SD are brought up to date.',
  }),
};
export type ZscoreRunningOptions = OptionsOf<typeof params>;

/**
 * Pairs counts with moments over all rows of the stream so far, brought up to date `every` so often: a scale that drifts,
 * so that rows of different times do not compare, for recordings without a baseline.
 * In: counts. Out: the rows behind `warmUp`, in chunks that end where the moments change; a row's moments are those of the
 * rows before its block. Times are counted in bins that came, each rounded to whole bins, one at least. Nothing depends on
 * how the stream is cut. Memory: seven numbers per unit.
 */
export function zscoreRunning(
  options: ZscoreRunningOptions = {},
): OperatorFunction<CountsChunk, ZscoredChunk> {
  const { warmUp, every } = check(params, options);
  return (counts) =>
    defer(() => {
      const scale = createRunningScale(warmUp, every);
      return counts.pipe(concatMap((chunk) => scale(chunk)));
    });
}

function createRunningScale(
  warmUp: number,
  every: number,
): (counts: CountsChunk) => ZscoredChunk[] {
  let accumulator: MomentsAccumulator | undefined;
  let moments: Moments | undefined;
  let nRows = 0;

  return (counts) => {
    const { binSize, nBins, nUnits } = counts;
    if (nBins === 0) return [];
    accumulator ??= createMomentsAccumulator(nUnits);
    const nBefore = Math.max(1, Math.round(warmUp / binSize));
    const nBlock = Math.max(1, Math.round(every / binSize));
    const made: ZscoredChunk[] = [];
    for (let row = 0; row < nBins; ) {
      if (nRows >= nBefore && (nRows - nBefore) % nBlock === 0) moments = accumulator.result();
      const untilChange = moments ? nBlock - ((nRows - nBefore) % nBlock) : nBefore - nRows;
      const end = Math.min(nBins, row + untilChange);
      const block = cutRows(counts, row, end);
      if (moments) made.push({ kind: 'zscored', counts: block, moments });
      accumulator.add(block);
      nRows += end - row;
      row = end;
    }
    return made;
  };
}

export const zscoreRunningNode = defineOperator({
  op: 'zscore-running',
  summary: 'Pairs counts with mean and SD of the stream so far, a scale that drifts.',
  inputs: { counts: { type: 'counts' } },
  outputs: { zscored: 'zscored', last: 'moments' },
  params,
  connect: ({ counts }, options) => {
    const zscored = counts.pipe(zscoreRunning(options), share());
    const used = zscored.pipe(map(({ moments = noMoments }) => moments));
    return { zscored, last: concat(of(noMoments), used).pipe(takeLast(1)) };
  },
});
