import { expect, test } from 'vitest';
import { findMembers } from '../../src/math/otsu.ts';
import { loadGoldenJson } from '../support/golden.ts';

interface MemberCases {
  readonly members: {
    readonly pattern: number[];
    readonly result: { readonly members?: number[]; readonly valid?: boolean };
  }[];
}
const cases = loadGoldenJson<MemberCases>('unit_cases.json')?.members ?? [];

test.each(cases.filter(({ result }) => result.members))('members of $pattern', (given) => {
  const { members, isValid } = findMembers(Float64Array.from(given.pattern));
  expect([...members]).toEqual(given.result.members);
  expect(isValid).toBe(given.result.valid);
});

test('one unit, or none, has no members', () => {
  for (const weights of [[0.5], []]) {
    const { members, isValid, threshold, effectiveness } = findMembers(Float64Array.from(weights));
    expect([...members]).toEqual(weights.map(() => 0));
    expect(isValid).toBe(false);
    expect([threshold, effectiveness]).toEqual([Number.NaN, Number.NaN]);
  }
});

test('threshold and effectiveness by hand', () => {
  // Classes {0, 1} and {4, 5}: variance within 1/4, in all 17/4.
  const { threshold, effectiveness } = findMembers(Float64Array.of(4, 0, -5, 1));
  expect(threshold).toBe(1);
  expect(effectiveness).toBeCloseTo(1 - 0.25 / 4.25, 15);
  expect(findMembers(Float64Array.of(1, 0, 0)).effectiveness).toBe(1);
  expect(findMembers(Float64Array.of(1, -1)).effectiveness).toBe(Number.NaN);
});
