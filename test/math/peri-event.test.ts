import { describe, expect, test } from 'vitest';
import { type Convention, roundHalfEven } from '../../src/math/event-alignment.ts';
import { createLagStatistics } from '../../src/math/lag-statistics.ts';
import { createPeriEventAverager } from '../../src/math/peri-event.ts';
import { createRowRing } from '../../src/math/row-ring.ts';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import type { Psth } from '../../src/model/events.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { activationRun, cutActivation } from '../support/streams.ts';

type Window = readonly [number, number];

function average(
  chunks: readonly ActivationChunk[],
  events: readonly number[],
  convention: Convention,
  window: Window,
): Psth {
  const [first] = chunks;
  const binSize = first?.binSize ?? 0.01;
  const nAssemblies = first?.columns.length ?? 0;
  const averager = createPeriEventAverager({ convention, window, binSize, nAssemblies });
  averager.addEvents(Float64Array.from(events));
  for (const chunk of chunks) averager.push(chunk);
  return averager.finish();
}

const ramp = (n: number, binSize = 0.01) =>
  activationRun([Array.from({ length: n }, (_, k) => k)], { binSize });

test('ties round to even', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6, -2.6].map(roundHalfEven)).toEqual([
    0, 2, 2, 0, -2, 2, 3, -3,
  ]);
});

test('statistics by hand, NaN missing', () => {
  const statistics = createLagStatistics(2, 1);
  for (const row of [
    [1, 5],
    [3, Number.NaN],
    [5, Number.NaN],
  ]) {
    statistics.count(0, 2);
    statistics.add(0, 0, Float64Array.from(row), 0, 2);
  }
  const { mean, sem, n } = statistics.result();
  expect(mean).toEqual([Float64Array.of(3, 5)]);
  expect(sem[0]?.[0]).toBeCloseTo(2 / Math.sqrt(3), 14);
  expect(sem[0]?.[1]).toBeNaN();
  expect([...n]).toEqual([3, 3]);
});

test('the ring holds the last rows and their runs', () => {
  const ring = createRowRing(4, 1);
  const seen: number[] = [];
  const read = (row: number, n: number) => {
    seen.length = 0;
    ring.visit(row, n, (_, offset, values, from, count) => {
      for (let i = 0; i < count; i++) seen[offset + i] = values[from + i];
    });
    return [...seen];
  };
  const run = ramp(11);
  ring.startRun(run);
  ring.append(run, 0, 3);
  expect([ring.oldest(), ring.nRows(), ...read(0, 3)]).toEqual([0, 3, 0, 1, 2]);
  ring.append(run, 3, 5);
  expect([ring.oldest(), ring.nRows(), ...read(1, 4)]).toEqual([1, 5, 1, 2, 3, 4]);
  ring.append(run, 5, 11);
  expect([ring.oldest(), ring.nRows(), ...read(7, 4)]).toEqual([7, 11, 7, 8, 9, 10]);
  expect(ring.time(9)).toBe(run.times[9]);
  const next = activationRun([[20, 21, 22]], { origin: 5 });
  ring.startRun(next);
  ring.append(next, 0, 2);
  expect(ring.runs.map(({ start, end }) => [start, end])).toEqual([
    [0, 11],
    [11, 13],
  ]);
  ring.append(next, 2, 3);
  ring.append(activationRun([[23]], { origin: 5.03 }), 0, 1);
  expect(ring.runs.map(({ rowOfBin0 }) => rowOfBin0)).toEqual([11]);
});

describe('exact', () => {
  test('lags are multiples of the bin, at both ends', () => {
    const { lags, mean, n, nUsed } = average([ramp(1000)], [5], 'exact', [-0.5, 0.5]);
    expect(lags).toHaveLength(101);
    expect([lags[0], lags[50], lags[100]]).toEqual([-0.5, 0, 0.5]);
    expect([mean[0]?.[0], mean[0]?.[50], mean[0]?.[100]]).toEqual([450, 500, 550]);
    expect(n.every((count) => count === 1)).toBe(true);
    expect(nUsed).toBe(1);
  });

  test('the window need not be symmetric', () => {
    const { lags, mean } = average([ramp(1000)], [5], 'exact', [0.02, 0.05]);
    expect([...lags]).toEqual([0.02, 0.03, 0.04, 0.05]);
    expect([...(mean[0] ?? [])]).toEqual([502, 503, 504, 505]);
    expect(average([ramp(10)], [0.05], 'exact', [-0.004, 0.004]).lags).toEqual(Float64Array.of(0));
  });

  test('gaps and ends are missing, lag by lag', () => {
    const runs = [ramp(10), activationRun([[100, 101, 102]], { origin: 0.125 })];
    const { mean, n } = average(runs, [0.095], 'exact', [-0.02, 0.05]);
    // The event lies in bin 9; on the second grid in bin -3, so that its bins are 3, 4 and 5 later.
    expect([...(mean[0] ?? [])]).toEqual(
      [7, 8, 9, Number.NaN, Number.NaN, 100, 101, 102].slice(0, 8),
    );
    expect([...n]).toEqual([1, 1, 1, 0, 0, 1, 1, 1]);
  });
});

describe('events while running', () => {
  test('a snapshot has what is complete', () => {
    const options = { convention: 'exact', window: [-0.02, 0.02], binSize: 0.01 } as const;
    const averager = createPeriEventAverager({ ...options, nAssemblies: 1, lateness: 0.1 });
    const [a, b, c] = cutActivation(ramp(100), [40, 20, 40]);
    averager.push(a);
    // Late, but its rows are still there.
    averager.addEvents(Float64Array.of(0.355));
    averager.push(b);
    expect(averager.snapshot()).toMatchObject({
      nUsed: 1,
      mean: [Float64Array.of(33, 34, 35, 36, 37)],
    });
    averager.addEvents(Float64Array.of(0.1, 0.705));
    expect(averager.nLate()).toBe(1);
    averager.push(c);
    const { nUsed, mean, eventTimes } = averager.finish();
    expect(nUsed).toBe(2);
    expect([...eventTimes]).toEqual([0.1, 0.355, 0.705]);
    expect(mean[0]?.[2]).toBe((35 + 70) / 2);
  });
});

interface FastCase {
  readonly event: number;
  readonly window: Window;
  readonly fs: number;
  readonly n_samples: number;
  readonly result: {
    readonly error?: string;
    readonly first: number | null;
    readonly last: number | null;
    readonly n: number;
    readonly lag_first: number;
    readonly lag_last: number;
    readonly lag_step: number;
  };
}

interface SlowCase extends Omit<FastCase, 'result'> {
  readonly first_time: number;
  readonly first_last: readonly [number, number];
}

interface PethCases {
  readonly fast: readonly FastCase[];
  readonly slow: readonly SlowCase[];
  readonly slow_irregular: {
    readonly events: readonly number[];
    readonly window: Window;
    readonly matrix: readonly (readonly number[])[];
    readonly lags: readonly number[];
  };
  readonly average: {
    readonly events: readonly number[];
    readonly window: Window;
    readonly lags: readonly number[];
    readonly fast_average: readonly (readonly number[])[];
    readonly slow_average: readonly (readonly number[])[];
  };
}

const golden = loadGoldenJson<{ peth: PethCases }>('unit_cases.json')?.peth;

function expectClose(
  found: ArrayLike<number> | undefined,
  expected: readonly number[],
  tolerance: number,
) {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    const difference = Math.abs((found?.[i] ?? Number.NaN) - value);
    if (Number.isNaN(value)) expect(found?.[i]).toBeNaN();
    else expect(difference).toBeLessThan(tolerance);
  });
}

describe.skipIf(!golden)('neuro-py-fast as the reference', () => {
  const cases = (golden?.fast ?? []).map((given, index) => ({ index, ...given }));
  test.each(cases)('case $index: event $event', ({ event, window, fs, n_samples, result }) => {
    const { lags, mean, nUsed } = average(
      [ramp(n_samples, 1 / fs)],
      [event],
      'neuro-py-fast',
      window,
    );
    const [curve] = mean;
    // The reference fails on events just before the end; here they are not used.
    const isUsed = result.error === undefined && result.first !== null;
    expect(nUsed).toBe(isUsed ? 1 : 0);
    expect(curve?.[0]).toBe(isUsed ? result.first : Number.NaN);
    expect(curve?.at(-1)).toBe(isUsed ? result.last : Number.NaN);
    if (result.error !== undefined) return;
    expect(lags).toHaveLength(result.n);
    expect([lags[0], lags.at(-1)]).toEqual([result.lag_first, result.lag_last]);
    expect(lags[1] - lags[0]).toBeCloseTo(result.lag_step, 14);
  });
});

describe.skipIf(!golden)('neuro-py as the reference', () => {
  const cases = (golden?.slow ?? []).map((given, index) => ({ index, ...given }));
  test.each(cases)('case $index: event $event', ({ event, window, fs, n_samples, ...given }) => {
    const run = activationRun([Array.from({ length: n_samples }, (_, k) => k)], {
      binSize: 1 / fs,
      origin: given.first_time - 0.5 / fs,
    });
    const [curve] = average([run], [event], 'neuro-py', window).mean;
    expect([curve?.[0], curve?.at(-1)]).toEqual(given.first_last);
  });

  test('gaps are interpolated across', () => {
    if (!golden) return;
    const { events, window, matrix, lags } = golden.slow_irregular;
    const wave = Array.from({ length: 1000 }, (_, k) => Math.sin(k / 7));
    const runs = [
      activationRun([wave], { to: 500 }),
      activationRun([wave], { origin: 8, from: 500 }),
    ];
    events.forEach((event, i) => {
      const found = average(runs, [event], 'neuro-py', window);
      expectClose(found.mean[0], matrix[i] ?? [], 1e-12);
      expectClose(found.lags, lags, 1e-15);
    });
    const used = matrix.filter((row) => !Number.isNaN(row[0]));
    const mean = used[0]?.map(
      (_, lag) => used.reduce((sum, row) => sum + row[lag], 0) / used.length,
    );
    expectClose(average(runs, events, 'neuro-py', window).mean[0], mean ?? [], 1e-12);
  });

  test('averages of several events', () => {
    if (!golden) return;
    const { events, window, lags, fast_average, slow_average } = golden.average;
    const wave = Array.from({ length: 1000 }, (_, k) => Math.sin(k / 7));
    const holed = wave.map((_, k) => (k === 200 ? Number.NaN : 1));
    const run = activationRun([wave, holed]);
    const fast = average([run], events, 'neuro-py-fast', window);
    const slow = average([run], events, 'neuro-py', window);
    for (const [a, curve] of fast_average.entries()) expectClose(fast.mean[a], curve, 1e-14);
    for (const [a, curve] of slow_average.entries()) expectClose(slow.mean[a], curve, 1e-14);
    expectClose(fast.lags, lags, 1e-16);
  });
});
