import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTrains } from '../../src/model/merge-trains.ts';

function merge(runs: readonly Float64Array[]): [number, number][] {
  const n = runs.reduce((sum, { length }) => sum + length, 0);
  const times = new Float64Array(n);
  const units = new Int32Array(n);
  mergeTrains(runs, times, units);
  return Array.from(times, (time, i) => [time, units[i]]);
}

function sorted(runs: readonly Float64Array[]): [number, number][] {
  return runs
    .flatMap((run, unit) => Array.from(run, (time): [number, number] => [time, unit]))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Bursts of ticks, so that many spikes share a span of time, and many a time. */
const bursts = fc
  .array(
    fc.record({
      start: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      ticks: fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
    }),
    { maxLength: 4 },
  )
  .map((all) =>
    Float64Array.from(all.flatMap(({ start, ticks }) => ticks.map((tick) => start + tick / 3e4))),
  )
  .map((times) => times.sort());

test('ascending by time, then by run, however the times lie', () => {
  fc.assert(
    fc.property(fc.array(bursts, { maxLength: 30 }), (runs) => {
      expect(merge(runs)).toEqual(sorted(runs));
    }),
  );
});

test.each([
  ['no runs', []],
  ['empty runs', [[], []]],
  ['one time', [[2], [], [2, 2]]],
  ['times as far apart as numbers go', [[-1.7e308, 0], [1.7e308], [-1.7e308, 1]]],
  ['hundreds at one time, and one far off', [Array(300).fill(5), [...Array(200).fill(5), 1e9]]],
  ['differences that are hardly numbers', [[0, 5e-324], [5e-324]]],
])('%s', (_, lists) => {
  const runs = lists.map((list: readonly number[]) => Float64Array.from(list));
  expect(merge(runs)).toEqual(sorted(runs));
});
