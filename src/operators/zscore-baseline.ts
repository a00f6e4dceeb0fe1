import {
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  map,
  type OperatorFunction,
  of,
  share,
  take,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { cutRows } from '../math/count-rows.ts';
import { createMomentsAccumulator, type MomentsAccumulator, noMoments } from '../math/moments.ts';
import type { CountsChunk, Moments, ZscoredChunk } from '../model/chunk.ts';
import { type Report, silent } from '../model/report.ts';
import { check, type OptionsOf, window } from '../params.ts';

const params = {
  baseline: window({
    default: [0, 600],
    doc: 'Which time of the stream mean and SD are taken over, in seconds of bins since its first one.',
  }),
};
export type ZscoreBaselineOptions = OptionsOf<typeof params>;

/**
 * Pairs counts with moments that were taken over a time at the start of this same stream and stay as they are from then on,
 * so that a recording can be z-scored while it runs.
 * In: counts. Out: the rows behind the baseline, each chunk with the moments; the rows up to its end have none and do not
 * come out. Time is counted in bins that came, so gaps and clocks that start over do not end a baseline. A stream that ends
 * before gives one chunk without bins, with the moments so far, and a note (`BASELINE_UNFINISHED`). Nothing depends on how
 * the stream is cut. Memory: seven numbers per unit.
 */
export function zscoreBaseline(
  options: ZscoreBaselineOptions = {},
  report: Report = silent,
): OperatorFunction<CountsChunk, ZscoredChunk> {
  const { baseline } = check(params, options);
  return (counts) =>
    defer(() => {
      const stretch = createStretch(baseline);
      const closing = defer(() => {
        const last = stretch.close();
        if (last) tellUnfinished(last.moments, report);
        return last ? of(last) : EMPTY;
      });
      return concat(counts.pipe(concatMap((chunk) => stretch.push(chunk))), closing);
    });
}

function createStretch([from, to]: readonly [number, number]) {
  let accumulator: MomentsAccumulator | undefined;
  let frozen: Moments | undefined;
  let last: CountsChunk | undefined;
  let nRows = 0;

  function push(counts: CountsChunk): ZscoredChunk[] {
    if (frozen) return [{ kind: 'zscored', counts, moments: frozen }];
    if (counts.nBins === 0) return [];
    accumulator ??= createMomentsAccumulator(counts.nUnits);
    const { binSize, nBins } = counts;
    const centre = (row: number): number => (nRows + row + 0.5) * binSize;
    let end = 0;
    while (end < nBins && centre(end) < to) end++;
    accumulator.add(cutRows(counts, 0, end), (row) => centre(row) >= from);
    nRows += end;
    last = counts;
    if (end === nBins) return [];
    frozen = accumulator.result();
    return [{ kind: 'zscored', counts: cutRows(counts, end, nBins), moments: frozen }];
  }

  /** What is left to say when the baseline never ended. */
  function close(): { kind: 'zscored'; counts: CountsChunk; moments: Moments } | undefined {
    if (frozen || !accumulator || !last) return undefined;
    const counts = cutRows(last, last.nBins, last.nBins);
    return { kind: 'zscored', counts, moments: accumulator.result() };
  }

  return { push, close };
}

function tellUnfinished({ nBins }: Moments, report: Report): void {
  const message = `the stream ended within the baseline: ${nBins} bins were counted, and none z-scored`;
  report({ level: 'warning', code: 'BASELINE_UNFINISHED', message, data: { nBins } });
}

export const zscoreBaselineNode = defineOperator({
  op: 'zscore-baseline',
  summary: 'Pairs counts with mean and SD of a time at the start of the same stream.',
  inputs: { counts: { type: 'counts' } },
  outputs: { zscored: 'zscored', baseline: 'moments' },
  params,
  connect: ({ counts }, options, { report }) => {
    const zscored = counts.pipe(zscoreBaseline(options, report), share());
    const found = zscored.pipe(
      map(({ moments }) => moments),
      filter((moments) => moments !== undefined),
    );
    return { zscored, baseline: concat(found, of(noMoments)).pipe(take(1)) };
  },
});
