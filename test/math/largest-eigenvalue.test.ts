import { expect, test } from 'vitest';
import { NumericError } from '../../src/errors.ts';
import { symmetricEigen } from '../../src/math/eigen.ts';
import { largestEigenvalue } from '../../src/math/largest-eigenvalue.ts';
import { standardNormals } from '../../src/math/random.ts';

/** A symmetric matrix of normal numbers, entries far from the diagonal scaled by a power of ten or not. */
function randomMatrix(n: number, seed: number, decades = 0): Float64Array {
  const normals = standardNormals(seed, n * n);
  return normals.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const other = normals[j * n + i];
    return ((value + other) / 2) * 10 ** ((-decades * (i + j)) / (2 * n));
  });
}

test('equals the first of all eigenvalues', () => {
  let worst = 0;
  for (let seed = 0; seed < 200; seed++) {
    const n = 1 + (seed % 40);
    const matrix = randomMatrix(n, seed, seed % 3 === 0 ? 8 : 0);
    const untouched = matrix.slice();
    const { values } = symmetricEigen(matrix, n);
    const largest = largestEigenvalue(matrix, n);
    const size = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
    worst = Math.max(worst, Math.abs(largest - values[0]) / size);
    expect(matrix).toEqual(untouched);
  }
  console.info(`largest eigenvalue: largest deviation ${worst.toExponential(1)} of the norm`);
  // Rounding of two backward stable methods.
  expect(worst).toBeLessThan(1e-12);
});

test('a large matrix', () => {
  const matrix = randomMatrix(120, 5);
  const { values } = symmetricEigen(matrix, 120);
  expect(Math.abs(largestEigenvalue(matrix, 120) / values[0] - 1)).toBeLessThan(1e-12);
});

test('by hand', () => {
  expect(largestEigenvalue(Float64Array.of(-3), 1)).toBeCloseTo(-3, 14);
  expect(largestEigenvalue(Float64Array.of(2, 1, 1, 2), 2)).toBeCloseTo(3, 14);
  expect(largestEigenvalue(Float64Array.of(-2, 1, 1, -2), 2)).toBeCloseTo(-1, 14);
  expect(largestEigenvalue(Float64Array.of(1, 0, 0, 0, 5, 0, 0, 0, 5), 3)).toBeCloseTo(5, 14);
  expect(Math.abs(largestEigenvalue(new Float64Array(9), 3))).toBeLessThan(1e-300);
  expect(largestEigenvalue(new Float64Array(0), 0)).toBe(Number.NaN);
});

test('an entry that is not finite is an error', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const at of [0, 3, 8]) {
      const matrix = Float64Array.of(1, 0.1, 0.2, 0.1, 1, 0.3, 0.2, 0.3, 1);
      matrix[at] = bad;
      if (at === 3) matrix[1] = bad;
      expect(() => largestEigenvalue(matrix, 3)).toThrow(NumericError);
    }
  }
});
