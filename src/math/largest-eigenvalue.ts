import { NumericError } from '../errors.ts';

/**
 * The largest eigenvalue of a symmetric matrix and nothing else: tridiagonal form by Householder reflections, then
 * bisection until two neighbouring doubles are left. Costs 4/3 n³ operations, a fraction of a whole decomposition.
 * @param matrix row-major, shape [n, n]; the lower triangle is read
 * @returns NaN for n = 0
 * @throws NumericError when an entry is not finite
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., 8.3.1 and 8.4.1
 */
export function largestEigenvalue(matrix: Float64Array, n: number): number {
  if (n === 0) return Number.NaN;
  const { diagonal, squares } = tridiagonal(matrix.slice(0, n * n), n);
  let lower = Number.NEGATIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const reach = Math.sqrt(squares[i]) + (i + 1 < n ? Math.sqrt(squares[i + 1]) : 0);
    lower = Math.max(lower, diagonal[i]);
    upper = Math.max(upper, diagonal[i] + reach);
  }
  if (!Number.isFinite(upper) || Number.isNaN(lower)) {
    throw new NumericError({
      code: 'NOT_FINITE',
      message: 'the largest eigenvalue of a matrix could not be found',
      found: 'entries that are not finite, or too large',
    });
  }
  // Gershgorin's upper end may be met exactly: rounding must not leave the eigenvalue outside.
  upper += Math.abs(upper) * 2 ** -50 + Number.MIN_VALUE;
  for (;;) {
    const middle = lower + (upper - lower) / 2;
    if (middle <= lower || middle >= upper) return upper;
    if (isAboveAll(middle, diagonal, squares)) upper = middle;
    else lower = middle;
  }
}

/** Whether no eigenvalue of the tridiagonal matrix reaches `x`: all pivots of matrix - x are negative. */
function isAboveAll(x: number, diagonal: Float64Array, squares: Float64Array): boolean {
  let pivot = diagonal[0] - x;
  for (let i = 1; i < diagonal.length; i++) {
    if (!(pivot < 0)) return false;
    pivot = diagonal[i] - x - squares[i] / pivot;
  }
  return pivot < 0;
}

/**
 * The diagonal of a similar tridiagonal matrix, and the square of the entry that joins each row to the one before.
 * Works from the last row up and overwrites `a`.
 */
function tridiagonal(a: Float64Array, n: number) {
  const diagonal = new Float64Array(n);
  const squares = new Float64Array(n);
  const product = new Float64Array(n);
  for (let row = n - 1; row > 0; row--) {
    const base = row * n;
    diagonal[row] = a[base + row];
    let scale = 0;
    for (let j = 0; j < row; j++) scale = Math.max(scale, Math.abs(a[base + j]));
    if (scale === 0) continue;
    // The reflection that turns the row into (0, ..., 0, ±norm), its vector kept in the row itself.
    let square = 0;
    for (let j = 0; j < row; j++) {
      a[base + j] /= scale;
      square += a[base + j] * a[base + j];
    }
    const last = a[base + row - 1];
    const norm = last > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    squares[row] = scale * scale * square;
    const half = square - last * norm;
    a[base + row - 1] = last - norm;
    reflect(a, n, row, half, product);
  }
  diagonal[0] = a[0];
  return { diagonal, squares };
}

/** Applies the reflection I - vvᵀ / half from both sides to the leading block; v stands in row `size`. */
function reflect(
  a: Float64Array,
  n: number,
  size: number,
  half: number,
  product: Float64Array,
): void {
  const base = size * n;
  product.fill(0, 0, size);
  // Row by row of the lower triangle, each entry for its mirror image too.
  for (let i = 0; i < size; i++) {
    const rowBase = i * n;
    const v = a[base + i];
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const entry = a[rowBase + j];
      sum += entry * a[base + j];
      product[j] += entry * v;
    }
    product[i] += sum + a[rowBase + i] * v;
  }
  let overlap = 0;
  for (let i = 0; i < size; i++) {
    product[i] /= half;
    overlap += product[i] * a[base + i];
  }
  const share = overlap / (2 * half);
  for (let i = 0; i < size; i++) product[i] -= share * a[base + i];
  for (let i = 0; i < size; i++) {
    const rowBase = i * n;
    const v = a[base + i];
    const p = product[i];
    for (let j = 0; j <= i; j++) a[rowBase + j] -= v * product[j] + p * a[base + j];
  }
}
