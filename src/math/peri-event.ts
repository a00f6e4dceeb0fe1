import { ConfigError } from '../errors.ts';
import type { ActivationChunk } from '../model/chunk.ts';
import type { Psth } from '../model/events.ts';
import {
  type Alignment,
  type Convention,
  exactAlignment,
  isCovered,
  neuroPyAlignment,
  neuroPyFastAlignment,
  type StreamSoFar,
} from './event-alignment.ts';
import { createLagStatistics, type LagStatistics } from './lag-statistics.ts';
import { createRowRing } from './row-ring.ts';

export interface PeriEventOptions {
  readonly convention: Convention;
  /** Seconds before and after the event. */
  readonly window: readonly [number, number];
  readonly binSize: number;
  readonly nAssemblies: number;
  /** How much later than its window an event may be added and still find its rows, in seconds. */
  readonly lateness?: number;
}

export interface PeriEventAverager {
  /**
   * Adds event times, in any order. Those whose rows are no longer held are counted in `nLate` and
   * not used.
   */
  readonly addEvents: (times: Float64Array) => void;
  readonly push: (chunk: ActivationChunk) => void;
  /** The average over the events that are complete. */
  readonly snapshot: () => Psth;
  /** The average over all events, with what there is of those that the stream cut off. */
  readonly finish: () => Psth;
  /** Events that have added to the average so far. */
  readonly nUsed: () => number;
  readonly nLate: () => number;
  readonly nGaps: () => number;
}

/** One way of taking the rows of events, and the average over them. */
interface Average {
  readonly statistics: LagStatistics;
  readonly take: (t: number) => void;
  nUsed: number;
}

/**
 * Averages activation around events. Each event is taken once, when its last row has come, in the
 * order of time, so cuts between chunks change no bit. Memory: a ring of as many rows as the window
 * has, and the statistics per lag.
 */
export function createPeriEventAverager(options: PeriEventOptions): PeriEventAverager {
  const { convention, window, binSize, nAssemblies, lateness = 0 } = options;
  const stream = { firstTime: Number.NaN, nGaps: 0 };
  let nLate = 0;
  const alignment = alignmentOf(options, stream);
  const nLags = alignment.lags.length;
  const ring = createRowRing(alignment.nRows + Math.ceil(lateness / binSize), nAssemblies);
  const whole = createAverage((t, average) => takeWhole(t, average));
  const interpolated = createAverage((t, average) => takeInterpolated(t, average));
  const curve = new Float64Array(nLags);
  const eventTimes = createTimeList();
  let waiting = new Float64Array(0);
  let nTaken = 0;

  function createAverage(take: (t: number, average: Average) => void): Average {
    const average: Average = {
      statistics: createLagStatistics(nLags, nAssemblies),
      take: (t) => take(t, average),
      nUsed: 0,
    };
    return average;
  }

  function takeWhole(t: number, average: Average): void {
    let isUsed = false;
    const { statistics } = average;
    alignment.align(t, ring, (lag, row, n) => {
      isUsed = true;
      statistics.count(lag, n);
      ring.visit(row, n, (assembly, offset, values, from, nRows) => {
        statistics.add(assembly, lag + offset, values, from, nRows);
      });
    });
    if (isUsed) average.nUsed++;
  }

  function takeInterpolated(t: number, average: Average): void {
    if (!isCovered(t, window, stream.firstTime, ring)) return;
    const [from, to] = [t + window[0] - binSize, t + window[1] + binSize];
    let first = ring.oldest();
    let end = ring.nRows();
    while (first < end && ring.time(first) < from) first++;
    while (end > first && ring.time(end - 1) > to) end--;
    if (first === end) return;
    average.nUsed++;
    average.statistics.count(0, nLags);
    for (let a = 0; a < nAssemblies; a++) {
      let row = first;
      for (let lag = 0; lag < nLags; lag++) {
        const target = t + alignment.lags[lag];
        while (row + 1 < end && ring.time(row + 1) <= target) row++;
        curve[lag] = valueAt(target, row, end, a);
      }
      average.statistics.add(a, 0, curve, 0, nLags);
    }
  }

  /**
   * Between `row` and the next row; the value of `row` itself before the first and behind the last.
   */
  function valueAt(target: number, row: number, end: number, assembly: number): number {
    const value = ring.value(row, assembly);
    const time = ring.time(row);
    if (row + 1 === end || target <= time) return value;
    const slope = (ring.value(row + 1, assembly) - value) / (ring.time(row + 1) - time);
    return slope * (target - time) + value;
  }

  function takeNext(): void {
    const t = waiting[nTaken++];
    if (stream.nGaps === 0 || convention !== 'neuro-py') whole.take(t);
    if (convention === 'neuro-py') interpolated.take(t);
  }

  function startRun(chunk: ActivationChunk): void {
    const [time] = chunk.times;
    if (ring.nRows() === 0) stream.firstTime = time;
    else {
      const distance = time - ring.time(ring.nRows() - 1);
      if (Math.abs(distance - binSize) > 1e-8 + 1e-3 * binSize) stream.nGaps++;
    }
    ring.startRun(chunk);
  }

  function push(chunk: ActivationChunk): void {
    if (chunk.nBins === 0) return;
    if (chunk.firstBin === 0 || ring.runs.length === 0) startRun(chunk);
    const before = ring.nRows();
    for (;;) {
      const row = ring.nRows();
      const due = nextDue();
      if (due < row) takeNext();
      else if (row < before + chunk.nBins) {
        ring.append(chunk, row - before, Math.min(chunk.nBins, due + 1 - before));
      } else return;
    }
  }

  /** The row after which the next event has all of its own. */
  function nextDue(): number {
    const run = ring.runs.at(-1);
    if (nTaken === waiting.length || !run) return Number.POSITIVE_INFINITY;
    return alignment.lastRow(waiting[nTaken], run);
  }

  function addEvents(times: Float64Array): void {
    const isTooLate = (t: number): boolean =>
      ring.oldest() > 0 && t + window[0] - binSize < ring.time(ring.oldest());
    const inTime = times.filter((t) => !isTooLate(t));
    nLate += times.length - inTime.length;
    eventTimes.push(times);
    const left = waiting.subarray(nTaken);
    waiting = new Float64Array(left.length + inTime.length);
    waiting.set(left);
    waiting.set(inTime, left.length);
    waiting.sort();
    nTaken = 0;
  }

  const averageNow = (): Average =>
    convention === 'neuro-py' && stream.nGaps > 0 ? interpolated : whole;

  function snapshot(): Psth {
    const average = averageNow();
    return {
      kind: 'psth',
      lags: alignment.lags,
      ...average.statistics.result(),
      eventTimes: eventTimes.copy().sort(),
      nUsed: average.nUsed,
      convention,
    };
  }

  function finish(): Psth {
    while (nTaken < waiting.length) takeNext();
    return snapshot();
  }

  const nUsed = (): number => averageNow().nUsed;
  const nGaps = (): number => stream.nGaps;
  return { addEvents, push, snapshot, finish, nUsed, nLate: () => nLate, nGaps };
}

/** Times in the order in which they came. */
function createTimeList() {
  let times = new Float64Array(0);
  let length = 0;
  return {
    push: (more: Float64Array) => {
      if (length + more.length > times.length) {
        const larger = new Float64Array(Math.max(2 * times.length, length + more.length));
        larger.set(times.subarray(0, length));
        times = larger;
      }
      times.set(more, length);
      length += more.length;
    },
    copy: () => times.slice(0, length),
  };
}

/** Bins around an event, each a row to be kept and a lag of the result. */
const maxLags = 1_000_000;

function alignmentOf(
  { convention, window, binSize }: PeriEventOptions,
  stream: StreamSoFar,
): Alignment {
  const nLags = (window[1] - window[0]) / binSize;
  if (nLags > maxLags) {
    throw new ConfigError({
      code: 'WINDOW_TOO_WIDE',
      found: `window [${window[0]}, ${window[1]}] in bins of ${binSize} s`,
      expected: `at most ${maxLags} bins`,
    });
  }
  switch (convention) {
    case 'exact':
      return exactAlignment(window, binSize);
    case 'neuro-py-fast':
      return neuroPyFastAlignment(window, binSize);
    case 'neuro-py':
      return neuroPyAlignment(window, binSize, stream);
  }
}
