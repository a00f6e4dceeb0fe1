import { from, lastValueFrom, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ConfigError, InputError, NumericError, PipelineError } from '../../src/errors.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { UnitTable } from '../../src/model/units.ts';
import {
  type FitPatternsOptions,
  fitPatterns,
  fitPatternsNode,
} from '../../src/operators/fit-patterns.ts';
import { zscore } from '../../src/operators/zscore.ts';
import { rejection } from '../support/compare.ts';
import { tableOf, unitsOf } from '../support/patterns.ts';
import { failure } from '../support/streams.ts';
import { countsChunk } from '../support/zscored-chunks.ts';

const regional = (names: readonly string[]) => tableOf(unitsOf(names));

function detect(
  chunks: readonly CountsChunk[],
  options: FitPatternsOptions,
  units: UnitTable,
): Promise<Patterns> {
  return lastValueFrom(from(chunks).pipe(zscore(), fitPatterns(options, { units: of(units) })));
}

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
    const found = await detect(chunks, options, regional(regions));
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
    const found = await detect(chunks, {}, regional(regions));
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
    const found = await detect(chunks, options, regional(regions));
    const { bounds, eigenvalues, bound } = found;
    expect(bounds).toHaveLength(3);
    expect(bounds?.[0]).toBe(bound);
    expect([...(bounds ?? [])].sort((a, b) => b - a)).toEqual([...(bounds ?? [])]);
    const nAbove = [...eigenvalues].filter((value, k) => value > (bounds?.[k] ?? 0)).length;
    expect(found.weights).toHaveLength(nAbove);
    const strictly = await detect(chunks, { ...options, ranks: 'max-stat' }, regional(regions));
    // The same shuffles, by another algorithm for all eigenvalues than for the largest alone.
    found.nullMaxima?.forEach((value, i) => {
      expect(Math.abs(value - (strictly.nullMaxima?.[i] ?? Number.NaN))).toBeLessThan(1e-14);
    });
    expect(strictly.bounds).toBeUndefined();
  });

  test('stability and restarts', async () => {
    const options = { structure: 'masked-correlation', restarts: 2, stability: 'split-half' };
    const found = await detect(chunks, options as FitPatternsOptions, regional(regions));
    expect(found.stability?.[0]).toBeGreaterThan(0.95);
    expect(found.restartStability?.[0]).toBeGreaterThan(0.95);
  });

  test('patterns that do not span groups are dropped and told', async () => {
    const options = { structure: 'masked-correlation', spans: 'relative' } as const;
    const table = regional(regions);
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
        const found = await detect(empty, options, regional(regions));
        expect([found.weights, found.warnings.length]).toEqual([[], 1]);
      }
    }
  });

  test('units of one group, of three, or of none', async () => {
    const masked = { structure: 'masked-correlation' } as const;
    const svd = { structure: 'cross-svd', method: 'pca', bound: 'cross-analytic' } as const;
    const one = regional(regions.map(() => 'A'));
    const three = regional(['A', 'A', 'C', 'B', 'B', 'B']);
    expect(await rejection(detect(chunks, masked, one))).toMatchObject({ code: 'TOO_FEW_GROUPS' });
    expect(await rejection(detect(chunks, svd, three))).toMatchObject({ code: 'TOO_FEW_GROUPS' });
    const analytic = { ...masked, bound: 'cross-analytic' } as const;
    expect(await rejection(detect(chunks, analytic, three))).toMatchObject({
      code: 'BOUND_NEEDS_TWO_GROUPS',
    });
    const named = { ...masked, groups: ['A', 'Z'] };
    expect(await rejection(detect(chunks, named, three))).toMatchObject({ code: 'EMPTY_GROUP' });
    const other = { ...masked, groupBy: 'shank' };
    expect(await rejection(detect(chunks, other, three))).toMatchObject({
      code: 'UNKNOWN_COLUMN',
    });
    expect((await detect(chunks, masked, three)).groups).toContain('C');
  });

  test('groups by any column of the unit table', async () => {
    const masked = { structure: 'masked-correlation' } as const;
    const expected = await detect(chunks, masked, regional(regions));
    const bare = unitsOf(regions.map(() => ''));
    const columns = {
      cellType: bare.map((unit, i) => ({ ...unit, cellType: regions[i] ?? '' })),
      shankID: bare.map((unit, i) => ({
        ...unit,
        attributes: new Map([['shankID', i < 3 ? 1 : 2]]),
      })),
      electrodeGroup: bare.map((unit, i) => ({
        ...unit,
        attributes: new Map([['electrodeGroup', regions[i] ?? '']]),
      })),
    };
    for (const [groupBy, units] of Object.entries(columns)) {
      const found = await detect(chunks, { ...masked, groupBy }, tableOf(units));
      expect(found.weights).toEqual(expected.weights);
      expect(found.withinShare).toEqual(expected.withinShare);
    }
  });

  test.each(cases)(
    '%s: a group with no active unit, and units without labels',
    async (_, options) => {
      const silent = [
        countsChunk(
          planted(400).map((row) => [...row.slice(0, 3), 0, 0, 0]),
          6,
        ),
      ];
      const refused = await rejection(detect(silent, options, regional(regions)));
      expect(refused).toBeInstanceOf(InputError);
      expect(refused).toMatchObject({
        code: 'TOO_FEW_GROUPS',
        found: 'units that vary in 1 groups: A',
        hint: 'no unit of B varies over the bins fitted',
      });
      // Nothing describes the units: all are of one group, "unknown".
      const bare = from(chunks).pipe(zscore(), fitPatterns(options));
      expect(await rejection(lastValueFrom(bare))).toMatchObject({
        code: 'TOO_FEW_GROUPS',
        found: 'units that vary in 1 groups: unknown',
      });
      // A label is missing for one: it is a group of its own, which two groups cannot have.
      const gap = detect(chunks, options, regional(['', ...regions.slice(1)]));
      if (options.structure === 'cross-svd' || options.bound === 'cross-analytic') {
        expect(await rejection(gap)).toBeInstanceOf(PipelineError);
      } else expect((await gap).groups?.[0]).toBe('unknown');
      const short = await rejection(detect(chunks, options, regional(regions.slice(1))));
      expect(short).toMatchObject({
        code: 'UNIT_COUNT',
        found: '5 units',
        where: 'the unit table',
      });
    },
  );

  test.each(cases)('%s: constant units take no part, and no weight', async (_, options) => {
    const wider = planted(4000).map((row) => [2, ...row, 0]);
    const found = await detect([countsChunk(wider, 8)], options, regional(['A', ...regions, 'B']));
    expect(found.constantUnits).toEqual([0, 7]);
    expect([found.weights[0][0], found.weights[0][7]]).toEqual([0, 0]);
    const plain = await detect(chunks, options, regional(regions));
    expect(found.eigenvalues).toEqual(plain.eigenvalues);
  });

  test.each(cases)('%s: too few bins, too many assemblies', async (_, options) => {
    const few = [
      countsChunk(
        [
          [1, 0, 0, 2, 0, 1],
          [0, 1, 0, 1, 1, 0],
          [0, 0, 1, 0, 2, 2],
        ],
        6,
      ),
    ];
    expect(await rejection(detect(few, options, regional(regions)))).toMatchObject({
      code: 'TOO_FEW_BINS',
      found: '3 bins for 6 active units',
    });
    const many = detect(chunks, { ...options, nAssemblies: 7 }, regional(regions));
    const refused = await rejection(many);
    expect(refused).toBeInstanceOf(NumericError);
    expect(refused).toMatchObject({ code: 'TOO_MANY_ASSEMBLIES' });
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
