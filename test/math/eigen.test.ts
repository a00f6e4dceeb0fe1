import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumericError } from '../../src/errors.ts';
import { symmetricEigen } from '../../src/math/eigen.ts';

test('two by two by hand', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  expect(values[0]).toBeCloseTo(3, 14);
  expect(values[1]).toBeCloseTo(1, 14);
  expect(vectors[0][0]).toBeCloseTo(vectors[0][1], 14);
  expect(vectors[1][0]).toBeCloseTo(-vectors[1][1], 14);
});

test('no rows, one row, equal eigenvalues', () => {
  expect(symmetricEigen(new Float64Array(0), 0)).toEqual({
    values: new Float64Array(0),
    vectors: [],
  });
  const one = symmetricEigen(Float64Array.of(-3), 1);
  expect([...one.values]).toEqual([-3]);
  expect(Math.abs(one.vectors[0][0])).toBe(1);
  expect([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3).values]).toEqual([
    1, 1, 1,
  ]);
});

test('triangles that differ by a rounding error still give sorted eigenvalues', () => {
  const { values } = symmetricEigen(
    Float64Array.of(1, 0.3, 0.1, 0.3 + 6e-17, 5, 0.2, 0.1, 0.2, 3),
    3,
  );
  expect([...values]).toEqual([...values].sort((a, b) => b - a));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s is refused with its place', (bad) => {
  const matrix = Float64Array.of(1, 0, 0, 0, 1, bad, 0, bad, 1);
  expect(() => symmetricEigen(matrix, 3)).toThrow(NumericError);
  expect(() => symmetricEigen(matrix, 3)).toThrow('matrix row 1, column 2');
});

test('numbers that break the decomposition end in an error of ours', () => {
  const tiny = Float64Array.of(1e-300, 1e-307, 1e-307, 1e-307, 1e-300, 1e-307, 1e-307, 1e-307, 0);
  try {
    expect(symmetricEigen(tiny, 3).values).toHaveLength(3);
  } catch (error) {
    expect(error).toBeInstanceOf(NumericError);
  }
});

test('eigenpairs rebuild the matrix, descending and orthonormal', () => {
  const entries = fc
    .integer({ min: 1, max: 8 })
    .chain((n) =>
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: n * n, maxLength: n * n }),
    );
  fc.assert(
    fc.property(entries, (flat) => {
      const n = Math.sqrt(flat.length);
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) matrix[i * n + j] = flat[Math.min(i, j) * n + Math.max(i, j)];
      }
      const { values, vectors } = symmetricEigen(matrix, n);
      for (let i = 0; i < n; i++) {
        if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]);
        for (let j = 0; j < n; j++) {
          let sum = 0;
          let dot = 0;
          for (let k = 0; k < n; k++) {
            sum += values[k] * vectors[k][i] * vectors[k][j];
            dot += vectors[i][k] * vectors[j][k];
          }
          expect(Math.abs(sum - matrix[i * n + j])).toBeLessThan(1e-11);
          expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
        }
      }
    }),
  );
});
