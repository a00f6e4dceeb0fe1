/** Counts unit by unit: the entries of unit `u` are `offsets[u]` to `offsets[u + 1]` of `bins` and `values`. */
export interface SparseColumns {
  readonly nBins: number;
  readonly offsets: Int32Array;
  readonly bins: Int32Array;
  readonly values: Float64Array;
}

/** z-scored counts as a dense matrix, one array per unit. */
export function standardisedRows(columns: SparseColumns, nUnits: number): Float64Array[] {
  const { nBins, offsets, bins, values } = columns;
  return Array.from({ length: nUnits }, (_, unit) => {
    const row = new Float64Array(nBins);
    for (let e = offsets[unit]; e < offsets[unit + 1]; e++) row[bins[e]] = values[e];
    const mean = row.reduce((sum, x) => sum + x, 0) / nBins;
    const sd = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / nBins);
    return row.map((x) => (x - mean) / sd);
  });
}

/**
 * Permutes each row in place (mean 0 stays mean 0), fills the upper triangle of the covariance and takes its largest
 * eigenvalue, over and over.
 */
export function denseMaxima(
  rows: readonly Float64Array[],
  nShuffles: number,
  randomOf: (row: number) => () => number,
  largest: (matrix: Float64Array, n: number) => number,
): number[] {
  const nUnits = rows.length;
  const random = rows.map((_, row) => randomOf(row));
  const covariance = new Float64Array(nUnits * nUnits);
  return Array.from({ length: nShuffles }, () => {
    rows.forEach((row, index) => {
      permute(row, random[index]);
    });
    for (let i = 0; i < nUnits; i++) {
      for (let j = i; j < nUnits; j++) {
        covariance[j * nUnits + i] = dot(rows[i], rows[j]) / (rows[i].length - 1);
      }
    }
    return largest(covariance, nUnits);
  });
}

function permute(row: Float64Array, uint32: () => number): void {
  for (let i = row.length - 1; i > 0; i--) {
    const other = (uint32() * 2 ** -32 * (i + 1)) | 0;
    const held = row[i];
    row[i] = row[other];
    row[other] = held;
  }
}

/** Four sums at once: one alone would wait for each addition to end. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
