import { type CrossMask, maskMatrix } from './cross-matrix.ts';
import { symmetricEigenvalues } from './eigen.ts';
import { largestEigenvalue } from './largest-eigenvalue.ts';
import type { CountColumns } from './shuffle-columns.ts';
import { createGroupPlacement, type GroupShuffleKind, isGroupShuffle } from './shuffle-groups.ts';
import {
  createPlacement,
  type Placement,
  type ShuffleGenerator,
  type ShuffleKind,
} from './shuffle-placement.ts';
import { createShuffledProducts } from './shuffle-products.ts';

/** What a shuffle is made of. */
export interface ShuffleSource {
  readonly columns: CountColumns;
  readonly kind: ShuffleKind | GroupShuffleKind;
  readonly generator: ShuffleGenerator;
  readonly seed: number;
}

/** Shuffled counts, and what z-scores each unit. */
export interface ScaledShuffles extends ShuffleSource {
  /** One per column: the standard deviation its counts are divided by. */
  readonly scales: Float64Array;
  /** Which pairs of units count, where not all do. */
  readonly mask?: CrossMask | undefined;
  /** How many of the largest eigenvalues are wanted; 1 by default. */
  readonly nRanks?: number;
}

/** Some shuffles in a row. */
export interface ShuffleRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Makes the function that gives, for each shuffle of a range, the largest eigenvalues, descending, of the covariance
 * (ddof 1) of the shuffled z-scores, or of the matrix that a mask makes of it. A shuffle leaves each unit's sum and variance as they are: only what two units share is summed
 * anew, over the bins in which both have counts.
 */
export function createShuffleMaxima(
  shuffles: ScaledShuffles,
): (range: ShuffleRange) => Float64Array {
  const { columns, scales, mask, nRanks = 1 } = shuffles;
  const { nBins, offsets, values } = columns;
  const n = scales.length;
  const productsOf = createShuffledProducts(columns, placementOf(shuffles));
  const sums = new Float64Array(n);
  const squares = new Float64Array(n);
  for (let unit = 0; unit < n; unit++) {
    for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      sums[unit] += values[entry];
      squares[unit] += values[entry] ** 2;
    }
  }

  function largest(index: number): Float64Array {
    const matrix = productsOf(index);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = squares[i];
      for (let j = 0; j <= i; j++) {
        const deviation = nBins * matrix[i * n + j] - sums[i] * sums[j];
        matrix[i * n + j] = deviation / (nBins * (nBins - 1)) / (scales[i] * scales[j]);
      }
    }
    if (mask) maskMatrix(matrix, nBins, mask);
    if (nRanks === 1) return Float64Array.of(largestEigenvalue(matrix, n));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j];
    }
    return symmetricEigenvalues(matrix, n).slice(0, nRanks);
  }

  return ({ first, count }) => {
    const values = new Float64Array(count * nRanks);
    for (let k = 0; k < count; k++) values.set(largest(first + k), k * nRanks);
    return values;
  };
}

function placementOf({ columns, kind, generator, seed, mask }: ScaledShuffles): Placement {
  if (!isGroupShuffle(kind)) return createPlacement(columns, kind, generator, seed);
  const oneGroup = new Int32Array(columns.offsets.length - 1);
  return createGroupPlacement(columns, kind, seed, mask?.groupOf ?? oneGroup, generator);
}
