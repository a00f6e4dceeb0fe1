import { describe, expect, test } from 'vitest';
import type { FitPatternsOptions } from '../../src/operators/fit-patterns.ts';
import { flip, largestDifference } from '../support/compare.ts';
import { fitRows } from '../support/fit-rows.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { digestCounts, loadWeightCounts } from '../support/weight-counts.ts';

interface PatternCases {
  readonly counts: number[][];
  readonly pca: { readonly explained_variance: number[] };
  readonly fastica: { readonly n_iter: number };
  readonly ica_mp: { readonly patterns: number[][] };
  readonly ica_mp_tracywidom: { readonly patterns: number[][] };
  readonly pca_mp: { readonly patterns: number[][] };
  readonly ica_nassemblies_1: { readonly patterns: number[][] };
  readonly ica_nassemblies_2: { readonly patterns: number[][] };
}

const cases = loadGoldenJson<{ patterns: PatternCases }>('unit_cases.json')?.patterns;

describe.skipIf(!cases)('cases of the reference', () => {
  const trains = cases?.counts ?? [[]];
  const rows = trains[0].map((_, bin) => trains.map((train) => train[bin]));
  const named: [keyof PatternCases, FitPatternsOptions][] = [
    ['ica_mp', {}],
    ['ica_mp_tracywidom', { bound: 'neuro-py-tracy-widom' }],
    ['pca_mp', { method: 'pca' }],
    ['ica_nassemblies_1', { nAssemblies: 1 }],
    ['ica_nassemblies_2', { nAssemblies: 2 }],
  ];
  test.each(named)('%s', (name, options) => {
    const expected = cases?.[name];
    if (!expected || !('patterns' in expected)) throw new Error(`no case ${name}`);
    const { weights, constantUnits, ica, warnings } = fitRows(rows, options);
    expect(weights).toHaveLength(expected.patterns.length);
    // Both sides are double arithmetic over 400 bins.
    expect(largestDifference(weights, expected.patterns.map(flip))).toBeLessThan(1e-12);
    expect(constantUnits).toEqual([9]);
    expect(warnings).toEqual([]);
    if (name === 'ica_mp') expect(ica?.nIterations).toBe(cases?.fastica.n_iter);
    if (name === 'pca_mp') expect(ica).toBeUndefined();
  });

  test('eigenvalues', () => {
    const expected = cases?.pca.explained_variance ?? [];
    const { eigenvalues, patternEigenvalues } = fitRows(rows, { method: 'pca' });
    expect(largestDifference([eigenvalues], [expected])).toBeLessThan(1e-13);
    expect(patternEigenvalues).toEqual(eigenvalues.slice(0, 3));
    expect([...fitRows(rows).patternEigenvalues]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('all units silent: no patterns, no error', () => {
    const silent = rows.map((row) => row.map(() => 0));
    const { weights, warnings, constantUnits } = fitRows(silent);
    expect(weights).toEqual([]);
    expect(constantUnits).toHaveLength(10);
    expect(warnings).toEqual(['no assemblies: none of 10 units varies over the 400 bins fitted']);
  });
});

interface GoldenSession {
  readonly weight_counts: { sha256: string; shape: [number, number]; silent: number[] };
  readonly detection: {
    eigenvalues: number[];
    lambda_max: number;
    lambda_max_tracywidom: number;
    nassemblies: number;
    ica_n_iter: number;
  };
  readonly section3: GoldenPatterns;
  readonly section3_pca: GoldenPatterns;
}
interface GoldenPatterns {
  readonly n: number;
  readonly patterns: number[][];
  readonly members: number[][];
  readonly valid: boolean[];
}

const sessions = ['sim_small_11', 'sim_small_12', 'sim_medium_21'].map((session) => ({
  session,
  golden: loadGoldenJson<GoldenSession>(`${session}.golden.json`),
  rows: loadWeightCounts(session),
}));

describe.each(sessions)('$session', ({ golden, rows }) => {
  const isAtHand = golden !== undefined && rows !== undefined;

  test.skipIf(!isAtHand)('the counts are the reference’s', () => {
    expect(digestCounts(rows ?? [])).toBe(golden?.weight_counts.sha256);
  });

  test.skipIf(!isAtHand).each(['ica', 'pca'] as const)('patterns by %s', (method) => {
    if (!golden || !rows) return;
    const { detection, weight_counts } = golden;
    const expected = method === 'ica' ? golden.section3 : golden.section3_pca;
    const found = fitRows(rows, { method }, [1000, 1001, 4000]);
    expect(found.nBins).toBe(weight_counts.shape[1]);
    expect(found.constantUnits).toEqual(weight_counts.silent);
    // The covariance is exact; the reference takes singular values of the z-scores.
    expect(largestDifference([found.eigenvalues], [detection.eigenvalues])).toBeLessThan(1e-9);
    expect(Math.abs(found.bound / detection.lambda_max - 1)).toBeLessThan(1e-14);
    expect(found.weights).toHaveLength(detection.nassemblies);
    if (method === 'ica') expect(found.ica?.nIterations).toBe(detection.ica_n_iter);
    // Order and sign included; the same path of the iteration leaves only rounding.
    expect(largestDifference(found.weights, expected.patterns)).toBeLessThan(1e-9);
    const members = found.members.map((flags) => [...flags.keys()].filter((unit) => flags[unit]));
    expect(members).toEqual(expected.members);
    expect(found.valid).toEqual(expected.valid);
    expect(found.warnings).toEqual([]);
  });

  test.skipIf(!isAtHand)('bound after Tracy and Widom', () => {
    if (!golden || !rows) return;
    const { bound } = fitRows(rows, { method: 'pca', bound: 'neuro-py-tracy-widom' });
    expect(Math.abs(bound / golden.detection.lambda_max_tracywidom - 1)).toBeLessThan(1e-14);
  });
});
