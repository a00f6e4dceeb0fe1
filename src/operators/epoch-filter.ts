import {
  concat,
  concatMap,
  defer,
  EMPTY,
  type Observable,
  type OperatorFunction,
  switchMap,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { firstEndingAfter, lowerBound } from '../math/search.ts';
import type { SpikeChunk } from '../model/chunk.ts';
import { checkEpochExpression } from '../model/epoch-expression.ts';
import { type Epochs, type Intervals, mergeIntervals, totalDuration } from '../model/epochs.ts';
import { type Report, silent } from '../model/report.ts';
import { check, epochs, type OptionsOf } from '../params.ts';
import { recordedIntervals } from '../recorded-intervals.ts';

const params = {
  keep: epochs({
    check: checkEpochExpression,
    doc: 'Epochs whose spikes go on, such as task & THETA; those that touch become one.',
  }),
};
export type EpochFilterOptions = OptionsOf<typeof params>;

/**
 * Cuts chunks down to the intervals, which are merged first: spikes with start <= t < end. Each
 * interval is a run of its own, silence in it included; its `runEnd` is the interval's end or that
 * of the run it came from, where known. Nothing is copied: the arrays are views.
 */
export function createEpochFilter(intervals: Intervals) {
  const kept = mergeIntervals(intervals).filter(({ start, end }) => end > start);
  const isMet = new Uint8Array(kept.length);

  function push(chunk: SpikeChunk): SpikeChunk[] {
    const pieces: SpikeChunk[] = [];
    for (let i = firstEndingAfter(kept, chunk.start); i < kept.length; i++) {
      if (kept[i].start >= chunk.end) break;
      const start = Math.max(kept[i].start, chunk.start);
      const end = Math.min(kept[i].end, chunk.end);
      if (start >= end) continue;
      isMet[i] = 1;
      pieces.push(cut(chunk, start, end, kept[i].end));
    }
    return pieces;
  }

  /** The intervals that no chunk has met. */
  const unmet = (): Intervals => kept.filter((_, i) => isMet[i] === 0);
  return { push, unmet, nIntervals: kept.length };
}

function cut(chunk: SpikeChunk, start: number, end: number, intervalEnd: number): SpikeChunk {
  const { kind, nUnits, times, units, runEnd } = chunk;
  const from = start === chunk.start ? 0 : lowerBound(times, start);
  const to = end === chunk.end ? times.length : lowerBound(times, end);
  const isWhole = from === 0 && to === times.length;
  return {
    kind,
    start,
    end,
    nUnits,
    times: isWhole ? times : times.subarray(from, to),
    units: isWhole ? units : units.subarray(from, to),
    ...(runEnd === undefined ? {} : { runEnd: Math.min(runEnd, intervalEnd) }),
  };
}

/**
 * Restricts spikes to epochs.
 * In: spikes and the recording's epochs, which come first. Out: spikes, one run per merged
 * interval; an interval without spikes is silence, not nothing. Intervals that the recording does
 * not reach are counted in a note at the end (`EPOCH_OUTSIDE`).
 * @throws ConfigError for an expression that cannot be read, or that names what the recording does
 * not have
 * Source: nelpy's restriction of spike trains.
 */
export function epochFilter(
  options: EpochFilterOptions,
  epochs$: Observable<Epochs>,
  report: Report = silent,
): OperatorFunction<SpikeChunk, SpikeChunk> {
  const { keep } = check(params, options);
  const intervals$ = recordedIntervals('keep', keep, epochs$, report);
  return (spikes) =>
    intervals$.pipe(
      switchMap((intervals) => {
        const filter = createEpochFilter(intervals);
        const note = defer(() => {
          tellUnmet(keep, filter.nIntervals, filter.unmet(), report);
          return EMPTY;
        });
        return concat(spikes.pipe(concatMap((chunk) => filter.push(chunk))), note);
      }),
    );
}

function tellUnmet(keep: string, nIntervals: number, unmet: Intervals, report: Report): void {
  if (nIntervals > 0 && unmet.length === 0) return;
  const seconds = totalDuration(unmet);
  const message =
    nIntervals === 0
      ? `"${keep}" is empty: no spikes are kept`
      : `${unmet.length} of ${nIntervals} intervals of "${keep}" lie outside the recorded spikes`;
  const data = { nIntervals, nOutside: unmet.length, seconds };
  report({ level: 'warning', code: 'EPOCH_OUTSIDE', message, data });
}

export const epochFilterNode = defineOperator({
  op: 'epoch-filter',
  summary: 'Restricts spikes to epochs.',
  inputs: {
    spikes: { type: 'spikes' },
    epochs: { type: 'epochs', need: 'each-bin', fromSource: true },
  },
  outputs: { spikes: 'spikes' },
  params,
  connect: ({ spikes, epochs: epochs$ }, options, { report }) => ({
    spikes: spikes.pipe(epochFilter(options, epochs$, report)),
  }),
});
