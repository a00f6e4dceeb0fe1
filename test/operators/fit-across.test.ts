import { from, lastValueFrom, of } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits, type UnitTable } from '../../src/model/units.ts';
import {
  type FitPatternsOptions,
  fitPatterns,
  fitPatternsNode,
} from '../../src/operators/fit-patterns.ts';
import { zscore } from '../../src/operators/zscore.ts';
import { crossCounts } from '../support/cross-counts.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';
import { failure } from '../support/streams.ts';
import { countsChunk } from '../support/zscored-chunks.ts';

function tableOf(regions: readonly string[]): UnitTable {
  const { kept, ...rest } = numberedUnits(regions.length);
  return { ...rest, kept: kept.map((unit, i) => ({ ...unit, region: regions[i] ?? '' })) };
}

function detect(
  chunks: readonly CountsChunk[],
  options: FitPatternsOptions,
  units: UnitTable,
): Promise<Patterns> {
  return lastValueFrom(from(chunks).pipe(zscore(), fitPatterns(options, of(units))));
}

const rejected = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const regions = ['A', 'A', 'A', 'B', 'B', 'B'];

/** Counts with an assembly of units 0, 1 and 3, and one within B: 4 and 5. */
function planted(nBins: number, seed = 4): number[][] {
  const { double } = createMersenneTwister(seed);
  return Array.from({ length: nBins }, () => {
    const row = regions.map(() => (double() < 0.1 ? 1 : 0));
    if (double() < 0.05) for (const unit of [0, 1, 3]) row[unit]++;
    if (double() < 0.05) for (const unit of [4, 5]) row[unit]++;
    return row;
  });
}

const chunks = [countsChunk(planted(4000), 6)];
const shuffled = { nShuffles: 60, percentile: 95 } as const;
const cases: [string, FitPatternsOptions][] = [
  ['masked', { structure: 'masked-correlation' }],
  ['masked, analytic', { structure: 'masked-correlation', bound: 'cross-analytic' }],
  ['scaled, analytic', { structure: 'scaled-covariance', bound: 'cross-analytic' }],
  ['scaled, bins', { structure: 'scaled-covariance', bound: 'bin-shuffle', ...shuffled }],
  ['scaled, groups', { structure: 'scaled-covariance', bound: 'group-shift', ...shuffled }],
  ['svd, analytic', { structure: 'cross-svd', method: 'pca', bound: 'cross-analytic' }],
  ['svd, groups', { structure: 'cross-svd', method: 'pca', bound: 'group-shuffle', ...shuffled }],
  ['svd, turned', { structure: 'cross-svd', method: 'pca', bound: 'circular-shift', ...shuffled }],
];

describe('an assembly across groups and one within', () => {
  test.each(cases)('%s', async (_, options) => {
    const found = await detect(chunks, options, tableOf(regions));
    // The one within a group makes no eigenvalue.
    expect(found.weights).toHaveLength(1);
    const strongest = [...found.weights[0].keys()]
      .sort((a, b) => Math.abs(found.weights[0][b]) - Math.abs(found.weights[0][a]))
      .slice(0, 3);
    expect(strongest.sort()).toEqual([0, 1, 3]);
    expect(found.structure).toBe(options.structure);
    expect(found.groups).toEqual(regions);
    expect(found.withinShare?.[0]).toBeGreaterThan(0.1);
    expect(found.withinShare?.[0]).toBeLessThan(0.6);
    expect(found.eigenvalues.filter((value) => value > found.bound)).toHaveLength(1);
    expect(found.nullMaxima?.length).toBe(options.nShuffles);
  });

  test('all pairs find both, and know no groups', async () => {
    const found = await detect(chunks, {}, tableOf(regions));
    expect(found.weights).toHaveLength(2);
    expect([found.structure, found.groups, found.withinShare]).toEqual([
      'all',
      undefined,
      undefined,
    ]);
  });

  test('each rank against its own', async () => {
    const options = {
      structure: 'cross-svd',
      method: 'pca',
      bound: 'group-shuffle',
      ranks: 'per-rank',
      ...shuffled,
    } as const;
    const found = await detect(chunks, options, tableOf(regions));
    const { bounds, eigenvalues, bound } = found;
    expect(bounds).toHaveLength(3);
    expect(bounds?.[0]).toBe(bound);
    expect([...(bounds ?? [])].sort((a, b) => b - a)).toEqual([...(bounds ?? [])]);
    const nAbove = [...eigenvalues].filter((value, k) => value > (bounds?.[k] ?? 0)).length;
    expect(found.weights).toHaveLength(nAbove);
    const strictly = await detect(chunks, { ...options, ranks: 'max-stat' }, tableOf(regions));
    // The same shuffles, by another algorithm for all eigenvalues than for the largest alone.
    found.nullMaxima?.forEach((value, i) => {
      expect(Math.abs(value - (strictly.nullMaxima?.[i] ?? Number.NaN))).toBeLessThan(1e-14);
    });
    expect(strictly.bounds).toBeUndefined();
  });

  test('stability and restarts', async () => {
    const options = { structure: 'masked-correlation', restarts: 2, stability: 'split-half' };
    const found = await detect(chunks, options as FitPatternsOptions, tableOf(regions));
    expect(found.stability?.[0]).toBeGreaterThan(0.95);
    expect(found.restartStability?.[0]).toBeGreaterThan(0.95);
  });

  test('patterns that do not span groups are dropped and told', async () => {
    const options = { structure: 'masked-correlation', spans: 'relative' } as const;
    const table = tableOf(regions);
    const kept = await detect(chunks, { ...options, spansAbove: 0.1 }, table);
    expect([kept.weights.length, kept.warnings]).toEqual([1, []]);
    const dropped = await detect(chunks, { ...options, spansAbove: 0.999 }, table);
    expect(dropped.weights).toEqual([]);
    expect(dropped.warnings).toEqual([
      '1 of 1 patterns lie within one group of A, B and were dropped',
    ]);
  });

  test('no bins and silent units: no patterns, a warning', async () => {
    for (const rows of [[], Array.from({ length: 9 }, () => [0, 0, 0, 0, 0, 0])]) {
      const empty = [countsChunk(rows, 6)];
      for (const [, options] of cases) {
        const found = await detect(empty, options, tableOf(regions));
        expect([found.weights, found.warnings.length]).toEqual([[], 1]);
      }
    }
  });

  test('units of one group, of three, or of none', async () => {
    const masked = { structure: 'masked-correlation' } as const;
    const svd = { structure: 'cross-svd', method: 'pca', bound: 'cross-analytic' } as const;
    const one = tableOf(regions.map(() => 'A'));
    const three = tableOf(['A', 'A', 'C', 'B', 'B', 'B']);
    expect(await rejected(detect(chunks, masked, one))).toMatchObject({ code: 'TOO_FEW_GROUPS' });
    expect(await rejected(detect(chunks, svd, three))).toMatchObject({ code: 'TOO_FEW_GROUPS' });
    const analytic = { ...masked, bound: 'cross-analytic' } as const;
    expect(await rejected(detect(chunks, analytic, three))).toMatchObject({
      code: 'BOUND_NEEDS_TWO_GROUPS',
    });
    const named = { ...masked, groups: ['A', 'Z'] };
    expect(await rejected(detect(chunks, named, three))).toMatchObject({ code: 'EMPTY_GROUP' });
    const other = { ...masked, groupBy: 'shank' };
    expect(await rejected(detect(chunks, other, three))).toMatchObject({ code: 'UNKNOWN_COLUMN' });
    expect((await detect(chunks, masked, three)).groups).toContain('C');
  });
});

test.each<FitPatternsOptions>([
  { structure: 'scaled-covariance' },
  { structure: 'scaled-covariance', bound: 'marchenko-pastur' },
  { structure: 'cross-svd', method: 'pca', bound: 'tracy-widom-95' },
  { structure: 'masked-correlation', bound: 'tracy-widom-99' },
  { bound: 'cross-analytic' },
  { bound: 'group-shift' },
  { structure: 'cross-svd', bound: 'cross-analytic' },
  { structure: 'cross-svd', bound: 'cross-analytic', method: 'pca', ranks: 'per-rank' },
  { structure: 'scaled-covariance', bound: 'group-shift', generator: 'numpy' },
  { groups: ['A'] },
  { groupBy: 'cellType' },
  { ranks: 'per-rank' },
  { spans: 'relative', spansAbove: 0.1 },
  { structure: 'masked-correlation', spans: 'relative' },
  { structure: 'masked-correlation', spansAbove: 0.1 },
  { structure: 'masked-correlation', spans: 'percentile', spansAbove: 101 },
  { structure: 'masked-correlation', spans: 'relative', spansAbove: 0.1, restarts: 1 },
])('options that do not go together: %j', (options) => {
  expect(failure(() => fitPatterns(options))).toBeInstanceOf(ConfigError);
  const defaults = Object.fromEntries(
    Object.entries(fitPatternsNode.params).map(([name, param]) => [name, param.default]),
  );
  const all = { ...defaults, ...options } as Parameters<
    NonNullable<typeof fitPatternsNode.validate>
  >[0];
  expect(failure(() => fitPatternsNode.validate?.(all))).toBeInstanceOf(ConfigError);
});

interface Golden {
  readonly section5: {
    readonly uids: number[];
    readonly standard: { n: number; patterns: number[][]; eigenvalues: number[] };
    readonly cross: {
      nshu: number;
      percentile: number;
      bin_thresholds: number[];
      patterns: number[][];
    };
    readonly cross_svd: Record<
      'per_rank' | 'max_stat',
      { null_thresholds: number[]; kept: number[]; patterns: number[][] }
    >;
  };
}

describe.each(goldenSessions)('%s', (name) => {
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`)?.section5;
  const session = findSession(name);
  if (!golden || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }
  let counts: CountsChunk[];
  let units: UnitTable;

  beforeAll(async () => {
    ({ chunks: counts, units } = await crossCounts(session, golden.uids));
  });

  function worst(found: Patterns, expected: readonly number[][]): number {
    expect(found.weights).toHaveLength(expected.length);
    const differences = expected.map((row, k) =>
      Math.max(...row.map((weight, i) => Math.abs(weight - found.weights[k][i]))),
    );
    return Math.max(...differences);
  }

  const groups = ['CA1', 'PFC'];

  test('ordinary patterns, with units in the order of the reference', async () => {
    const found = await detect(counts, {}, units);
    expect(worst(found, golden.standard.patterns)).toBeLessThan(1e-9);
  });

  test('scaled-covariance: the threshold of shuffled bins, and the patterns above it', async () => {
    const { nshu, percentile, bin_thresholds, patterns } = golden.cross;
    const options = { structure: 'scaled-covariance', bound: 'bin-shuffle', groups } as const;
    const found = await detect(counts, { ...options, nShuffles: nshu, percentile }, units);
    // Three seeds of the reference differ among themselves by as much.
    for (const threshold of bin_thresholds) {
      expect(Math.abs(found.bound / threshold - 1)).toBeLessThan(0.06);
    }
    expect(worst(found, patterns)).toBeLessThan(1e-9);
  });

  // Permuting all bins of all units as NumPy does takes 40 s for the long session.
  const isShort = name !== 'sim_medium_21';
  test.runIf(isShort)('scaled-covariance: the threshold of the same random numbers', async () => {
    const { nshu, percentile, bin_thresholds } = golden.cross;
    const options = { structure: 'scaled-covariance', bound: 'bin-shuffle', groups } as const;
    const shuffle = { nShuffles: nshu, percentile, generator: 'numpy', shuffleSeed: 0 } as const;
    const found = await detect(counts, { ...options, ...shuffle }, units);
    expect(Math.abs(found.bound / bin_thresholds[0] - 1)).toBeLessThan(1e-9);
  });

  test.each([
    ['per-rank', 'per_rank'],
    ['max-stat', 'max_stat'],
  ] as const)('cross-svd %s: thresholds of shuffled groups', async (ranks, key) => {
    const { null_thresholds, kept, patterns } = golden.cross_svd[key];
    const options = { structure: 'cross-svd', method: 'pca', bound: 'group-shuffle' } as const;
    const shuffle = { nShuffles: 200, percentile: 95, ranks, groups } as const;
    const found = await detect(counts, { ...options, ...shuffle }, units);
    const bounds = found.bounds ?? found.eigenvalues.map(() => found.bound);
    // 95th percentiles of 200 shuffles, by other random numbers.
    null_thresholds.forEach((threshold, rank) => {
      expect(Math.abs(bounds[rank] / threshold - 1)).toBeLessThan(0.1);
    });
    const above = [...bounds.keys()].filter((rank) => found.eigenvalues[rank] > bounds[rank]);
    expect(above).toEqual(kept);
    expect(worst(found, patterns)).toBeLessThan(1e-9);
  });
});
