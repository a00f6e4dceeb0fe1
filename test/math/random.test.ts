import { expect, test } from 'vitest';
import { createMersenneTwister, standardNormals } from '../../src/math/random.ts';
import { loadGoldenJson } from '../support/golden.ts';

interface RandomCases {
  readonly random: {
    readonly mt19937_seed0_uint32: number[];
    readonly mt19937_seed0_double: number[];
    readonly normal_2x2: number[][];
    readonly normal_3x3: number[][];
    readonly normal_8x8: number[][];
    readonly normal_15x15: number[][];
  };
}
const cases = loadGoldenJson<RandomCases>('unit_cases.json')?.random;

test.skipIf(!cases)('seed 0 gives the whole numbers and doubles of NumPy', () => {
  const whole = createMersenneTwister(0);
  const doubles = createMersenneTwister(0);
  expect(cases?.mt19937_seed0_uint32.map(() => whole.uint32())).toEqual(
    cases?.mt19937_seed0_uint32,
  );
  expect(cases?.mt19937_seed0_double.map(() => doubles.double())).toEqual(
    cases?.mt19937_seed0_double,
  );
});

test.skipIf(!cases)('seed 0 gives the normals of NumPy, however many are asked for', () => {
  if (!cases) return;
  for (const matrix of [cases.normal_2x2, cases.normal_3x3, cases.normal_8x8, cases.normal_15x15]) {
    const expected = matrix.flat();
    const normals = standardNormals(0, expected.length);
    // Libraries may round a logarithm differently in its last place.
    normals.forEach((normal, i) => {
      expect(Math.abs(normal - expected[i])).toBeLessThanOrEqual(4e-16 * Math.abs(expected[i]));
    });
  }
});

test('the reference output of the generator: seed 5489, the 10,000th number', () => {
  // The value that the C++ standard demands of std::mt19937.
  const { uint32 } = createMersenneTwister(5489);
  for (let i = 1; i < 10_000; i++) uint32();
  expect(uint32()).toBe(4123659995);
});

test('the largest seed works, and seeds differ', () => {
  expect(standardNormals(2 ** 32 - 1, 3).every(Number.isFinite)).toBe(true);
  expect(standardNormals(1, 3)).not.toEqual(standardNormals(2, 3));
  expect(standardNormals(0, 0)).toHaveLength(0);
});
