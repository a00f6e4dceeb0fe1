import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, InputError } from '../../src/errors.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import { bin } from '../../src/operators/bin.ts';
import { loadGoldenJson } from '../support/golden.ts';
import {
  collect,
  cutSpikes,
  dense,
  expectStreamManners,
  failure,
  notes,
  rowsOf,
  spikeRun,
  spikesWithin,
} from '../support/streams.ts';

const two = spikeRun(
  0,
  0.35,
  [
    [0, 0],
    [0.1, 1],
    [0.15, 1],
    [0.29, 0],
    [0.34, 0],
  ],
  2,
);

describe('bin', () => {
  test('counts by hand', () => {
    const [chunk, ...more] = collect([two], bin({ binSize: 0.1 }));
    expect(more).toEqual([]);
    expect(dense([chunk])).toEqual([
      [1, 0],
      [0, 2],
      [1, 0],
    ]);
    expect(chunk).toMatchObject({
      start: 0,
      end: 3 * 0.1,
      origin: 0,
      step: 0.1,
      firstBin: 0,
      nBins: 3,
    });
  });

  test('silence is bins, and no units are none', () => {
    expect(dense(collect([spikeRun(0, 0.2, [], 2)], bin({ binSize: 0.1 })))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(dense(collect([spikeRun(0, 0.2, [], 0)], bin({ binSize: 0.1 })))).toEqual([[], []]);
  });

  test('bins that name many units have them in ascending order, once each', () => {
    const spikes = Array.from({ length: 400 }, (_, s): [number, number] => [
      s / 1000,
      (s * 37) % 101,
    ]);
    const [{ units, values, offsets }] = collect(
      [spikeRun(0, 0.4, spikes, 120)],
      bin({ binSize: 0.2 }),
    );
    const named = Array.from({ length: 101 }, (_, unit) => unit);
    expect([...offsets]).toEqual([0, 101, 202]);
    expect([...units]).toEqual([...named, ...named]);
    const counted = [0, 1].flatMap((row) =>
      named.map(
        (unit) => spikes.filter(([t, of]) => of === unit && t >= 0.2 === (row === 1)).length,
      ),
    );
    expect([...values]).toEqual(counted);
  });

  test('an open bin is carried, and a chunk that closes none gives nothing', () => {
    const made = collect(cutSpikes(two, [0.05, 0.12, 0.18]), bin({ binSize: 0.1 }));
    expect(made.map(({ firstBin, nBins }) => [firstBin, nBins])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(dense(made)).toEqual([
      [1, 0],
      [0, 2],
      [1, 0],
    ]);
  });

  test('a gap between chunks opens a run at its own start', () => {
    const later = spikeRun(1.005, 1.2, [[1.01, 1]], 2);
    const made = collect([two, later], bin({ binSize: 0.1 }));
    expect(made.map(({ origin, firstBin, nBins }) => [origin, firstBin, nBins])).toEqual([
      [0, 0, 3],
      [1.005, 0, 1],
    ]);
  });

  test('tells what it dropped', () => {
    const { report, all } = notes();
    collect([two, spikeRun(1, 1.05, [], 2)], bin({ binSize: 0.1 }, report));
    expect(all).toMatchObject([
      { code: 'TIME_DROPPED', level: 'warning', data: { nRuns: 2, nShortRuns: 1 } },
    ]);
    expect(all[0]?.data?.seconds).toBeCloseTo(0.1, 12);
    const whole = notes();
    collect([spikeRun(0, 0.5, [], 1)], bin({ binSize: 0.1 }, whole.report));
    expect(whole.codes()).toEqual([]);
  });

  test('nothing comes of nothing', () => {
    const { report, codes } = notes();
    expect(collect<SpikeChunk, unknown>([], bin({ binSize: 0.1 }, report))).toEqual([]);
    expect(codes()).toEqual([]);
  });

  test('has the manners of a stream', () => {
    expectStreamManners(bin({ binSize: 0.1 }), cutSpikes(two, [0.12, 0.21]));
  });

  test.each([1e12, 1e6, Number.POSITIVE_INFINITY, Number.NaN, 0.35, -0.1])(
    'refuses a spike at %s s before it makes room for it',
    (time) => {
      const spikes = { ...spikeRun(0, 0.35, [[0, 0]], 2), times: Float64Array.of(time) };
      expect(failure(() => collect([spikes], bin({ binSize: 0.001 })))).toMatchObject({
        code: 'BAD_SPIKES',
      });
    },
  );

  test('refuses what it cannot bin', () => {
    expect(failure(() => bin({ binSize: 25 * 1000 }))).toMatchObject({
      code: 'PARAM_OUT_OF_RANGE',
    });
    const live = spikeRun(0, 1, [], 1, { knowsEnd: false });
    const error = failure(() => collect([live], bin({ binSize: 0.1, grid: 'neuro-py' })));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'GRID_NEEDS_END' });
    const endless = { ...live, end: 1e15 };
    expect(failure(() => collect([endless], bin({ binSize: 0.1 })))).toMatchObject({
      code: 'TOO_MANY_BINS',
    });
    const bad = [
      { times: Float64Array.of(0.5, 0.1), units: Int32Array.of(0, 0) },
      { times: Float64Array.of(0.5, Number.NaN), units: Int32Array.of(0, 0) },
      { times: Float64Array.of(0.5, 2), units: Int32Array.of(0, 0) },
      { times: Float64Array.of(0.5), units: Int32Array.of(1) },
      { times: Float64Array.of(0.5), units: Int32Array.of(-1) },
    ];
    for (const spikes of bad) {
      const error = failure(() => collect([{ ...live, ...spikes }], bin({ binSize: 0.1 })));
      expect(error).toBeInstanceOf(InputError);
    }
  });
});

test.each(['plain', 'neuro-py'] as const)('%s: counts do not depend on cuts', (grid) => {
  const ends = fc.integer({ min: 1, max: 12_000 }).map((i) => i / 10_000);
  const cuts = fc.array(
    fc.oneof(
      fc.double({ min: 0, max: 1.2, noNaN: true }),
      fc.integer({ min: 0, max: 120 }).map((k) => k * 0.01),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(spikesWithin(1.2, 4), ends, cuts, (spikes, end, at) => {
      const run = spikeRun(0, end, spikes, 4);
      const next = spikeRun(
        end + 0.013,
        end + 0.5,
        spikes.map(([t, u]) => [t + 0.2, u] as const),
        4,
      );
      const operator = bin({ binSize: 0.01, grid });
      const whole = collect([run, next], operator);
      const cut = collect([...cutSpikes(run, at), ...cutSpikes(next, at)], operator);
      expect(rowsOf(cut)).toEqual(rowsOf(whole));
      expect(cut.at(-1)?.end).toBe(whole.at(-1)?.end);
    }),
  );
});

test('permuting units permutes the counts', () => {
  fc.assert(
    fc.property(spikesWithin(1, 5), (spikes) => {
      const order = [3, 0, 4, 1, 2];
      const permuted = spikes.map(([t, unit]) => [t, order.indexOf(unit)] as const);
      const count = (list: typeof permuted) =>
        dense(collect([spikeRun(0, 1, list, 5)], bin({ binSize: 0.02 })));
      expect(count(permuted)).toEqual(count(spikes).map((row) => order.map((unit) => row[unit])));
    }),
  );
});

interface BinCase {
  readonly spikes: readonly (readonly number[])[];
  readonly ds: number;
  readonly result: {
    readonly support_used: readonly (readonly [number, number])[];
    readonly restricted: readonly unknown[];
    readonly binned: {
      readonly error?: string;
      readonly counts: readonly (readonly number[])[];
      readonly centers: readonly number[];
      readonly edges: readonly number[];
      readonly bins_per_epoch: readonly number[];
      readonly bin_support: readonly (readonly [number, number])[];
    };
  };
}

const golden = loadGoldenJson<{ bins: { bin: BinCase[] } }>('unit_cases.json');

describe.skipIf(!golden)('grid neuro-py counts as the reference', () => {
  test.each((golden?.bins.bin ?? []).map((given, index) => ({ index, ...given })))(
    'case $index',
    ({ spikes, ds, result }) => {
      const { support_used: support, binned } = result;
      const events = spikes.flatMap((times, unit) => times.map((t) => [t, unit] as const));
      const runs = support.map(([start, end]) => spikeRun(start, end, events, spikes.length));
      const cuts = Array.from({ length: 40 }, (_, i) => i * 0.0371);
      for (const chunks of [runs, runs.flatMap((run) => cutSpikes(run, cuts))]) {
        const made = collect(chunks, bin({ binSize: ds, grid: 'neuro-py' }));
        const rows = rowsOf(made);
        if (binned.error) {
          expect(rows).toEqual([]);
          continue;
        }
        expect(dense(made)).toEqual(
          binned.centers.map((_, row) => binned.counts.map((unit) => unit[row])),
        );
        expect(
          rows.map(({ origin, step, bin: k, binSize }) => origin + k * step + binSize / 2),
        ).toEqual(binned.centers);
        const starts = made.filter(({ firstBin }) => firstBin === 0);
        expect(starts.map(({ start }) => start)).toEqual(
          binned.bin_support.map(([start]) => start),
        );
        const ends = made.filter((_, i) => made[i + 1] === undefined || made[i + 1].firstBin === 0);
        expect(ends.map(({ end }) => end)).toEqual(binned.bin_support.map(([, end]) => end));
      }
    },
  );
});
