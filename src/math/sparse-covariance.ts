import type { CountsChunk } from '../model/chunk.ts';

/** Bins of counts, sparse by rows, without their place in time. */
export type SparseRows = Pick<CountsChunk, 'nBins' | 'offsets' | 'units' | 'values'>;

/** Sums over all rows so far. */
export interface SparseSums {
  readonly nUnits: number;
  readonly nRows: number;
  /** Σx of each unit. */
  readonly sums: Float64Array;
  /** Σxᵢxⱼ for i <= j, shape [nUnits, nUnits]; what lies below the diagonal is 0. */
  readonly products: Float64Array;
  /** 1 for each unit whose value has been the same in all rows; it is 0 in the rows that do not name the unit. */
  readonly isConstant: () => Uint8Array;
  readonly add: (rows: SparseRows) => void;
}

/**
 * Sums that grow with the rows given to `add`. Each row is added by itself and in order, so the sums do not depend on
 * how rows are parted into chunks; for whole counts they are exact. Memory: nUnits² numbers.
 */
export function createSparseSums(nUnits: number): SparseSums {
  const sums = new Float64Array(nUnits);
  const products = new Float64Array(nUnits * nUnits);
  const nNamed = new Float64Array(nUnits);
  const min = new Float64Array(nUnits).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(nUnits).fill(Number.NEGATIVE_INFINITY);
  let nRows = 0;

  function add({ nBins, offsets, units, values }: SparseRows): void {
    for (let row = 0; row < nBins; row++) {
      const end = offsets[row + 1];
      for (let a = offsets[row]; a < end; a++) {
        const unit = units[a];
        const x = values[a];
        nNamed[unit]++;
        sums[unit] += x;
        if (x < min[unit]) min[unit] = x;
        if (x > max[unit]) max[unit] = x;
        const base = unit * nUnits;
        for (let b = a; b < end; b++) products[base + units[b]] += x * values[b];
      }
    }
    nRows += nBins;
  }

  function isConstant(): Uint8Array {
    return Uint8Array.from(sums, (_, unit) => {
      const isZero = nNamed[unit] === 0 || (min[unit] === 0 && max[unit] === 0);
      return isZero || (nNamed[unit] === nRows && min[unit] === max[unit]) ? 1 : 0;
    });
  }

  return {
    nUnits,
    get nRows() {
      return nRows;
    },
    sums,
    products,
    isConstant,
    add,
  };
}

/**
 * Covariance (ddof 1) of some units after division of each by its scale.
 * @param units indices, ascending
 * @param scales one per entry of `units`; the standard deviations make it the correlation matrix times n / (n - 1)
 * @returns both triangles, row-major, shape [units.length, units.length]; needs at least two rows
 */
export function scaledCovariance(
  { nRows, nUnits, sums, products }: SparseSums,
  units: Int32Array,
  scales: Float64Array,
): Float64Array {
  const n = units.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const product = products[units[i] * nUnits + units[j]];
      // The difference of whole numbers is exact; that of their quotients would cancel.
      const deviation = nRows * product - sums[units[i]] * sums[units[j]];
      const value = deviation / (nRows * (nRows - 1)) / (scales[i] * scales[j]);
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
  return covariance;
}
