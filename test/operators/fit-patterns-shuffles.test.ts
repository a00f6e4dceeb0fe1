import { from, lastValueFrom, Subscription } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ConfigError, NumericError } from '../../src/errors.ts';
import { createMersenneTwister, standardNormals } from '../../src/math/random.ts';
import { type Compute, computeHere } from '../../src/math/tasks.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import {
  type FitPatternsOptions,
  fitPatterns,
  fitPatternsNode,
} from '../../src/operators/fit-patterns.ts';
import { median } from '../support/compare.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { loadWeightCounts } from '../support/weight-counts.ts';
import { zscoredChunks } from '../support/zscored-chunks.ts';

type Rows = readonly ArrayLike<number>[];

function fitRows(rows: Rows, options: FitPatternsOptions, compute?: Compute): Promise<Patterns> {
  const chunks = zscoredChunks(rows, rows[0]?.length ?? 0, [rows.length >> 1]);
  return lastValueFrom(from(chunks).pipe(fitPatterns(options, {}, { compute })));
}

/** Counts of 8 units; units 0 to 2 fire together now and then, more so the larger `strength`. */
function plantedRows(nBins: number, strength = 0.05): number[][] {
  const { double } = createMersenneTwister(3);
  return Array.from({ length: nBins }, () => {
    const row = Array.from({ length: 8 }, () => (double() < 0.1 ? 1 : 0));
    if (double() < strength) for (const unit of [0, 1, 2]) row[unit]++;
    return row;
  });
}

interface NullCase {
  readonly nshu: number;
  readonly percentile: number;
  readonly seeds: number[];
  readonly thresholds: number[];
  readonly n_above?: number[];
  readonly nassemblies?: number;
}
type Nulls = Readonly<Record<'null_bin' | 'null_circ', NullCase>>;
const bounds = [
  ['bin-shuffle', 'null_bin'],
  ['circular-shift', 'null_circ'],
] as const;

function optionsOf({ nshu, percentile }: NullCase, bound: 'bin-shuffle' | 'circular-shift') {
  return { method: 'pca', bound, nShuffles: nshu, percentile } as const;
}

const cases = loadGoldenJson<{ patterns: Nulls & { counts: number[][] } }>('unit_cases.json');

describe.skipIf(!cases)('cases of the reference, with its random numbers', () => {
  const trains = cases?.patterns.counts ?? [[]];
  const rows = trains[0].map((_, bin) => trains.map((train) => train[bin]));
  test.each(bounds)('%s', async (bound, name) => {
    const expected = cases?.patterns[name];
    if (!expected) throw new Error(`no case ${name}`);
    for (const [i, shuffleSeed] of expected.seeds.entries()) {
      const options = { ...optionsOf(expected, bound), shuffleSeed, generator: 'numpy' } as const;
      const found = await fitRows(rows, options);
      // The reference takes singular values of dense z-scores.
      expect(Math.abs(found.bound - expected.thresholds[i])).toBeLessThan(1e-12);
      // The case gives the number of patterns for its first seed.
      if (i === 0) expect(found.weights).toHaveLength(expected.nassemblies ?? -1);
      expect(found.nullMaxima).toHaveLength(expected.nshu);
    }
  });
});

const sessions = ['sim_small_11', 'sim_small_12', 'sim_medium_21'].map((session) => ({
  session,
  nulls: loadGoldenJson<{ detection: Nulls }>(`${session}.golden.json`)?.detection,
  rows: loadWeightCounts(session),
}));

describe.each(sessions)('$session', ({ session, nulls, rows }) => {
  const isAtHand = nulls !== undefined && rows !== undefined;
  const isSmall = session.startsWith('sim_small');

  test.skipIf(!isAtHand).each(bounds)('%s: the reference’s thresholds', async (bound, name) => {
    if (!nulls || !rows) return;
    const expected = nulls[name];
    // Sorting a random number per unit and bin takes a minute for the medium session.
    const seeds = name === 'null_circ' ? expected.seeds : isSmall ? expected.seeds.slice(0, 1) : [];
    if (seeds.length === 0) console.info(`skipped: ${bound} of ${session}, which takes too long`);
    for (const [i, shuffleSeed] of seeds.entries()) {
      const options = { ...optionsOf(expected, bound), shuffleSeed, generator: 'numpy' } as const;
      const found = await fitRows(rows, options);
      // Goldens carry 15 digits.
      expect(Math.abs(found.bound - expected.thresholds[i])).toBeLessThan(1e-12);
      expect(found.weights).toHaveLength(expected.n_above?.[i] ?? -1);
    }
  });

  test.skipIf(!isAtHand).each(bounds)('%s: fast numbers tell the same', async (bound, name) => {
    if (!nulls || !rows) return;
    const expected = nulls[name];
    const middle = median(expected.thresholds);
    // Turned counts of the medium session are told exactly above; few seeds show that fast numbers do as well.
    const nSeeds = isSmall || name === 'null_bin' ? 20 : 5;
    const seeds = Array.from({ length: nSeeds }, (_, seed) => seed);
    const thresholds: number[] = [];
    for (const shuffleSeed of seeds) {
      const found = await fitRows(rows, { ...optionsOf(expected, bound), shuffleSeed });
      thresholds.push(found.bound);
      const clear = found.eigenvalues.filter((value) => Math.abs(value / middle - 1) > 0.05);
      expect(clear.map((value) => Number(value > found.bound))).toEqual(
        clear.map((value) => Number(value > middle)),
      );
    }
    const deviation = Math.abs(median(thresholds) / middle - 1);
    console.info(`${session} ${bound}: median threshold off by ${(100 * deviation).toFixed(2)} %`);
    expect(deviation).toBeLessThan(0.03);
  });
});

describe('significance', () => {
  const rows = plantedRows(800);

  test('p-values rank the eigenvalues among the largest of the shuffles', async () => {
    const found = await fitRows(rows, { bound: 'bin-shuffle', nShuffles: 99 });
    expect(found.weights).toHaveLength(1);
    expect(found.pValues?.[0]).toBe(0.01);
    expect([...(found.pValues ?? [])].slice(1).every((p) => p > 0.05 && p <= 1)).toBe(true);
    expect(found).toMatchObject({ boundMethod: 'bin-shuffle' });
    const sorted = [...(found.nullMaxima ?? [])].sort((a, b) => a - b);
    expect(found.bound).toBeGreaterThanOrEqual(sorted[97]);
    expect(found.bound).toBeLessThanOrEqual(sorted[98]);
  });

  test('no p-values without shuffles', async () => {
    const found = await fitRows(rows, { bound: 'tracy-widom-99' });
    expect([found.nullMaxima, found.pValues]).toEqual([undefined, undefined]);
    expect(found.weights).toHaveLength(1);
    const active = await fitRows(
      rows.map((row) => [...row, 0, 0]),
      { bound: 'tracy-widom-95', countedUnits: 'active' },
    );
    const eight = await fitRows(rows, { bound: 'tracy-widom-95' });
    expect(active.bound).toBe(eight.bound);
  });

  test('cutting the stream changes no bit, nor does the number of shuffles the first of them', async () => {
    const options = { bound: 'circular-shift', nShuffles: 30 } as const;
    const whole = await fitRows(rows, options);
    const chunks = zscoredChunks(rows, 8, [3, 3, 500, 701]);
    expect(await lastValueFrom(from(chunks).pipe(fitPatterns(options)))).toEqual(whole);
    const more = await fitRows(rows, { ...options, nShuffles: 41 });
    expect(more.nullMaxima?.slice(0, 30)).toEqual(whole.nullMaxima);
    const other = await fitRows(rows, { ...options, shuffleSeed: 1 });
    expect(other.nullMaxima).not.toEqual(whole.nullMaxima);
  });

  test('nothing to shuffle: a result at once', async () => {
    const silent = await fitRows(
      [
        [0, 1],
        [0, 1],
      ],
      { bound: 'bin-shuffle' },
    );
    expect(silent).toMatchObject({ weights: [], bound: Number.NaN, nullMaxima: undefined });
    expect(await fitRows([], { bound: 'bin-shuffle' })).toMatchObject({ nBins: 0, weights: [] });
  });

  test('leaving gives the work up', async () => {
    const signals: AbortSignal[] = [];
    const endless: Compute = (_name, _common, _items, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const compute = { compute: endless };
    const chunks = from(zscoredChunks(rows, 8));
    const subscription = new Subscription();
    subscription.add(chunks.pipe(fitPatterns({ bound: 'bin-shuffle' }, {}, compute)).subscribe());
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    subscription.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await expect(
      computeHere(
        'shuffle-maxima',
        {
          kind: 'bin-shuffle',
          generator: 'fast',
          seed: 0,
          scales: Float64Array.of(1),
          columns: {
            nBins: 2,
            offsets: Int32Array.of(0, 1),
            bins: Int32Array.of(0),
            values: Float64Array.of(1),
          },
        },
        [{ first: 0, count: 1 }],
        AbortSignal.abort(),
      ),
    ).rejects.toThrow(/aborted/);
  });

  test('an error of the work is an error of the stream', async () => {
    const failing: Compute = () => Promise.reject(new NumericError({ code: 'NOT_FINITE' }));
    await expect(fitRows(rows, { bound: 'bin-shuffle' }, failing)).rejects.toThrow(NumericError);
  });

  test('options without effect are refused', () => {
    for (const option of [
      { nShuffles: 10 },
      { percentile: 95 },
      { shuffleSeed: 1 },
      { generator: 'numpy' },
      { method: 'pca', restarts: 2 },
    ] as const) {
      expect(() => fitPatterns(option)).toThrow(ConfigError);
    }
    expect(() => fitPatterns({ percentile: 101 })).toThrow('from 0 to 100');
    expect(() =>
      fitPatterns({ bound: 'bin-shuffle', percentile: 95, nShuffles: 10 }),
    ).not.toThrow();
    expect(fitPatternsNode.validate).toBeDefined();
  });
});

describe('members and stability', () => {
  const rows = plantedRows(2000);

  test('the rule chooses the members; all three are counted', async () => {
    const options = { nAssemblies: 1 };
    const found = await fitRows(rows, options);
    expect(found.memberRule).toBe('otsu');
    expect(found.memberCounts?.otsu).toEqual(Int32Array.of(3));
    expect(found.memberCounts?.rootN).toEqual(Int32Array.of(3));
    expect(found.memberCounts?.twoSd[0]).toBeLessThan(3);
    expect(found.memberCounts?.otsuEffectiveness[0]).toBeGreaterThan(0.9);
    const strict = await fitRows(rows, { ...options, members: 'mean-plus-2-sd' });
    const nMembers = strict.members[0].reduce((sum, one) => sum + one, 0);
    expect(nMembers).toBe(found.memberCounts?.twoSd[0]);
    expect(strict.valid).toEqual([nMembers > 0]);
    expect(strict.weights).toEqual(found.weights);
  });

  test.each(['ica', 'pca'] as const)('halves agree on what is there, by %s', async (method) => {
    const plain = await fitRows(rows, { method, nAssemblies: 1 });
    const found = await fitRows(rows, { method, nAssemblies: 1, stability: 'split-half' });
    expect(found.weights).toEqual(plain.weights);
    expect(plain.stability).toBeUndefined();
    expect(found.stability?.[0]).toBeGreaterThan(0.9);
    expect(found.warnings).toEqual([]);
  });

  test('halves disagree on what is noise: a warning that names the assembly', async () => {
    const found = await fitRows(rows, { method: 'pca', nAssemblies: 4, stability: 'split-half' });
    expect(found.stability?.[0]).toBeGreaterThan(0.9);
    const low = [...(found.stability ?? [])].flatMap((value, k) => (value < 0.5 ? [k + 1] : []));
    expect(low.length).toBeGreaterThan(0);
    expect(low).not.toContain(1);
    expect(found.warnings.at(-1)).toMatch(
      new RegExp(`^split-half stability is below 0.5 for assembly ${low[0]} \\(0`),
    );
  });

  test('halves with too few components have no stability, and say so', async () => {
    // Unit 1 fires in the first of twenty stretches only.
    const lone = rows.map((row, bin) => [row[0], bin < 50 ? row[3] : 0]);
    const found = await fitRows(lone, { method: 'pca', nAssemblies: 2, stability: 'split-half' });
    expect([...(found.stability ?? [])]).toEqual([Number.NaN, Number.NaN]);
    expect(found.warnings).toEqual([
      'split-half stability could not be told: a part of the bins has too few components',
    ]);
  });

  test('restarts find a clear pattern again and leave the patterns as they are', async () => {
    const plain = await fitRows(rows, {});
    const found = await fitRows(rows, { restarts: 5 });
    expect(found.weights).toEqual(plain.weights);
    expect(plain.restartStability).toBeUndefined();
    expect(found.restartStability).toHaveLength(plain.weights.length);
    for (const value of found.restartStability ?? []) expect(value).toBeGreaterThan(0.99);
    const normals = standardNormals(1, 8 * 200);
    const formless = Array.from({ length: 200 }, (_, bin) => normals.slice(8 * bin, 8 * bin + 8));
    const noise = await fitRows(formless, { nAssemblies: 6, restarts: 5 });
    expect(Math.min(...(noise.restartStability ?? []))).toBeLessThan(0.8);
    expect(noise.warnings.at(-1)).toMatch(/^stability over restarts is below 0.8 for assembly \d/);
  });

  test('no patterns: nothing to judge', async () => {
    const options = { bound: 'tracy-widom-99', stability: 'split-half', restarts: 2 } as const;
    const found = await fitRows(plantedRows(500, 0), options);
    expect(found.weights).toEqual([]);
    expect(found.stability).toEqual(new Float64Array(0));
    expect(found.warnings).toHaveLength(1);
  });
});
