import { expect, test } from 'vitest';
import { marchenkoPasturBound, neuroPyTracyWidomBound } from '../../src/math/marchenko-pastur.ts';
import { loadGoldenJson } from '../support/golden.ts';

interface BoundCases {
  readonly marchenko_pastur: {
    readonly n_bins: number;
    readonly n_neurons: number;
    readonly tracywidom: boolean;
    readonly lambda_max: number;
  }[];
}
const cases = loadGoldenJson<BoundCases>('unit_cases.json')?.marchenko_pastur ?? [];

test.each(cases)('$n_bins bins, $n_neurons units, Tracy-Widom $tracywidom', (given) => {
  const bound = given.tracywidom ? neuroPyTracyWidomBound : marchenkoPasturBound;
  const found = bound(given.n_bins, given.n_neurons);
  expect(Math.abs(found / given.lambda_max - 1)).toBeLessThan(1e-15);
});

test('as many units as bins: 4; more bins: towards 1; no bins: infinite', () => {
  expect(marchenkoPasturBound(50, 50)).toBe(4);
  expect(marchenkoPasturBound(1e16, 1)).toBeCloseTo(1, 7);
  expect(marchenkoPasturBound(0, 3)).toBe(Number.POSITIVE_INFINITY);
});
