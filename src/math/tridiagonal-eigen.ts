import { NumericError } from '../errors.ts';

/** Eigenvalues in no order. */
export interface UnsortedEigenvalues {
  readonly values: Float64Array;
}

export interface UnsortedEigen extends UnsortedEigenvalues {
  /** Row-major, shape [n, n]: column `k` is the vector, of norm 1, of value `k`. */
  readonly vectors: Float64Array;
}

/** Sweeps for one eigenvalue; two are the rule. */
const mostSweeps = 100;

/** Below it a number beside others around 1 is nothing: squares of it would not be normal numbers. */
const nothing = 2 ** -500;

/**
 * Eigenvalues of a symmetric matrix, and eigenvectors where they are wanted: Householder reflections make it tridiagonal,
 * implicit QL sweeps diagonal. All loops go along rows. Eigenvalues are exact to some rounding errors of the largest one.
 * Memory: two more such matrices, one without vectors, and rotations as large as 64 rows of it.
 * @param matrix row-major, shape [n, n], finite; its lower triangle is read
 * @throws NumericError when it does not converge
 * Source: Martin, Reinsch & Wilkinson 1968, Numer Math, doi 10.1007/BF02161360; Dubrulle, Martin & Wilkinson 1968, Numer
 *   Math, doi 10.1007/BF02165404
 */
export function tridiagonalEigen(matrix: Float64Array, n: number, wanted: 'vectors'): UnsortedEigen;
export function tridiagonalEigen(
  matrix: Float64Array,
  n: number,
  wanted: 'values',
): UnsortedEigenvalues;
export function tridiagonalEigen(
  matrix: Float64Array,
  n: number,
  wanted: 'vectors' | 'values',
): UnsortedEigenvalues | UnsortedEigen {
  const scale = powerAbove(matrix);
  const a = matrix.map((entry) => entry / scale);
  const values = new Float64Array(n);
  const beside = new Float64Array(n);
  const norms = reduce(a, n, values, beside);
  const vectors = wanted === 'vectors' ? productOfReflections(a, norms, n) : undefined;
  const turns = vectors && createTurns(vectors, n);
  sweep(values, beside, n, turns);
  turns?.flush();
  for (let i = 0; i < n; i++) values[i] *= scale;
  return vectors ? { values, vectors } : { values };
}

/** A power of two by which the largest entry comes to about 1, which rounds nothing. */
function powerAbove(matrix: Float64Array): number {
  let largest = 0;
  for (const entry of matrix) largest = Math.max(largest, Math.abs(entry));
  return largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.ceil(Math.log2(largest))));
}

/**
 * Makes `a` tridiagonal from its last row up: `diagonal` and, of each row, what stands left of it, in `beside`. Row `i` of
 * `a` then holds the vector u of its reflection I - u uᵀ / norm.
 * @returns those norms; 0 where nothing had to be reflected
 */
function reduce(
  a: Float64Array,
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array {
  const norms = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    const last = row + i - 1;
    let rest = 0;
    for (let k = row; k < last; k++) rest += a[k] * a[k];
    beside[i] = a[last];
    if (rest < nothing) continue;
    const length = Math.sqrt(rest + a[last] * a[last]);
    const reflected = a[last] > 0 ? -length : length;
    const norm = rest + a[last] * a[last] - a[last] * reflected;
    beside[i] = reflected;
    a[last] -= reflected;
    norms[i] = norm;
    timesVector(a, n, i, row, p);
    let dot = 0;
    for (let k = 0; k < i; k++) {
      p[k] /= norm;
      dot += p[k] * a[row + k];
    }
    const half = dot / (2 * norm);
    for (let k = 0; k < i; k++) p[k] -= half * a[row + k];
    for (let j = 0; j < i; j++) {
      const uj = a[row + j];
      const pj = p[j];
      for (let k = 0, at = j * n; k <= j; k++, at++) a[at] -= uj * p[k] + pj * a[row + k];
    }
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i];
  return norms;
}

/** Product of the leading block of `size` rows, of which the lower triangle is there, and the vector from `row` on. */
function timesVector(a: Float64Array, n: number, size: number, row: number, p: Float64Array): void {
  for (let j = 0; j < size; j++) {
    const from = j * n;
    const uj = a[row + j];
    let sum = 0;
    for (let k = 0; k < j; k++) {
      const entry = a[from + k];
      sum += entry * a[row + k];
      p[k] += entry * uj;
    }
    p[j] = sum + a[from + j] * uj;
  }
}

/** The product of all reflections, the one of the last row first: its columns become the eigenvectors. */
function productOfReflections(a: Float64Array, norms: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  // The rows so far, each times its number in u: of this reflection, and of the next one.
  let sums = new Float64Array(n);
  let next = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const u = i * n;
    const uNext = i + 1 < n ? u + n : u;
    const norm = norms[i];
    next.fill(0);
    for (let j = 0; j < i; j++) {
      const factor = norm === 0 ? 0 : a[u + j] / norm;
      const weight = a[uNext + j];
      for (let k = 0, at = j * n; k < i; k++, at++) {
        const entry = product[at] - factor * sums[k];
        product[at] = entry;
        next[k] += weight * entry;
      }
    }
    // Reflections reach no further than the row before theirs: behind it are the rows of the identity.
    product[u + i] = 1;
    next[i] = a[uNext + i];
    [sums, next] = [next, sums];
  }
  return product;
}

/** Rotates the tridiagonal matrix until it is diagonal. */
function sweep(
  diagonal: Float64Array,
  beside: Float64Array,
  n: number,
  turns: Turns | undefined,
): void {
  // From here on each stands right of its row.
  beside.copyWithin(0, 1);
  beside[n - 1] = 0;
  for (let first = 0; first < n; first++) {
    for (let nSweeps = 0; ; nSweeps++) {
      let last = first;
      while (last < n - 1 && !isNegligible(diagonal, beside, last)) last++;
      if (last === first) break;
      if (nSweeps === mostSweeps) throw notConverged(n);
      sweepBlock(diagonal, beside, first, last, turns);
    }
  }
}

function isNegligible(diagonal: Float64Array, beside: Float64Array, i: number): boolean {
  const size = Math.abs(beside[i]);
  const around = Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]);
  return size <= Number.EPSILON * 0.5 * around || size < nothing;
}

/** One sweep over rows `first` to `last`, from the last one up, shifted by an eigenvalue of the first two (Wilkinson's). */
function sweepBlock(
  diagonal: Float64Array,
  beside: Float64Array,
  first: number,
  last: number,
  turns: Turns | undefined,
): void {
  turns?.begin(last);
  const slope = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
  const root = Math.sqrt(slope * slope + 1);
  const shift = diagonal[first] - beside[first] / (slope + (slope < 0 ? -root : root));
  let bulge = diagonal[last] - shift;
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * beside[i];
    const b = cosine * beside[i];
    const r = Math.sqrt(f * f + bulge * bulge);
    beside[i + 1] = r;
    if (r < nothing) {
      // The matrix has come apart here.
      diagonal[i + 1] -= moved;
      beside[last] = 0;
      return;
    }
    sine = f / r;
    cosine = bulge / r;
    const g = diagonal[i + 1] - moved;
    const turned = (diagonal[i] - g) * sine + 2 * cosine * b;
    moved = sine * turned;
    diagonal[i + 1] = g + moved;
    bulge = cosine * turned - b;
    turns?.add(cosine, sine);
  }
  diagonal[first] -= moved;
  beside[first] = bulge;
  beside[last] = 0;
}

/** Rotations that wait to be done to the columns of a matrix. */
interface Turns {
  /** Those that are added now turn column `last` against the one before it, that one against the one before, and so on. */
  readonly begin: (last: number) => void;
  readonly add: (cosine: number, sine: number) => void;
  readonly flush: () => void;
}

/** Sweeps that wait, at most. */
const mostWaiting = 32;

/** A row goes through many sweeps at once while it is near the processor, four of them side by side. */
function createTurns(matrix: Float64Array, n: number): Turns {
  const coefficients = new Float64Array(2 * n * mostWaiting);
  // Of each sweep the column it begins with, and where its coefficients end.
  const lasts = new Int32Array(mostWaiting);
  const ends = new Int32Array(mostWaiting);
  let nWaiting = 0;
  let end = 0;

  function flush(): void {
    if (nWaiting > 0) ends[nWaiting - 1] = end;
    let row = 0;
    for (; row + 4 <= n; row += 4)
      turnFour(matrix, row * n, n, coefficients, lasts, ends, nWaiting);
    for (; row < n; row++) turnOne(matrix, row * n, coefficients, lasts, ends, nWaiting);
    nWaiting = 0;
    end = 0;
  }

  return {
    begin: (last) => {
      if (nWaiting === mostWaiting) flush();
      if (nWaiting > 0) ends[nWaiting - 1] = end;
      lasts[nWaiting++] = last;
    },
    add: (cosine, sine) => {
      coefficients[end] = cosine;
      coefficients[end + 1] = sine;
      end += 2;
    },
    flush,
  };
}

function turnFour(
  matrix: Float64Array,
  from: number,
  n: number,
  coefficients: Float64Array,
  lasts: Int32Array,
  ends: Int32Array,
  nSweeps: number,
): void {
  let turn = 0;
  for (let sweep = 0; sweep < nSweeps; sweep++) {
    const end = ends[sweep];
    let a = from + lasts[sweep];
    let b = a + n;
    let c = b + n;
    let d = c + n;
    let carriedA = matrix[a];
    let carriedB = matrix[b];
    let carriedC = matrix[c];
    let carriedD = matrix[d];
    for (; turn < end; turn += 2) {
      const cosine = coefficients[turn];
      const sine = coefficients[turn + 1];
      const beforeA = matrix[a - 1];
      const beforeB = matrix[b - 1];
      const beforeC = matrix[c - 1];
      const beforeD = matrix[d - 1];
      matrix[a--] = sine * beforeA + cosine * carriedA;
      matrix[b--] = sine * beforeB + cosine * carriedB;
      matrix[c--] = sine * beforeC + cosine * carriedC;
      matrix[d--] = sine * beforeD + cosine * carriedD;
      carriedA = cosine * beforeA - sine * carriedA;
      carriedB = cosine * beforeB - sine * carriedB;
      carriedC = cosine * beforeC - sine * carriedC;
      carriedD = cosine * beforeD - sine * carriedD;
    }
    matrix[a] = carriedA;
    matrix[b] = carriedB;
    matrix[c] = carriedC;
    matrix[d] = carriedD;
  }
}

function turnOne(
  matrix: Float64Array,
  from: number,
  coefficients: Float64Array,
  lasts: Int32Array,
  ends: Int32Array,
  nSweeps: number,
): void {
  let turn = 0;
  for (let sweep = 0; sweep < nSweeps; sweep++) {
    let at = from + lasts[sweep];
    let carried = matrix[at];
    for (; turn < ends[sweep]; turn += 2) {
      const before = matrix[at - 1];
      matrix[at--] = coefficients[turn + 1] * before + coefficients[turn] * carried;
      carried = coefficients[turn] * before - coefficients[turn + 1] * carried;
    }
    matrix[at] = carried;
  }
}

function notConverged(n: number): NumericError {
  return new NumericError({
    code: 'EIGEN_FAILED',
    message: `the eigenvalues of a matrix of ${n} rows could not be found`,
  });
}
