import { EVD } from 'ml-matrix';
import { NumericError } from '../errors.ts';

/** Eigenvalues, descending, and the eigenvector of each, of L2 norm 1 and either sign. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix.
 * @param matrix row-major, shape [n, n]; both triangles filled
 * @throws NumericError when an entry is not finite or the decomposition fails
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const rows = Array.from({ length: n }, (_, i) => matrix.subarray(i * n, (i + 1) * n));
  expectFinite(matrix, n);
  if (n === 0) return { values: new Float64Array(0), vectors: [] };
  const { realEigenvalues, eigenvectorMatrix } = decompose(rows);
  // They come in ascending order.
  const values = Float64Array.from(realEigenvalues).reverse();
  const vectors = Array.from({ length: n }, (_, k) =>
    Float64Array.from(eigenvectorMatrix.getColumn(n - 1 - k)),
  );
  return { values, vectors };
}

function decompose(rows: readonly Float64Array[]): EVD {
  try {
    // Unless told, one rounding error between the triangles takes the path for general matrices, unsorted.
    return new EVD(rows, { assumeSymmetric: true });
  } catch (cause) {
    throw new NumericError({
      code: 'EIGEN_FAILED',
      message: `the eigenvalues of a matrix of ${rows.length} rows could not be found`,
      cause,
    });
  }
}

function expectFinite(matrix: Float64Array, n: number): void {
  const at = matrix.findIndex((entry) => !Number.isFinite(entry));
  if (at < 0) return;
  throw new NumericError({
    code: 'NOT_FINITE',
    where: `matrix row ${Math.floor(at / n)}, column ${at % n}`,
    found: String(matrix[at]),
    expected: 'finite entries',
    hint: 'a unit whose counts do not vary has no z-score: leave it out',
  });
}
