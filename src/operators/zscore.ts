import {
  combineLatest,
  concat,
  defer,
  filter,
  map,
  type Observable,
  type OperatorFunction,
  of,
  share,
  switchMap,
  take,
  throwIfEmpty,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { arrangeMoments, createMomentsGatherer, expectMomentsFit } from '../math/moments.ts';
import type { CountsChunk, Moments, ZscoredChunk } from '../model/chunk.ts';
import { checkEpochExpression } from '../model/epoch-expression.ts';
import type { Epochs, Intervals } from '../model/epochs.ts';
import { type Report, silent } from '../model/report.ts';
import type { UnitTable } from '../model/units.ts';
import { check, epochs, type OptionsOf } from '../params.ts';
import { recordedIntervals } from '../recorded-intervals.ts';

const params = {
  over: epochs({
    default: 'stream',
    check: (text) => (text === 'stream' ? undefined : checkEpochExpression(text)),
    doc: 'Bins that mean and SD are taken over: all of the stream, or those centred in some epochs.',
  }),
};
export type ZscoreOptions = OptionsOf<typeof params>;

/**
 * Mean and standard deviation of each unit over the whole stream, once, when it has ended.
 */
export function moments(): OperatorFunction<CountsChunk, Moments> {
  return (counts) =>
    counts.pipe(
      zscore(),
      map((chunk) => chunk.moments),
      filter((gathered) => gathered !== undefined),
    );
}

/**
 * Pairs counts with the moments that turn them into z-scores, `(x - mean) / sd` with ddof 0;
 * nothing dense is made.
 * In: counts. Out: the same counts. Without `moments$` the moments are gathered over this stream
 * and come with a closing chunk that has no bins; with `moments$`, which come first, every chunk
 * carries them and no closing chunk is added. Constant units have sd 0 and add nothing downstream;
 * a note counts them (`CONSTANT_UNITS`).
 * @throws ConfigError for moments over other units, bins or smoothing, and for `over` without
 * epochs
 */
export function zscore(
  options: ZscoreOptions = {},
  moments$?: Observable<Moments>,
  epochs$?: Observable<Epochs>,
  report: Report = silent,
): OperatorFunction<CountsChunk, ZscoredChunk> {
  const { over } = check(params, options);
  if (moments$) return pairWith(moments$);
  const gatherOver = (counts: Observable<CountsChunk>, intervals?: Intervals) =>
    gather(counts, createMomentsGatherer(intervals), report);
  if (over === 'stream') return (counts) => defer(() => gatherOver(counts));
  const intervals$ = recordedIntervals('over', over, epochs$, report);
  return (counts) => intervals$.pipe(switchMap((intervals) => gatherOver(counts, intervals)));
}

/** Moments over chunks without rows, one stream of them, whose entries come to `gatherer.aside`. */
export function zscoreAside(
  gatherer: ReturnType<typeof createMomentsGatherer>,
  report: Report,
): OperatorFunction<CountsChunk, ZscoredChunk> {
  return (counts) => gather(counts, gatherer, report);
}

function pairWith(moments$: Observable<Moments>): OperatorFunction<CountsChunk, ZscoredChunk> {
  return (stream) =>
    moments$.pipe(
      take(1),
      throwIfEmpty(
        () => new ConfigError({ code: 'MOMENTS_UNKNOWN', message: 'the moments never came' }),
      ),
      switchMap((known) =>
        stream.pipe(
          map((counts): ZscoredChunk => {
            expectMomentsFit(known, counts);
            return { kind: 'zscored', counts, moments: known };
          }),
        ),
      ),
    );
}

function gather(
  counts: Observable<CountsChunk>,
  gatherer: ReturnType<typeof createMomentsGatherer>,
  report: Report,
): Observable<ZscoredChunk> {
  const closing = defer(() => {
    const chunk = gatherer.close();
    tellMoments(chunk.moments, report);
    return of(chunk);
  });
  return concat(counts.pipe(map(gatherer.push)), closing);
}

function tellMoments({ nBins, isConstant }: Moments, report: Report): void {
  if (nBins === 0) {
    const message = 'there are no bins to take mean and SD over: every z-score is 0';
    report({ level: 'warning', code: 'NO_BINS', message });
    return;
  }
  const nConstant = isConstant.reduce((sum, flag) => sum + flag, 0);
  if (nConstant === 0) return;
  const message = `${nConstant} of ${isConstant.length} units are constant and add nothing`;
  const data = { nConstant, nUnits: isConstant.length };
  report({ level: 'info', code: 'CONSTANT_UNITS', message, data });
}

/** Frozen moments name their units by id; the counts have them in the order of the recording. */
function arrange(
  moments$: Observable<Moments>,
  units$: Observable<UnitTable> | undefined,
): Observable<Moments> {
  if (!units$) return moments$;
  return combineLatest([moments$, units$]).pipe(
    take(1),
    map(([frozen, { kept }]) =>
      arrangeMoments(
        frozen,
        Int32Array.from(kept, ({ id }) => id),
      ),
    ),
  );
}

/** The first moments that come with a chunk. */
export function momentsIn(zscored: Observable<ZscoredChunk>): Observable<Moments> {
  return zscored.pipe(
    map((chunk) => chunk.moments),
    filter((found) => found !== undefined),
    take(1),
  );
}

export const zscoreNode = defineOperator({
  op: 'zscore',
  summary: 'Pairs counts with the mean and standard deviation of each unit.',
  inputs: {
    counts: { type: 'counts' },
    moments: { type: 'moments', isOptional: true, need: 'each-bin' },
    epochs: { type: 'epochs', isOptional: true, fromSource: true },
    units: { type: 'units', isOptional: true, fromSource: true },
  },
  outputs: { zscored: 'zscored', moments: 'moments' },
  repeats: { moments: 'moments' },
  params,
  connect: ({ counts, moments: connected, epochs: epochs$, units }, options, { report, known }) => {
    const earlier = known.moments?.kind === 'moments' ? known.moments : undefined;
    const given = (connected && arrange(connected, units)) ?? (earlier && of(earlier));
    const zscored = counts.pipe(zscore(options, given, epochs$, report), share());
    return { zscored, moments: given?.pipe(take(1)) ?? momentsIn(zscored) };
  },
});
