import fc from 'fast-check';
import { EVD } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { symmetricEigen, symmetricEigenvalues } from '../../src/math/eigen.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { tridiagonalEigen } from '../../src/math/tridiagonal-eigen.ts';

/** The worst of A v - λ v, and of what products of two vectors have besides 1 and 0. */
function faults(matrix: Float64Array, n: number) {
  const { values, vectors } = tridiagonalEigen(matrix, n, 'vectors');
  const vector = (k: number) => Array.from({ length: n }, (_, i) => vectors[i * n + k]);
  let residual = 0;
  let product = 0;
  for (let k = 0; k < n; k++) {
    const v = vector(k);
    for (let i = 0; i < n; i++) {
      let sum = -values[k] * v[i];
      for (let j = 0; j < n; j++) sum += matrix[i * n + j] * v[j];
      residual = Math.max(residual, Math.abs(sum));
    }
    for (let l = 0; l <= k; l++) {
      const w = vector(l);
      const dot = v.reduce((sum, x, i) => sum + x * w[i], 0);
      product = Math.max(product, Math.abs(dot - (k === l ? 1 : 0)));
    }
  }
  const size = matrix.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  return { residual: size === 0 ? residual : residual / size, product };
}

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = entry(i, j);
  }
  return matrix;
}

const random = (n: number, seed: number, share = 1) => {
  const { double } = createSfc32(seed, 1);
  return symmetric(n, () => (double() < share ? 2 * double() - 1 : 0));
};

describe('eigenvalues by reflections and sweeps', () => {
  test('pairs are pairs and vectors are orthonormal, full matrices and sparse ones, of any size', () => {
    const drawn = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      fc.constantFrom(0.02, 0.1, 1),
      fc.constantFrom(1e-300, 1e-12, 1, 1e200),
    );
    fc.assert(
      fc.property(drawn, ([n, seed, share, size]) => {
        const matrix = random(n, seed, share).map((entry) => entry * size);
        const { residual, product } = faults(matrix, n);
        expect(residual).toBeLessThan(1e-13);
        expect(product).toBeLessThan(1e-13);
      }),
    );
  });

  test('more rows than are turned at once, and more sweeps than wait', () => {
    const { residual, product } = faults(random(151, 7), 151);
    expect(residual).toBeLessThan(1e-13);
    expect(product).toBeLessThan(1e-12);
  });

  test.each([
    { what: 'zeros', n: 5, entry: () => 0, values: [0, 0, 0, 0, 0] },
    { what: 'ones', n: 4, entry: () => 1, values: [4, 0, 0, 0] },
    {
      what: 'a diagonal',
      n: 4,
      entry: (i: number, j: number) => (i === j ? i : 0),
      values: [3, 2, 1, 0],
    },
    // 2 - 2 cos(kπ/(n + 1)).
    {
      what: 'second differences',
      n: 5,
      entry: (i: number, j: number) => (i === j ? 2 : i - j === 1 ? -1 : 0),
      values: [5, 4, 3, 2, 1].map((k) => 2 - 2 * Math.cos((k * Math.PI) / 6)),
    },
    {
      what: 'numbers that are next to nothing',
      n: 3,
      entry: (i: number, j: number) => (i === j ? 1e-300 * (3 - i) : 1e-307),
      values: [3e-300, 2e-300, 1e-300],
    },
  ])('$what', ({ n, entry, values }) => {
    const matrix = symmetric(n, entry);
    const found = [...tridiagonalEigen(matrix, n, 'values').values].sort((a, b) => b - a);
    const size = Math.max(Math.abs(values[0]), Number.MIN_VALUE);
    values.forEach((value, k) => {
      expect(Math.abs(found[k] - value) / size).toBeLessThan(1e-12);
    });
    expect(faults(matrix, n).product).toBeLessThan(1e-14);
  });

  test.each([32, 75])('%i rows: as ml-matrix has them, with vectors and without', (n) => {
    const matrix = random(n, n);
    const rows = Array.from({ length: n }, (_, i) => matrix.subarray(i * n, (i + 1) * n));
    const { realEigenvalues } = new EVD(rows, { assumeSymmetric: true });
    const expected = [...realEigenvalues].reverse();
    const { values, vectors } = symmetricEigen(matrix, n);
    const alone = symmetricEigenvalues(matrix, n);
    expected.forEach((value, k) => {
      expect(Math.abs(values[k] - value)).toBeLessThan(1e-12);
      expect(alone[k]).toBe(values[k]);
      const along = vectors[k].map((_, i) =>
        vectors[k].reduce((sum, x, j) => sum + matrix[i * n + j] * x, 0),
      );
      along.forEach((x, i) => {
        expect(Math.abs(x - value * vectors[k][i])).toBeLessThan(1e-12);
      });
    });
  });
});
