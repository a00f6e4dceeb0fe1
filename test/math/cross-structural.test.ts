import { describe, expect, test } from 'vitest';
import { ConfigError, InputError, NumericError } from '../../src/errors.ts';
import {
  type CrossStructure,
  crossEigen,
  crossMatrix,
  selectCrossUnits,
} from '../../src/math/cross-matrix.ts';
import {
  crossAnalyticBound,
  crossIca,
  ranksAbove,
  shareWithinGroups,
  spansGroups,
  svdThresholds,
} from '../../src/math/cross-structural.ts';
import { marchenkoPasturBound } from '../../src/math/marchenko-pastur.ts';
import { createMomentsAccumulator } from '../../src/math/moments.ts';
import { percentileOf } from '../../src/math/shuffle-threshold.ts';
import { createSparseSums } from '../../src/math/sparse-covariance.ts';
import { groupUnits } from '../../src/math/unit-groups.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import type { Unit } from '../../src/model/units.ts';
import { flip, largestDifference } from '../support/compare.ts';
import { crossCounts, orientRows } from '../support/cross-counts.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { unitsOf } from '../support/patterns.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';
import { failure } from '../support/streams.ts';
import { countsChunk } from '../support/zscored-chunks.ts';

const ica = { maxIterations: 200, tolerance: 1e-4, seed: 0 };

/** Everything a detection is made of, from chunks of counts. */
function prepare(
  structure: CrossStructure,
  chunks: readonly CountsChunk[],
  units: readonly Unit[],
) {
  const sums = createSparseSums(units.length);
  const accumulator = createMomentsAccumulator(units.length);
  for (const chunk of chunks) {
    sums.add(chunk);
    accumulator.add(chunk);
  }
  const { sd } = accumulator.result();
  const isConstant = sums.isConstant();
  const active = Int32Array.from(units.keys()).filter((unit) => isConstant[unit] === 0);
  const scales = Float64Array.from(active, (unit) => sd[unit]);
  const cross = selectCrossUnits(structure, groupUnits(units, 'region'), active, scales);
  const slots = new Int32Array(units.length).fill(active.length);
  active.forEach((unit, slot) => {
    slots[unit] = slot;
  });
  const means = Float64Array.from(active, (unit) => sums.sums[unit] / sums.nRows);
  const data = { rows: chunks, nRows: sums.nRows, slots, means, scales };
  return { sums, cross, data, eigen: crossEigen(structure, sums, cross) };
}

interface FoundPatterns {
  readonly nassemblies: number;
  readonly patterns: number[][];
}

interface SvdCase {
  readonly singular_values: number[];
  readonly thresholds: number[];
  readonly kept: boolean[];
  readonly patterns: number[][];
}

interface Cases {
  readonly counts: number[][];
  readonly groups: string[];
  readonly cross: {
    covariance: number[][];
    eigenvalues_descending: number[];
    ica: FoundPatterns;
    pca: FoundPatterns;
  };
  readonly cross_legacy: {
    correlation: number[][];
    eigenvalues_descending: number[];
    ica: FoundPatterns;
    pca: FoundPatterns;
  };
  readonly cross_svd: { per_rank: SvdCase; max_stat: SvdCase };
  readonly filter: {
    patterns: number[][];
    groups: string[];
    results: {
      mode: 'absolute' | 'relative' | 'percentile';
      threshold: number;
      percentile: number;
      kept: number[];
    }[];
  };
  readonly percentile_linear: { values: number[]; p: number; value: number }[];
}

const cases = loadGoldenJson<{ patterns: Cases }>('unit_cases.json')?.patterns;

describe('cases of the reference', () => {
  if (!cases) {
    test.skip('they are not on this machine', () => {});
    return;
  }
  const rows = cases.counts[0].map((_, bin) => cases.counts.map((train) => train[bin]));
  const chunks = [countsChunk(rows, 10)];
  const units = unitsOf(cases.groups);

  const square = (matrix: Float64Array, n: number) =>
    Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n));

  test.each([
    ['scaled-covariance', cases.cross, cases.cross.covariance],
    ['masked-correlation', cases.cross_legacy, cases.cross_legacy.correlation],
  ] as const)('%s', (structure, expected, matrix) => {
    const { sums, cross, data, eigen } = prepare(structure, chunks, units);
    const n = cross.units.length;
    expect(largestDifference(square(crossMatrix(structure, sums, cross), n), matrix)).toBeLessThan(
      1e-14,
    );
    expect(largestDifference([eigen.values], [expected.eigenvalues_descending])).toBeLessThan(
      1e-13,
    );
    const { nassemblies, patterns } = expected.ica;
    const found = crossIca(structure, data, sums, cross, eigen, nassemblies, ica);
    const weights = orientRows(found.components, cross, 10);
    expect(largestDifference(weights, patterns.map(flip))).toBeLessThan(1e-12);
    const vectors = orientRows(eigen.vectors.slice(0, expected.pca.nassemblies), cross, 10);
    expect(largestDifference(vectors, expected.pca.patterns.map(flip))).toBeLessThan(1e-12);
  });

  test('marchenko-pastur counts the patterns of masked-correlation, silent units included', () => {
    const { eigen } = prepare('masked-correlation', chunks, units);
    const bound = marchenkoPasturBound(rows.length, 10);
    const nAbove = eigen.values.filter((value) => value > bound).length;
    expect(nAbove).toBe(cases.cross_legacy.ica.nassemblies);
  });

  test.each(['per_rank', 'max_stat'] as const)('cross-svd %s', (mode) => {
    const expected = cases.cross_svd[mode];
    const { cross, eigen } = prepare('cross-svd', chunks, units);
    expect(largestDifference([eigen.values], [expected.singular_values])).toBeLessThan(1e-14);
    const kept = ranksAbove(eigen.values, Float64Array.from(expected.thresholds));
    expect(kept).toEqual([...expected.kept.keys()].filter((rank) => expected.kept[rank]));
    const weights = orientRows(
      kept.map((rank) => eigen.vectors[rank]),
      cross,
      10,
    );
    expect(largestDifference(weights, expected.patterns.map(flip))).toBeLessThan(1e-12);
  });

  test('patterns that span groups', () => {
    const { patterns, groups, results } = cases.filter;
    const groupOf = groups.map((group) => (group === 'A' ? 0 : 1));
    for (const { mode, threshold, percentile: percent, kept } of results) {
      const found = patterns.flatMap((pattern, k) =>
        spansGroups(pattern, groupOf, { mode, threshold, percent }) ? [k] : [],
      );
      expect(found).toEqual(kept);
    }
  });

  test('percentiles', () => {
    for (const { values, p, value } of cases.percentile_linear) {
      expect(percentileOf(Float64Array.from(values), p)).toBe(value);
    }
    expect(percentileOf(new Float64Array(0), 50)).toBeNaN();
  });

  test('groups that are too few or too many', () => {
    const make = (structure: CrossStructure, names: string[]) => () =>
      prepare(structure, chunks, unitsOf(names));
    const one = Array.from({ length: 10 }, () => 'A');
    const three = cases.groups.map((group, i) => (i < 2 ? 'C' : group));
    expect(failure(make('masked-correlation', one))).toBeInstanceOf(InputError);
    expect(failure(make('cross-svd', three))).toBeInstanceOf(InputError);
    // The only unit of this group is silent.
    const silent = one.map((group, i) => (i === 9 ? 'B' : group));
    expect(failure(make('scaled-covariance', silent))).toMatchObject({
      hint: 'no unit of B varies over the bins fitted',
    });
    const { data, sums, cross, eigen } = prepare('scaled-covariance', chunks, units);
    const tooMany = () => crossIca('scaled-covariance', data, sums, cross, eigen, 7, ica);
    expect(failure(tooMany)).toBeInstanceOf(NumericError);
  });
});

test('the analytic bound of two groups, and its kin of one value', () => {
  expect(crossAnalyticBound('cross-svd', 100, [4, 9])).toBeCloseTo(0.5, 15);
  expect(crossAnalyticBound('masked-correlation', 100, [4, 9])).toBeCloseTo(1.5, 15);
  expect(crossAnalyticBound('scaled-covariance', 100, [4, 9])).toBeCloseTo(0.5 / 6, 15);
  expect(failure(() => crossAnalyticBound('cross-svd', 100, [4]))).toBeInstanceOf(ConfigError);
});

test('thresholds of singular values', () => {
  const shuffled = [
    [3, 1],
    [5, 2],
    [4, 3],
  ].map((row) => Float64Array.from(row));
  expect([...svdThresholds(shuffled, 'per-rank', 50)]).toEqual([4, 2]);
  expect([...svdThresholds(shuffled, 'max-stat', 50)]).toEqual([4, 4]);
  expect(ranksAbove(Float64Array.of(4, 3), Float64Array.of(4, 2))).toEqual([1]);
});

test('the share of pairs within groups', () => {
  expect(shareWithinGroups([0.6, 0.8], [0, 1])).toBe(0);
  expect(shareWithinGroups([0.6, 0.8, 0], [0, 0, 1])).toBeCloseTo(1, 15);
  // Pairs 1·1 within, 2 · 1·1 across.
  expect(shareWithinGroups([1, -1, 1], [0, 0, 1])).toBeCloseTo(1 / 3, 15);
  const [weights, groupOf] = [
    [0.5, -0.3, 0.2, 0.7, 0, -0.1],
    [0, 2, 1, 0, 1, 2],
  ];
  let [within, total] = [0, 0];
  weights.forEach((a, i) => {
    weights.forEach((b, j) => {
      if (i === j) return;
      total += Math.abs(a * b);
      if (groupOf[i] === groupOf[j]) within += Math.abs(a * b);
    });
  });
  expect(shareWithinGroups(weights, groupOf)).toBeCloseTo(within / total, 14);
});

test('groups by column and by label', () => {
  const units = unitsOf(['CA1', 'CA1sp', 'PFC', '']);
  const { names, groupOf } = groupUnits(units, 'region');
  expect([names, [...groupOf]]).toEqual([
    ['CA1', 'CA1sp', 'PFC', 'unknown'],
    [0, 1, 2, 3],
  ]);
  const labelled = groupUnits(units, 'region', ['PFC', 'CA1']);
  expect([labelled.names, [...labelled.groupOf]]).toEqual([
    ['CA1', 'PFC', 'unknown'],
    [0, 0, 1, 2],
  ]);
  expect(failure(() => groupUnits(units, 'shank'))).toMatchObject({ code: 'UNKNOWN_COLUMN' });
  expect(failure(() => groupUnits(units, 'region', ['CA3']))).toMatchObject({
    code: 'EMPTY_GROUP',
  });
});

interface Golden {
  readonly section5: {
    readonly uids: number[];
    readonly cross: { n: number; eigenvalues: number[] };
  };
}

describe.each(goldenSessions)('%s', (name) => {
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`)?.section5;
  const session = findSession(name);
  if (!golden || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }

  // The golden has no principal components of this matrix, but the eigenvalues that make vectors its own.
  test('principal components of the scaled covariance', async () => {
    const { chunks, units } = await crossCounts(session, golden.uids);
    const { names, groupOf } = groupUnits(units.kept, 'region', ['CA1', 'PFC']);
    const grouped = unitsOf(Array.from(groupOf, (group) => names[group]));
    const { sums, cross, eigen } = prepare('scaled-covariance', chunks, grouped);
    const { n, eigenvalues } = golden.cross;
    expect(largestDifference([eigen.values], [eigenvalues])).toBeLessThan(1e-9);
    const matrix = crossMatrix('scaled-covariance', sums, cross);
    const size = cross.units.length;
    eigen.vectors.slice(0, n).forEach((vector, k) => {
      const turned = vector.map((_, i) =>
        vector.reduce((sum, entry, j) => sum + matrix[i * size + j] * entry, 0),
      );
      const stretched = vector.map((entry) => entry * eigenvalues[k]);
      expect(largestDifference([turned], [stretched])).toBeLessThan(1e-12);
    });
  });
});
