import { expect, test } from 'vitest';
import { reportMembers } from '../../src/math/members.ts';
import { findMembers } from '../../src/math/otsu.ts';

const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

test('each rule by hand', () => {
  const weights = Float64Array.of(0.8, -0.55, 0.15, -0.1, 0.15, 0);
  const counted = all(6);
  const otsu = reportMembers(weights, counted, 'otsu');
  expect(otsu).toMatchObject(findMembersOf(weights));
  // 1/√6 is 0.408; the mean of the absolute weights is 0.29, their standard deviation 0.28.
  expect(otsu).toMatchObject({ nOtsu: 2, nRootN: 2, nTwoSd: 0, isValid: false });
  expect([...reportMembers(weights, counted, 'one-over-root-n').members]).toEqual([
    1, 1, 0, 0, 0, 0,
  ]);
  const none = reportMembers(weights, counted, 'mean-plus-2-sd');
  expect([...none.members]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(none.isValid).toBe(false);
});

function findMembersOf(weights: Float64Array) {
  const { members, isValid, effectiveness } = findMembers(weights);
  return { members, isValid, effectiveness };
}

test('two standard deviations above the mean', () => {
  const weights = new Float64Array(20).fill(0.05);
  weights[7] = -0.9;
  const { members, isValid, nTwoSd } = reportMembers(weights, all(20), 'mean-plus-2-sd');
  expect([members[7], nTwoSd, isValid]).toEqual([1, 1, true]);
});

test('the units counted set N: with silent units out, an equal part is more', () => {
  const weights = new Float64Array(12);
  weights.set([0.6, 0.48, 0.64], 0);
  // 1/√12 is 0.289, 1/√4 is 0.5.
  expect(reportMembers(weights, all(12), 'one-over-root-n').nRootN).toBe(3);
  expect(reportMembers(weights, all(4), 'one-over-root-n').nRootN).toBe(2);
});
