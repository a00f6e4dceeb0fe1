import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fastTanh } from '../../src/math/tanh.ts';

function expectClose(x: number): void {
  const exact = Math.tanh(x);
  expect(Math.abs(fastTanh(x) - exact)).toBeLessThanOrEqual(1e-15 * Math.abs(exact));
}

test('is the hyperbolic tangent to 1e-15, for large and for small arguments', () => {
  fc.assert(fc.property(fc.double({ min: -25, max: 25, noNaN: true }), expectClose));
  fc.assert(fc.property(fc.double({ min: -0.02, max: 0.02, noNaN: true }), expectClose));
  for (let i = -20_000; i <= 20_000; i++) expectClose(i / 977);
});

test('at the points of its table, between them, and at its ends', () => {
  for (let i = -1400; i <= 1400; i++) expectClose(i / 64);
  expect([0, 1e-300, -1e-300].map(fastTanh)).toEqual([0, 1e-300, -1e-300]);
  expect([20, 1e9, Number.POSITIVE_INFINITY].map(fastTanh)).toEqual([1, 1, 1]);
  expect([-20, -1e9, Number.NEGATIVE_INFINITY].map(fastTanh)).toEqual([-1, -1, -1]);
  expect(fastTanh(Number.NaN)).toBeNaN();
});
