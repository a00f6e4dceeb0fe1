import { from, lastValueFrom, of } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CountsChunk } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { type FitPatternsOptions, fitPatterns } from '../../src/operators/fit-patterns.ts';
import { zscore } from '../../src/operators/zscore.ts';
import { largestDifference, median } from '../support/compare.ts';
import { crossCounts, digestChunks } from '../support/cross-counts.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

interface GoldenPatterns {
  readonly patterns: number[][];
  readonly members: number[][];
  readonly members_by_region: Record<string, number>[];
  readonly valid: boolean[];
  readonly eigenvalues: number[];
}

interface Golden {
  readonly section5: {
    readonly uids: number[];
    readonly regions: string[];
    readonly counts: { sha256: string };
    readonly standard: GoldenPatterns;
    readonly cross: GoldenPatterns & {
      nshu: number;
      percentile: number;
      seeds: number[];
      bin_thresholds: number[];
    };
    readonly cross_legacy: GoldenPatterns & { lambda_max: number };
    readonly cross_legacy_pca: Omit<GoldenPatterns, 'eigenvalues'>;
    readonly cross_svd: Record<
      'per_rank' | 'max_stat',
      Omit<GoldenPatterns, 'eigenvalues'> & {
        singular_values: number[];
        null_thresholds: number[];
        kept: number[];
      }
    >;
  };
}

const groups = ['CA1', 'PFC'];

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

  function detect(options: FitPatternsOptions): Promise<Patterns> {
    const fitted = from(counts).pipe(zscore(), fitPatterns(options, { units: of(units) }));
    return lastValueFrom(fitted);
  }

  /** Order, sign and members included: the iteration takes the reference's path, step by step. */
  function expectPatterns(found: Patterns, expected: Omit<GoldenPatterns, 'eigenvalues'>): void {
    expect(largestDifference(found.weights, expected.patterns)).toBeLessThan(1e-9);
    const members = found.members.map((flags) => [...flags.keys()].filter((unit) => flags[unit]));
    expect(members).toEqual(expected.members);
    expect(found.valid).toEqual(expected.valid);
    const within = (row: number[], region: string) =>
      row.filter((unit) => golden?.regions[unit] === region).length;
    const byRegion = members.map((row) => ({ CA1: within(row, 'CA1'), PFC: within(row, 'PFC') }));
    expect(byRegion).toEqual(expected.members_by_region);
  }

  test('counts and groups', async () => {
    expect(digestChunks(counts, units.kept.length)).toBe(golden.counts.sha256);
    const options = { structure: 'masked-correlation', groups } as const;
    expect((await detect(options)).groups).toEqual(golden.regions);
  });

  test('ordinary patterns, with units in the order of the reference', async () => {
    const found = await detect({});
    expect(largestDifference([found.eigenvalues], [golden.standard.eigenvalues])).toBeLessThan(
      1e-9,
    );
    expectPatterns(found, golden.standard);
  });

  test.each([
    ['ica', 'cross_legacy'],
    ['pca', 'cross_legacy_pca'],
  ] as const)('masked-correlation, %s', async (method, key) => {
    const found = await detect({ structure: 'masked-correlation', method, groups });
    const { eigenvalues, lambda_max } = golden.cross_legacy;
    expect(largestDifference([found.eigenvalues], [eigenvalues])).toBeLessThan(1e-9);
    expect(Math.abs(found.bound / lambda_max - 1)).toBeLessThan(1e-14);
    expectPatterns(found, golden[key]);
  });

  const scaled = {
    structure: 'scaled-covariance',
    bound: 'bin-shuffle',
    groups,
    nShuffles: golden.cross.nshu,
    percentile: golden.cross.percentile,
  } as const;

  // Permuting all bins of all units as NumPy does takes 40 s for the long session.
  const isShort = name !== 'sim_medium_21';
  test.runIf(isShort)('scaled-covariance: thresholds of the same random numbers', async () => {
    const { seeds, bin_thresholds, eigenvalues } = golden.cross;
    for (const [i, shuffleSeed] of seeds.entries()) {
      const found = await detect({ ...scaled, generator: 'numpy', shuffleSeed });
      expect(Math.abs(found.bound / bin_thresholds[i] - 1)).toBeLessThan(1e-12);
      expect(largestDifference([found.eigenvalues], [eigenvalues])).toBeLessThan(1e-9);
      expectPatterns(found, golden.cross);
    }
  });

  test('scaled-covariance: thresholds of 20 other seeds, and the same decisions', async () => {
    const { bin_thresholds, eigenvalues } = golden.cross;
    const middle = median(bin_thresholds);
    const found: number[] = [];
    for (let shuffleSeed = 0; shuffleSeed < 20; shuffleSeed++) {
      const { bound, ...rest } = await detect({ ...scaled, shuffleSeed, method: 'pca' });
      found.push(bound);
      const clear = eigenvalues.filter((value) => Math.abs(value / middle - 1) > 0.05);
      const isAbove = (limit: number) => clear.filter((value) => value > limit);
      expect(isAbove(bound)).toEqual(isAbove(middle));
      if (shuffleSeed > 0) continue;
      expect(largestDifference([rest.eigenvalues], [eigenvalues])).toBeLessThan(1e-9);
      expectPatterns(await detect({ ...scaled, shuffleSeed }), golden.cross);
    }
    const deviation = Math.abs(median(found) / middle - 1);
    console.info(`${name}: median threshold off by ${(100 * deviation).toFixed(2)} %`);
    expect(deviation).toBeLessThan(0.03);
  });

  test.each([
    ['per-rank', 'per_rank'],
    ['max-stat', 'max_stat'],
  ] as const)('cross-svd %s: thresholds of the same random numbers', async (ranks, key) => {
    const { singular_values, null_thresholds, kept, ...expected } = golden.cross_svd[key];
    const shuffle = { bound: 'group-shuffle', nShuffles: 200, percentile: 95, ranks } as const;
    const numbers = { generator: 'numpy', shuffleSeed: 0 } as const;
    const svd = { structure: 'cross-svd', method: 'pca', groups } as const;
    const found = await detect({ ...svd, ...shuffle, ...numbers });
    expect(largestDifference([found.eigenvalues], [singular_values])).toBeLessThan(1e-9);
    const bounds = found.bounds ?? found.eigenvalues.map(() => found.bound);
    // The reference takes singular values of dense products.
    expect(largestDifference([bounds], [null_thresholds])).toBeLessThan(1e-12);
    const above = [...bounds.keys()].filter((rank) => found.eigenvalues[rank] > bounds[rank]);
    expect(above).toEqual(kept);
    expectPatterns(found, expected);
  });
});
