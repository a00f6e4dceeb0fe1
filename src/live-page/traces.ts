import type { ActivationChunk } from '../model/chunk.ts';
import type { TraceFrame } from './frame.ts';

/** Points of one frame: more than a screen could show of a thirtieth of a second. */
const maxPoints = 32;
/** Points that a page gets at its start: a minute at 30 a second. */
const historyPoints = 1800;

export interface Traces {
  readonly push: (chunk: ActivationChunk) => void;
  /** The points since the last call; undefined where nothing came. */
  readonly take: () => TraceFrame | undefined;
  /** The points of the last frames, as one. */
  readonly history: () => TraceFrame;
}

/**
 * Thins activation out for a page. Each call of `take` gives at most 32 points for the bins since the last one, each the
 * largest value of its bins, so that no peak is lost; what came between two calls is kept thinned out too. Memory: a frame,
 * and 1800 points per assembly.
 */
export function createTraces(node: string): Traces {
  let nAssemblies = 0;
  let pending = createThinner(0);
  let times: number[] = [];
  let columns: number[][] = [];
  let widest = 1;

  function push(chunk: ActivationChunk): void {
    if (chunk.columns.length !== nAssemblies) {
      nAssemblies = chunk.columns.length;
      pending = createThinner(nAssemblies);
      times = [];
      columns = chunk.columns.map(() => []);
    }
    pending.add(chunk);
  }

  function take(): TraceFrame | undefined {
    const taken = pending.take();
    if (taken.times.length === 0) return undefined;
    widest = taken.nBinsPerPoint;
    keep(times, taken.times);
    columns.forEach((column, a) => {
      keep(column, taken.columns[a]);
    });
    return frame(taken.times, taken.columns, taken.nBinsPerPoint);
  }

  const frame = (
    at: readonly number[],
    values: readonly (readonly number[])[],
    nBinsPerPoint: number,
  ): TraceFrame => ({
    node,
    nAssemblies,
    times: at,
    columns: values.map((column) => column.map(finiteOrNull)),
    nBinsPerPoint,
  });

  return { push, take, history: () => frame(times, columns, widest) };
}

function keep(kept: number[], further: readonly number[]): void {
  kept.push(...further);
  if (kept.length > historyPoints) kept.splice(0, kept.length - historyPoints);
}

/** Four digits: a pixel is coarser. JSON knows no NaN. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

/** Points that stand for ever more bins each, twice as many whenever there are too many points. */
function createThinner(nColumns: number) {
  let nBinsPerPoint = 1;
  let nInLast = 0;
  let times: number[] = [];
  let columns: number[][] = Array.from({ length: nColumns }, () => []);

  function halve(): void {
    nBinsPerPoint *= 2;
    times = times.filter((_, i) => i % 2 === 0);
    columns = columns.map((column) =>
      times.map((_, i) => larger(column[2 * i], column[2 * i + 1] ?? Number.NaN)),
    );
    nInLast = nBinsPerPoint;
  }

  function add({ nBins, times: at, columns: values }: ActivationChunk): void {
    for (let row = 0; row < nBins; row++) {
      if (times.length > 0 && nInLast < nBinsPerPoint) {
        const last = times.length - 1;
        for (let a = 0; a < nColumns; a++) {
          columns[a][last] = larger(columns[a][last], values[a][row]);
        }
        nInLast++;
        continue;
      }
      if (times.length === maxPoints) halve();
      times.push(at[row]);
      for (let a = 0; a < nColumns; a++) columns[a].push(values[a][row]);
      nInLast = 1;
    }
  }

  function take() {
    const taken = { times, columns, nBinsPerPoint };
    times = [];
    columns = columns.map(() => []);
    nBinsPerPoint = 1;
    nInLast = 0;
    return taken;
  }

  return { add, take };
}

/** The larger of two numbers of which either may be missing. */
function larger(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}
