import { ConfigError, InputError } from '../errors.ts';
import type { CountsChunk, SpikeChunk } from '../model/chunk.ts';
import { binIndex, neuroPyGrid, plainGrid, type RunGrid } from './bin-index.ts';
import { type CountBuilder, closeRows, createCountBuilder, takeRows } from './count-builder.ts';

export type Grid = 'plain' | 'neuro-py';

/** Time behind the last whole bin of each run, and how many runs were too short for any. */
export interface DroppedTime {
  readonly seconds: number;
  readonly nRuns: number;
  readonly nShortRuns: number;
}

/** Bins one chunk may close: what is beyond is a wrong time, not a recording. */
const maxBins = 2 ** 27;

export interface Binner {
  /** The bins that close with this chunk; undefined where none does. */
  readonly push: (chunk: SpikeChunk) => CountsChunk | undefined;
  /** Ends the last run. */
  readonly finish: () => DroppedTime;
}

/**
 * Counts spikes per unit in consecutive bins. A bin still open when a chunk ends is carried into
 * the next; a chunk that does not start where the last one ended opens a new run of bins at its own
 * start. Memory: one row of counts, and room for the largest chunk so far.
 */
export function createBinner(binSize: number, gridKind: Grid): Binner {
  let nUnits = -1;
  let rows: CountBuilder = createCountBuilder(0);
  let grid: RunGrid = plainGrid(Number.NaN, binSize);
  let end = Number.NaN;
  let firstBin = 0;
  let nRuns = 0;
  let nShortRuns = 0;
  let seconds = 0;

  function startRun(chunk: SpikeChunk): void {
    endRun();
    grid = gridOf(chunk, binSize, gridKind);
    nUnits = chunk.nUnits;
    rows = createCountBuilder(nUnits);
    firstBin = 0;
    nRuns++;
  }

  function endRun(): void {
    if (Number.isNaN(end)) return;
    seconds += Math.max(0, end - edge(firstBin));
    if (firstBin === 0) nShortRuns++;
    end = Number.NaN;
  }

  function edge(k: number): number {
    return k === grid.nBins ? grid.lastEdge : grid.origin + k * grid.step;
  }

  /** How many bins of the run no later spike can enter. */
  function countClosed({ end: known, runEnd }: SpikeChunk): number {
    const { origin, step, nBins, lastEdge } = grid;
    // The last bin is closed on both sides: a spike on its end may be the first of the next chunk.
    const isOver = known > lastEdge || (runEnd !== undefined && known >= runEnd);
    if (isOver && Number.isFinite(nBins)) return nBins;
    return Math.max(0, Math.min(binIndex(known, origin, step), nBins - 1));
  }

  /**
   * Adds the spikes and closes the first `nClosed` rows; what lies behind them stays in the open
   * row.
   */
  function addSpikes(chunk: SpikeChunk, nClosed: number): void {
    const { times, units } = chunk;
    const { origin, step, nBins, lastEdge } = grid;
    const before = firstBin;
    const builder = rows;
    const { cells, named } = builder;
    const nSpikes = nBins === 0 ? 0 : times.length;
    let row = 0;
    let edge = origin + before * step;
    let nextEdge = origin + (before + 1) * step;
    for (let s = 0; s < nSpikes; s++) {
      const t = times[s];
      if (t > lastEdge) break;
      // Before rows are made for it; written so that a time which is not a number is refused too.
      if (!(t < end)) throw badSpike(chunk, s);
      if (t >= nextEdge) {
        const k = Math.min(binIndex(t, origin, step), nBins - 1) - before;
        if (k > row) {
          closeRows(builder, k - row - 1);
          row = k;
          edge = origin + (before + row) * step;
          nextEdge = origin + (before + row + 1) * step;
        }
      }
      const unit = units[s];
      if (!(t >= edge && unit >= 0 && unit < nUnits)) throw badSpike(chunk, s);
      if (cells[unit]++ === 0) named[builder.nNamed++] = unit;
    }
    if (row < nClosed) closeRows(builder, nClosed - row - 1);
  }

  function push(chunk: SpikeChunk): CountsChunk | undefined {
    if (chunk.start !== end || chunk.nUnits !== nUnits) startRun(chunk);
    end = chunk.end;
    const nBins = countClosed(chunk) - firstBin;
    if (!(nBins <= maxBins)) throw tooManyBins(chunk, nBins);
    addSpikes(chunk, nBins);
    if (nBins <= 0) return undefined;
    const { origin, step } = grid;
    const from = firstBin;
    firstBin += nBins;
    return {
      kind: 'counts',
      start: edge(from),
      end: edge(firstBin),
      origin,
      step,
      binSize,
      firstBin: from,
      nBins,
      nUnits,
      smoothingSd: 0,
      ...takeRows(rows),
    };
  }

  function finish(): DroppedTime {
    endRun();
    return { seconds, nRuns, nShortRuns };
  }

  return { push, finish };
}

function gridOf({ start, runEnd }: SpikeChunk, binSize: number, kind: Grid): RunGrid {
  if (kind === 'plain') return plainGrid(start, binSize);
  if (runEnd !== undefined) return neuroPyGrid(start, runEnd, binSize);
  throw new ConfigError({
    code: 'GRID_NEEDS_END',
    message: 'grid neuro-py spreads its bins over a run whose end is known beforehand',
    found: `a run from ${start} s whose end is not known, as in a live recording`,
    expected: 'a recording that is complete',
    hint: 'use grid: plain',
  });
}

function tooManyBins({ start, end }: SpikeChunk, nBins: number): InputError {
  return new InputError({
    code: 'TOO_MANY_BINS',
    found: `${nBins} bins in a chunk from ${start} s to ${end} s`,
    expected: `at most ${maxBins}`,
    hint: 'see whether the times of the recording are in seconds',
  });
}

function badSpike({ times, units, start, end, nUnits }: SpikeChunk, s: number): InputError {
  return new InputError({
    code: 'BAD_SPIKES',
    found: `spike ${s} at ${times[s]} s of unit index ${units[s]}`,
    expected: `ascending times from ${start} s to ${end} s and units from 0 to ${nUnits - 1}`,
  });
}
