import fc from 'fast-check';
import { defer, EMPTY, NEVER, of, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import { type Epochs, type Intervals, mergeIntervals } from '../../src/model/epochs.ts';
import { bin } from '../../src/operators/bin.ts';
import { createEpochFilter, epochFilter } from '../../src/operators/epoch-filter.ts';
import {
  collect,
  cutSpikes,
  expectStreamManners,
  failure,
  notes,
  rowsOf,
  spikeRun,
  spikesWithin,
} from '../support/streams.ts';

function epochsOf(states: Readonly<Record<string, Intervals>>): Epochs {
  const all = new Map(Object.entries(states));
  const domain = { start: 0, end: 100 };
  return { kind: 'epochs', domain, recorded: [], epochs: [], states: all, roles: undefined };
}

const run = spikeRun(
  0,
  10,
  [
    [0.5, 0],
    [1, 1],
    [2, 0],
    [3.5, 1],
    [4, 0],
    [9, 1],
  ],
  2,
);
const spans = [
  { start: 1, end: 2 },
  { start: 3, end: 4 },
  { start: 4, end: 4.5 },
];
const filter = (keep: string, states: Readonly<Record<string, Intervals>>) =>
  epochFilter({ keep }, of(epochsOf(states)));

function summary(chunks: readonly SpikeChunk[]) {
  return chunks.map(({ start, end, runEnd, times }) => ({ start, end, runEnd, times: [...times] }));
}

describe('epoch-filter', () => {
  test('keeps start <= t < end, one run per merged interval', () => {
    expect(summary(collect([run], filter('a', { a: spans })))).toEqual([
      { start: 1, end: 2, runEnd: 2, times: [1] },
      { start: 3, end: 4.5, runEnd: 4.5, times: [3.5, 4] },
    ]);
  });

  test('silence is a chunk without spikes', () => {
    expect(summary(collect([run], filter('a', { a: [{ start: 5, end: 6 }] })))).toEqual([
      { start: 5, end: 6, runEnd: 6, times: [] },
    ]);
  });

  test('a gap in the recording ends the run', () => {
    const later = spikeRun(12, 15, [[13, 0]], 2);
    expect(summary(collect([run, later], filter('a', { a: [{ start: 9, end: 20 }] })))).toEqual([
      { start: 9, end: 10, runEnd: 10, times: [9] },
      { start: 12, end: 15, runEnd: 15, times: [13] },
    ]);
  });

  test('copies nothing', () => {
    const [whole] = createEpochFilter([{ start: -1, end: 11 }]).push(run);
    expect(whole?.times).toBe(run.times);
    const [part] = createEpochFilter([{ start: 1, end: 3 }]).push(run);
    expect(part?.times.buffer).toBe(run.times.buffer);
    expect(part?.units.length).toBe(part?.times.length);
  });

  test('a run whose end is not known stays so', () => {
    const live = spikeRun(0, 10, [], 2, { knowsEnd: false });
    expect(createEpochFilter(spans).push(live)[0]).not.toHaveProperty('runEnd');
  });

  test('tells which intervals the recording does not reach', () => {
    const { report, all } = notes();
    const states = {
      a: [...spans, { start: 20, end: 25 }],
      none: [],
      out: [{ start: 50, end: 60 }],
    };
    const kept = (keep: string) =>
      collect([run], epochFilter({ keep }, of(epochsOf(states)), report)).length;
    expect(kept('a')).toBe(2);
    expect(kept('none')).toBe(0);
    expect(kept('out')).toBe(0);
    expect(all).toMatchObject([
      { code: 'EPOCH_OUTSIDE', data: { nIntervals: 3, nOutside: 1, seconds: 5 } },
      { code: 'EPOCH_OUTSIDE', data: { nIntervals: 0, nOutside: 0 } },
      { code: 'EPOCH_OUTSIDE', data: { nIntervals: 1, nOutside: 1 } },
    ]);
    expect(collect([], filter('a', { a: spans }))).toEqual([]);
  });

  test('waits for the epochs before it reads spikes', () => {
    const epochs = new Subject<Epochs>();
    let nReads = 0;
    const spikes = defer(() => {
      nReads++;
      return of(run);
    });
    const made: SpikeChunk[] = [];
    spikes.pipe(epochFilter({ keep: 'a' }, epochs)).subscribe((chunk) => made.push(chunk));
    expect(nReads).toBe(0);
    epochs.next(epochsOf({ a: spans }));
    expect(nReads).toBe(1);
    expect(made).toHaveLength(2);
  });

  test('refuses unknown names and a recording without epochs', () => {
    expect(failure(() => epochFilter({ keep: 'a &' }, NEVER))).toMatchObject({
      code: 'BAD_OPTION',
    });
    expect(failure(() => epochFilter({}, NEVER))).toMatchObject({ code: 'MISSING_OPTION' });
    expect(failure(() => collect([run], filter('b', { a: spans })))).toMatchObject({
      code: 'UNKNOWN_EPOCH',
    });
    expect(failure(() => collect([run], epochFilter({ keep: 'a' }, EMPTY)))).toMatchObject({
      code: 'NO_EPOCHS',
    });
  });

  test('has the manners of a stream', () => {
    expectStreamManners(filter('a', { a: spans }), cutSpikes(run, [1.5, 3.2, 8]));
  });
});

test('cuts do not show, and nothing inside is lost', () => {
  const point = fc.integer({ min: -5, max: 25 }).map((i) => i * 0.05);
  const states = fc.array(fc.tuple(point, point), { maxLength: 6 });
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(spikesWithin(1, 3), states, cuts, (spikes, pairs, at) => {
      const a = pairs.map(([x, y]) => ({ start: Math.min(x, y), end: Math.max(x, y) }));
      const whole = spikeRun(0, 1, spikes, 3);
      const made = collect([whole], filter('a', { a }));
      const merged = mergeIntervals(a);
      const expected = whole.times.filter((t) => merged.some((s) => s.start <= t && t < s.end));
      expect(made.flatMap(({ times }) => [...times])).toEqual([...expected]);
      const pieces = collect(cutSpikes(whole, at), filter('a', { a }));
      for (const grid of ['plain', 'neuro-py'] as const) {
        const count = bin({ binSize: 0.02, grid });
        expect(rowsOf(collect(pieces, count))).toEqual(rowsOf(collect(made, count)));
      }
    }),
  );
});
