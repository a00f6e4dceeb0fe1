import { describe, expect, test } from 'vitest';
import { createPcg64, spawnedSeed } from '../../src/math/pcg64.ts';
import { loadGoldenJson } from '../support/golden.ts';

interface RandomCases {
  readonly random: {
    readonly shuffle_seeds: Readonly<Record<string, number[]>>;
    readonly pcg64_of_first_seed: {
      readonly seed: number;
      readonly uint64: string[];
      readonly double: number[];
      readonly argsort_2x6: number[][];
      readonly integers_0_200: number[];
      readonly permutation_10: number[];
    };
  };
}

const cases = loadGoldenJson<RandomCases>('unit_cases.json')?.random;
const expected = cases?.pcg64_of_first_seed;

/** A generator in the state from which each case was drawn. */
function fresh() {
  return createPcg64(expected?.seed ?? 0);
}

describe.skipIf(!expected)('draws of NumPy', () => {
  test('seeds of the shuffles', () => {
    const seeds = Object.entries(cases?.shuffle_seeds ?? {});
    expect(seeds).toHaveLength(2);
    for (const [seed, children] of seeds) {
      expect(children.map((_, child) => spawnedSeed(Number(seed), child))).toEqual(children);
    }
  });

  test('64 bits', () => {
    const { uint64 } = fresh();
    const found = expected?.uint64.map(() => {
      const [high, low] = uint64();
      return String((BigInt(high) << 32n) | BigInt(low));
    });
    expect(found).toEqual(expected?.uint64);
  });

  test('doubles', () => {
    const { double } = fresh();
    expect(expected?.double.map(() => double())).toEqual(expected?.double);
  });

  test('order of doubles', () => {
    const { double } = fresh();
    const found = expected?.argsort_2x6.map((row) => {
      const drawn = row.map(() => double());
      return [...row.keys()].sort((a, b) => drawn[a] - drawn[b]);
    });
    expect(found).toEqual(expected?.argsort_2x6);
  });

  test('integers, from both halves of 64 bits', () => {
    const { integer } = fresh();
    expect(expected?.integers_0_200.map(() => integer(200))).toEqual(expected?.integers_0_200);
  });

  test('permutations', () => {
    expect([...fresh().permutation(10)]).toEqual(expected?.permutation_10);
  });
});

test('the least ranges', () => {
  const { integer, permutation } = createPcg64(1);
  expect([integer(1), integer(0)]).toEqual([0, 0]);
  expect([...permutation(1)]).toEqual([0]);
  expect([...permutation(0)]).toEqual([]);
});
