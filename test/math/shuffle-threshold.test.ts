import { describe, expect, test } from 'vitest';
import { percentileOf, pValuesOf } from '../../src/math/shuffle-threshold.ts';
import { loadGoldenJson } from '../support/golden.ts';

interface PercentileCases {
  readonly patterns: {
    readonly percentile_linear: { values: number[]; p: number; value: number }[];
  };
}
const cases = loadGoldenJson<PercentileCases>('unit_cases.json')?.patterns.percentile_linear;

describe.skipIf(!cases)('percentiles of NumPy', () => {
  test.each(cases ?? [])('$p of $values', ({ values, p, value }) => {
    expect(percentileOf(Float64Array.from(values), p)).toBe(value);
  });
});

test('percentiles of one value, and of none', () => {
  expect([0, 37, 100].map((p) => percentileOf(Float64Array.of(4), p))).toEqual([4, 4, 4]);
  expect(percentileOf(new Float64Array(0), 50)).toBe(Number.NaN);
});

test('p-values count the shuffles that reach, and are never 0', () => {
  const nullValues = Float64Array.of(1, 3, 2, 2);
  expect([...pValuesOf(Float64Array.of(4, 3, 2, 0.5), nullValues)]).toEqual([0.2, 0.4, 0.8, 1]);
});
