import { NumericError } from '../errors.ts';
import { type Eigen, symmetricEigen } from './eigen.ts';
import { createResponses, type ResponseSums, type StandardisedRows } from './ica-responses.ts';
import { countLikeRows } from './like-rows.ts';
import { standardNormals } from './random.ts';

export interface IcaOptions {
  readonly maxIterations: number;
  /** Stops when no component's direction changes by more: max |1 - |cos||. */
  readonly tolerance: number;
  /** Of the random matrix that the search starts from. */
  readonly seed: number;
}

export interface IcaResult {
  /** One Float64Array per component over the units of interest: the unmixing vectors, not normalised. */
  readonly components: readonly Float64Array[];
  readonly nIterations: number;
  readonly isConverged: boolean;
  /** The change after each iteration. */
  readonly limits: readonly number[];
}

/**
 * Independent components by FastICA: symmetric, contrast log cosh, from a seeded random start. The whitened data are
 * made anew from the sparse rows in each iteration, so memory is some arrays of nComponents × nUnits.
 * Follows scikit-learn's FastICA (whitening by SVD) step by step: on the same rows it takes as many iterations and
 * gives the same components in the same order.
 * @param eigen of the units' covariance with ddof 1, as many vectors as components or more; the first `nComponents`
 *   eigenvalues must be positive
 * Source: Hyvärinen & Oja 2000, Neural Networks, doi 10.1016/S0893-6080(00)00026-5
 */
export function fastIca(
  data: StandardisedRows,
  eigen: Eigen,
  nComponents: number,
  options: IcaOptions,
): IcaResult {
  return search(data, makeWhitening(eigen, nComponents, data.nRows), nComponents, options);
}

/**
 * Independent components of a few linear combinations of the standardised units, such as projections on principal
 * components. They are whitened as `fastIca` whitens units; the combinations themselves are never stored, since what
 * whitens them is a linear map of the units too.
 * @param combinations one vector over the units of interest per combination; there are as many components
 * @param covariance of the standardised units, ddof 1, row-major
 * @throws NumericError when the combinations depend on each other
 */
export function fastIcaOfCombinations(
  data: StandardisedRows,
  combinations: readonly Float64Array[],
  covariance: Float64Array,
  options: IcaOptions,
): IcaResult {
  const k = combinations.length;
  const n = data.means.length;
  const flat = new Float64Array(k * n);
  combinations.forEach((combination, c) => {
    flat.set(combination, c * n);
  });
  const eigen = symmetricEigen(covarianceOf(flat, covariance, k, n), k);
  if (!(eigen.values[k - 1] > 1e-12 * eigen.values[0])) {
    throw new NumericError({
      code: 'DEPENDENT_COMPONENTS',
      found: `${k} components of which one follows from the others`,
      expected: 'components that vary independently',
      hint: 'ask for fewer assemblies',
    });
  }
  const whitening = multiply(makeWhitening(eigen, k, data.nRows), flat, k, k, n);
  return search(data, whitening, k, options);
}

/** A warning where the search has ended without converging. */
export function warnUnconverged(
  { isConverged, nIterations, limits }: Omit<IcaResult, 'components'>,
  { tolerance }: IcaOptions,
): string[] {
  if (isConverged) return [];
  const last = limits.at(-1)?.toPrecision(3);
  return [
    `ICA has not converged in ${nIterations} iterations: the last one turned a component by ${last}, the tolerance is ${tolerance}`,
  ];
}

/** Covariance of combinations: L C Lᵀ, both triangles. */
function covarianceOf(
  combinations: Float64Array,
  covariance: Float64Array,
  k: number,
  n: number,
): Float64Array {
  const half = multiply(combinations, covariance, k, n, n);
  const made = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = a; b < k; b++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += half[a * n + i] * combinations[b * n + i];
      made[a * k + b] = dot;
      made[b * k + a] = dot;
    }
  }
  return made;
}

function search(
  data: StandardisedRows,
  whitening: Float64Array,
  k: number,
  { maxIterations, tolerance, seed }: IcaOptions,
): IcaResult {
  let unmixing = decorrelate(standardNormals(seed, k * k), k);
  const limits: number[] = [];
  const n = data.means.length;
  const respond = createResponses(data, countLikeRows(data), k);
  let isConverged = false;
  while (!isConverged && limits.length < maxIterations) {
    const responses = respond(multiply(unmixing, whitening, k, k, n));
    const next = decorrelate(update(data, responses, whitening, unmixing, k), k);
    const limit = largestChange(next, unmixing, k);
    limits.push(limit);
    unmixing = next;
    isConverged = limit < tolerance;
  }
  const flat = multiply(unmixing, whitening, k, k, n);
  const components = Array.from({ length: k }, (_, c) => flat.slice(c * n, (c + 1) * n));
  return { components, nIterations: limits.length, isConverged, limits };
}

/**
 * The matrix, shape [k, nUnits], that gives standardised rows unit variance without correlation. The sign of an
 * eigenvector is arbitrary; it is chosen so that the first unit counts positive, because the start of the search,
 * and with it the order of components, depends on it.
 */
function makeWhitening({ values, vectors }: Eigen, k: number, nRows: number): Float64Array {
  const n = vectors[0]?.length ?? 0;
  const whitening = new Float64Array(k * n);
  for (let c = 0; c < k; c++) {
    const vector = vectors[c];
    // Whitened rows have variance 1 with ddof 0.
    const sd = Math.sqrt((values[c] * (nRows - 1)) / nRows);
    const factor = vector[0] < 0 ? -1 / sd : 1 / sd;
    for (let i = 0; i < n; i++) whitening[c * n + i] = vector[i] * factor;
  }
  return whitening;
}

/** One fixed-point step before decorrelation: E[g(Wx) xᵀ] - E[g'(Wx)] W with g = tanh, over whitened rows x. */
function update(
  { means, scales, nRows }: StandardisedRows,
  { sums, slopes, products }: ResponseSums,
  whitening: Float64Array,
  unmixing: Float64Array,
  k: number,
): Float64Array {
  const n = means.length;
  const next = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const centred = (products[i * k + a] - sums[a] * means[i]) / scales[i];
        sum += centred * whitening[b * n + i];
      }
      next[a * k + b] = sum / nRows - (slopes[a] / nRows) * unmixing[a * k + b];
    }
  }
  return next;
}

/** (W Wᵀ)^(-1/2) W: the nearest matrix with orthonormal rows. */
function decorrelate(matrix: Float64Array, k: number): Float64Array {
  const smallestNormal = 2 ** -1022;
  const gram = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = a; b < k; b++) {
      let dot = 0;
      for (let i = 0; i < k; i++) dot += matrix[a * k + i] * matrix[b * k + i];
      gram[a * k + b] = dot;
      gram[b * k + a] = dot;
    }
  }
  const { values, vectors } = symmetricEigen(gram, k);
  const root = new Float64Array(k * k);
  for (let e = 0; e < k; e++) {
    const vector = vectors[e];
    const factor = 1 / Math.sqrt(Math.max(values[e], smallestNormal));
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) root[a * k + b] += vector[a] * vector[b] * factor;
    }
  }
  return multiply(root, matrix, k, k, k);
}

/** How far the direction of any row has moved, its sign aside: max |1 - |cos||. */
function largestChange(next: Float64Array, previous: Float64Array, k: number): number {
  let largest = 0;
  for (let a = 0; a < k; a++) {
    let dot = 0;
    for (let i = 0; i < k; i++) dot += next[a * k + i] * previous[a * k + i];
    largest = Math.max(largest, Math.abs(Math.abs(dot) - 1));
  }
  return largest;
}

/** Product of row-major matrices of shapes [rows, inner] and [inner, columns]. */
function multiply(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inner; i++) {
      const factor = left[row * inner + i];
      for (let column = 0; column < columns; column++) {
        product[row * columns + column] += factor * right[i * columns + column];
      }
    }
  }
  return product;
}
