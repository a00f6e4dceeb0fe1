import fc from 'fast-check';
import { from, NEVER, Observable, type OperatorFunction, of, Subject } from 'rxjs';
import { expect } from 'vitest';
import type { ActivationChunk, Bins, CountsChunk, SpikeChunk } from '../../src/model/chunk.ts';
import type { Note, Report } from '../../src/model/report.ts';

/** What an operator makes of a stream that ends at once; its error is thrown. */
export function collect<A, B>(chunks: Iterable<A>, operator: OperatorFunction<A, B>): B[] {
  const made: B[] = [];
  const errors: unknown[] = [];
  let isComplete = false;
  from(chunks)
    .pipe(operator)
    .subscribe({
      next: (chunk) => made.push(chunk),
      error: (error: unknown) => errors.push(error),
      complete: () => {
        isComplete = true;
      },
    });
  if (errors.length > 0) throw errors[0];
  if (!isComplete) throw new Error('the stream did not end');
  return made;
}

/** The error `work` throws. */
export function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export function notes(): { report: Report; codes: () => string[]; all: Note[] } {
  const all: Note[] = [];
  return { report: (note) => all.push(note), codes: () => all.map(({ code }) => code), all };
}

/**
 * What every operator must do whatever it computes. `chunks` must make it emit something before the
 * end, or at it.
 */
export function expectStreamManners<A, B>(
  operator: OperatorFunction<A, B>,
  chunks: readonly A[],
): void {
  // Never: nothing comes out by itself.
  const seen: B[] = [];
  NEVER.pipe(operator as OperatorFunction<never, B>)
    .subscribe((chunk) => seen.push(chunk))
    .unsubscribe();
  expect(seen).toEqual([]);
  // An error passes, at once and as it is.
  const errors: unknown[] = [];
  const failed = new Observable<A>((subscriber) => {
    for (const chunk of chunks) subscriber.next(chunk);
    subscriber.error('broken');
  });
  failed.pipe(operator).subscribe({ error: (error: unknown) => errors.push(error) });
  expect(errors).toEqual(['broken']);
  // Leaving early closes the source.
  let isClosed = false;
  const open = new Observable<A>((subscriber) => {
    for (const chunk of chunks) subscriber.next(chunk);
    return () => {
      isClosed = true;
    };
  });
  open.pipe(operator).subscribe().unsubscribe();
  expect(isClosed).toBe(true);
  // Two subscribers that read in turns have a state each.
  const source = new Subject<A>();
  const stream = source.pipe(operator);
  const results: B[][] = [[], []];
  const subscriptions = results.map((made) => stream.subscribe((chunk) => made.push(chunk)));
  for (const chunk of chunks) source.next(chunk);
  source.complete();
  for (const subscription of subscriptions) subscription.unsubscribe();
  expect(results[0]).toEqual(collect(chunks, operator));
  expect(results[1]).toEqual(results[0]);
  // Each subscription to a cold stream starts anew.
  const cold = of(...chunks).pipe(operator);
  const again: B[][] = [[], []];
  for (const made of again) cold.subscribe((chunk) => made.push(chunk));
  expect(again[1]).toEqual(again[0]);
}

/** A run of spikes as one chunk; spikes are [time, unit] in any order. */
export function spikeRun(
  start: number,
  end: number,
  spikes: readonly (readonly [number, number])[],
  nUnits: number,
  { knowsEnd = true } = {},
): SpikeChunk {
  const inside = spikes.filter(([t]) => start <= t && t < end).sort(([a], [b]) => a - b);
  return {
    kind: 'spikes',
    start,
    end,
    nUnits,
    times: Float64Array.from(inside, ([t]) => t),
    units: Int32Array.from(inside, ([, unit]) => unit),
    ...(knowsEnd ? { runEnd: end } : {}),
  };
}

/** The same spikes in chunks that end at the given times, as far as they lie inside. */
export function cutSpikes(chunk: SpikeChunk, at: readonly number[]): SpikeChunk[] {
  const inside = [...new Set(at)].filter((t) => chunk.start < t && t < chunk.end);
  const edges = [chunk.start, ...inside.sort((a, b) => a - b), chunk.end];
  return edges.slice(1).map((end, i) => {
    const start = edges[i];
    const from = chunk.times.filter((t) => t < start).length;
    const to = chunk.times.filter((t) => t < end).length;
    const times = chunk.times.subarray(from, to);
    return { ...chunk, start, end, times, units: chunk.units.subarray(from, to) };
  });
}

/** A run of counts as one chunk, from dense rows; zeros are left out. */
export function countsRun(
  rows: readonly ArrayLike<number>[],
  nUnits: number,
  { origin = 0, binSize = 0.01, smoothingSd = 0 } = {},
): CountsChunk {
  const offsets = new Int32Array(rows.length + 1);
  const units: number[] = [];
  const values: number[] = [];
  rows.forEach((row, r) => {
    for (let unit = 0; unit < nUnits; unit++) {
      if (row[unit] === 0) continue;
      units.push(unit);
      values.push(row[unit]);
    }
    offsets[r + 1] = units.length;
  });
  const nBins = rows.length;
  const grid = { start: origin, end: origin + nBins * binSize, origin, step: binSize, binSize };
  const entries = { offsets, units: Int32Array.from(units), values: Float64Array.from(values) };
  return { kind: 'counts', ...grid, firstBin: 0, nBins, nUnits, smoothingSd, ...entries };
}

/** The same rows in chunks of so many, the last ones fewer. */
export function cutCounts(chunk: CountsChunk, sizes: readonly number[]): CountsChunk[] {
  const made: CountsChunk[] = [];
  let row = 0;
  for (let i = 0; row < chunk.nBins; i++) {
    const nBins = Math.min(Math.max(1, sizes[i % sizes.length]), chunk.nBins - row);
    const { origin, step, offsets } = chunk;
    const [from, to] = [offsets[row], offsets[row + nBins]];
    made.push({
      ...chunk,
      start: origin + row * step,
      end: row + nBins === chunk.nBins ? chunk.end : origin + (row + nBins) * step,
      firstBin: row,
      nBins,
      offsets: offsets.slice(row, row + nBins + 1).map((offset) => offset - from),
      units: chunk.units.slice(from, to),
      values: chunk.values.slice(from, to),
    });
    row += nBins;
  }
  return made;
}

/** All rows of some chunks, dense, shape [nBins, nUnits]. */
export function dense(chunks: readonly CountsChunk[]): number[][] {
  return chunks.flatMap(({ nBins, nUnits, offsets, units, values }) =>
    Array.from({ length: nBins }, (_, row) => {
      const line = new Array<number>(nUnits).fill(0);
      for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) {
        line[units[entry]] = values[entry];
      }
      return line;
    }),
  );
}

/**
 * Everything that counts say, bin by bin, so that streams with other cuts can be compared to the
 * last bit.
 */
export function rowsOf(chunks: readonly CountsChunk[]) {
  return chunks.flatMap((chunk) =>
    binsOf(chunk).map((bin, row) => {
      const [from, to] = [chunk.offsets[row], chunk.offsets[row + 1]];
      const { nUnits, smoothingSd } = chunk;
      const entries = { units: [...chunk.units.slice(from, to)], values: bits(chunk, from, to) };
      return { ...bin, nUnits, smoothingSd, ...entries };
    }),
  );
}

function bits({ values }: CountsChunk, from: number, to: number): number[] {
  return [...values.slice(from, to)];
}

/** The same of activation. */
export function activationRows(chunks: readonly ActivationChunk[]) {
  return chunks.flatMap((chunk) =>
    binsOf(chunk).map((bin, row) => ({
      ...bin,
      time: chunk.times[row],
      values: chunk.columns.map((column) => column[row]),
    })),
  );
}

function binsOf({ nBins, firstBin, origin, step, binSize }: Bins) {
  return Array.from({ length: nBins }, (_, row) => ({
    origin,
    step,
    binSize,
    bin: firstBin + row,
  }));
}

/** Activation from columns; each run has its origin and rows `from` to `to` of them. */
export function activationRun(
  columns: readonly ArrayLike<number>[],
  { origin = 0, binSize = 0.01, from = 0, to = columns[0]?.length ?? 0 } = {},
): ActivationChunk {
  const nBins = to - from;
  return {
    kind: 'activation',
    start: origin,
    end: origin + nBins * binSize,
    origin,
    step: binSize,
    binSize,
    firstBin: 0,
    nBins,
    times: Float64Array.from({ length: nBins }, (_, row) => origin + row * binSize + binSize / 2),
    columns: columns.map((column) => Float64Array.from(column).slice(from, to)),
  };
}

export function cutActivation(chunk: ActivationChunk, sizes: readonly number[]): ActivationChunk[] {
  const made: ActivationChunk[] = [];
  for (let row = 0, i = 0; row < chunk.nBins; i++) {
    const nBins = Math.min(Math.max(1, sizes[i % sizes.length]), chunk.nBins - row);
    const { origin, step } = chunk;
    made.push({
      ...chunk,
      start: origin + row * step,
      end: origin + (row + nBins) * step,
      firstBin: row,
      nBins,
      times: chunk.times.slice(row, row + nBins),
      columns: chunk.columns.map((column) => column.slice(row, row + nBins)),
    });
    row += nBins;
  }
  return made;
}

/** Spikes on a grid of 1/20000 s, so that one in a few hundred lies on an edge of a bin. */
export function spikesWithin(end: number, nUnits: number) {
  const time = fc.integer({ min: 0, max: Math.round(end * 20_000) - 1 }).map((i) => i / 20_000);
  const unit = fc.integer({ min: 0, max: nUnits - 1 });
  return fc.array(fc.tuple(time, unit), { maxLength: 200 });
}

/** Ways to cut a run of bins: one by one, seven by seven, in one, and at random. */
export const chunkSizes = fc.oneof(
  fc.constantFrom([1], [7], [1_000_000]),
  fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
);

/** Runs of whole counts, [gap before it in bins, dense rows]. */
export function countRuns(nUnits: number) {
  const row = fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 4 })),
    { minLength: nUnits, maxLength: nUnits },
  );
  const rows = fc.array(row, { minLength: 1, maxLength: 40 });
  const gap = fc.double({ min: 0.01, max: 30, noNaN: true });
  return fc.array(fc.tuple(gap, rows), { minLength: 1, maxLength: 4 }).map((runs) => {
    let end = 0;
    return runs.map(([gapBefore, lines]) => {
      const run = countsRun(lines, nUnits, { origin: end + gapBefore * 0.01 });
      end = run.end;
      return run;
    });
  });
}
