import { ConfigError } from '../errors.ts';
import { binIndex } from './bin-index.ts';
import type { RowRing, RunOfRows } from './row-ring.ts';

export type Convention = 'exact' | 'neuro-py-fast' | 'neuro-py';

/** Receives rows of an event: the `n` from `row` on stand at the lags from `lag` on. */
export type TakeRows = (lag: number, row: number, n: number) => void;

/** What is known of the times of a stream. */
export interface StreamSoFar {
  /** Centre of the first bin, in seconds. */
  readonly firstTime: number;
  /** Places where neighbouring bins are not one bin apart. */
  readonly nGaps: number;
}

/** How a convention finds the rows of an event. */
export interface Alignment {
  /** Seconds. */
  readonly lags: Float64Array;
  /** Most rows an event may need at once. */
  readonly nRows: number;
  /**
   * The row after which nothing more can come for an event at `t`, if the stream goes on in `run`.
   */
  readonly lastRow: (t: number, run: RunOfRows) => number;
  /**
   * Gives the event's rows in ascending order of lag; none where the convention does not use the
   * event.
   */
  readonly align: (t: number, ring: RowRing, take: TakeRows) => void;
}

/**
 * Lags are the multiples of the bin size within the window, an event's bin the one that contains
 * it, and the bin at lag `l` the one `l` bins after it on the grid of its run. Bins in gaps and
 * beyond the ends are missing.
 */
export function exactAlignment([from, to]: readonly [number, number], binSize: number): Alignment {
  const first = Math.ceil(from / binSize - 1e-9);
  const last = Math.floor(to / binSize + 1e-9);
  const nLags = last - first + 1;
  if (nLags < 1) {
    throw new ConfigError({
      code: 'WINDOW_TOO_NARROW',
      found: `window [${from}, ${to}]`,
      expected: `a window that holds a multiple of the bin size, ${binSize} s`,
    });
  }
  return {
    lags: Float64Array.from({ length: nLags }, (_, lag) => (first + lag) * binSize),
    nRows: nLags,
    lastRow: (t, { origin, step, rowOfBin0 }) => rowOfBin0 + binIndex(t, origin, step) + last,
    align(t, { runs, oldest }, take) {
      for (const { origin, step, rowOfBin0, start, end } of runs) {
        const rowAtLag0 = rowOfBin0 + binIndex(t, origin, step);
        const row = Math.max(oldest(), start, rowAtLag0 + first);
        const n = Math.min(end, rowAtLag0 + last + 1) - row;
        if (n > 0) take(row - rowAtLag0 - first, row, n);
      }
    },
  };
}

/**
 * neuro_py's event_triggered_average_fast: time zero is row 0 and rows are counted across gaps; as
 * many samples as the window is long, centred on the event's row whatever the window, under lags
 * that include both ends. Unlike there, an event whose samples end behind the last row is not used.
 */
export function neuroPyFastAlignment(
  window: readonly [number, number],
  binSize: number,
): Alignment {
  const rate = 1 / binSize;
  const { lags, half } = centredLags(window, rate);
  const nLags = lags.length;
  const rowAt = (t: number, lag: number): number =>
    Math.trunc(roundHalfEven(t * rate) - half + lag);
  return {
    lags,
    nRows: nLags + 1,
    lastRow: (t) => Math.max(rowAt(t, nLags - 1), Math.floor(t * rate + half - 1)),
    align(t, ring, take) {
      const place = t * rate;
      const isUsed = half + 1 < place && place < ring.nRows() - half + 1;
      if (!isUsed || rowAt(t, nLags - 1) >= ring.nRows()) return;
      takeAll(nLags, (lag) => rowAt(t, lag), take);
    },
  };
}

/**
 * neuro_py's event_triggered_average of a signal without gaps: an event is used when its window
 * lies between the first and the last bin centre; its row is the one whose centre is nearest.
 */
export function neuroPyAlignment(
  [from, to]: readonly [number, number],
  binSize: number,
  stream: StreamSoFar,
): Alignment {
  const rate = 1 / binSize;
  const { lags, half } = centredLags([from, to], rate);
  const nLags = lags.length;
  const rowAt = (t: number, lag: number): number =>
    Math.trunc(roundHalfEven((t - stream.firstTime) * rate) - half + lag);
  return {
    lags,
    nRows: nLags + 8,
    lastRow(t, run) {
      // At least one row of the run: it says that the stream went on past the window.
      const behind = Math.max(run.start, rowBehind(t + to + binSize, run, binSize));
      // Counting rows leads astray once there was a gap, and then nobody wants these samples any
      // more.
      return stream.nGaps > 0 ? behind : Math.max(behind, rowAt(t, nLags - 1));
    },
    align(t, ring, take) {
      if (!isCovered(t, [from, to], stream.firstTime, ring)) return;
      if (rowAt(t, 0) < 0 || rowAt(t, nLags - 1) >= ring.nRows()) return;
      takeAll(nLags, (lag) => rowAt(t, lag), take);
    },
  };
}

/** With an odd number of lags, rounding towards zero may name row 0 twice. */
function takeAll(nLags: number, rowAt: (lag: number) => number, take: TakeRows): void {
  const row = rowAt(0);
  if (rowAt(nLags - 1) === row + nLags - 1) take(0, row, nLags);
  else for (let lag = 0; lag < nLags; lag++) take(lag, rowAt(lag), 1);
}

/** Whether a window lies between the first and the last bin centre. */
export function isCovered(
  t: number,
  [from, to]: readonly [number, number],
  firstTime: number,
  ring: RowRing,
): boolean {
  return ring.nRows() > 0 && t + from >= firstTime && t + to <= ring.time(ring.nRows() - 1);
}

/** A row whose centre is later than `t`. */
function rowBehind(t: number, { origin, step, rowOfBin0 }: RunOfRows, binSize: number): number {
  // One more than needed, against rounding of the centres.
  return rowOfBin0 + binIndex(t - binSize / 2, origin, step) + 2;
}

function centredLags([from, to]: readonly [number, number], rate: number) {
  const nLags = Math.ceil((to - from) * rate);
  const spacing = (to - from) / (nLags - 1);
  const lags = Float64Array.from({ length: nLags }, (_, lag) =>
    lag > 0 && lag === nLags - 1 ? to : lag === 0 ? from : lag * spacing + from,
  );
  return { lags, half: nLags / 2 };
}

/** The nearest whole number; of two equally near ones the even. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
