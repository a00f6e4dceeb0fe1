import type { SparseRows } from './sparse-covariance.ts';

/** A prime, so that pairs of units spread over all places. */
const nKept = 4093;

/** Sparse rows and what standardises the units of interest among those they name. */
export interface StandardisedRows {
  /** Read once per iteration, first to last. */
  readonly rows: Iterable<SparseRows>;
  readonly nRows: number;
  /** Place of each unit of the rows among the units of interest; their number for all others. */
  readonly slots: Int32Array;
  /** Per unit of interest: mean over these rows, and the scale that values are divided by. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
}

/**
 * Sums over rows of t = tanh(y), of 1 - t² and of t·x, where y is the response of each component to the row. A row
 * costs only the units it names; rows that name none respond alike and are counted. Rows are added in order, one by
 * one, so that nothing depends on how they are parted.
 * @param weights shape [k, nUnits]
 * @returns sums and slopes, one per component; products, shape [nUnits, width] with `width` the next multiple of four
 */
export function sumResponses(
  { rows, slots, means, scales }: StandardisedRows,
  weights: Float64Array,
  k: number,
) {
  const n = means.length;
  // Components in groups of four, which share what is read of a row; those that fill the last group respond with 0.
  const width = Math.ceil(k / 4) * 4;
  // Unit by unit, one more slot for the units that do not count: its weights are 0, its products not read.
  const gains = new Float64Array((n + 1) * width);
  const rest = new Float64Array(width);
  for (let a = 0; a < k; a++) {
    for (let i = 0; i < n; i++) {
      gains[i * width + a] = weights[a * n + i] / scales[i];
      rest[a] -= gains[i * width + a] * means[i];
    }
  }
  const sums = new Float64Array(width);
  const slopes = new Float64Array(width);
  const products = new Float64Array((n + 1) * width);
  // Rows of one or two single spikes come again and again: what responds to them is kept, each in a place of its own
  // until another row takes it.
  const keptRows = new Int32Array(nKept);
  const kept = new Float64Array(nKept * width);
  let nEmpty = 0;
  for (const { nBins, offsets, units, values } of rows) {
    for (let row = 0; row < nBins; row++) {
      const start = offsets[row];
      const end = offsets[row + 1];
      if (start === end) {
        nEmpty++;
        continue;
      }
      // 0 where the row is another kind of row.
      let key = 0;
      if (end - start === 1 && values[start] === 1) key = (slots[units[start]] + 1) * (n + 2);
      else if (end - start === 2 && values[start] === 1 && values[start + 1] === 1) {
        key = (slots[units[start]] + 1) * (n + 2) + slots[units[start + 1]] + 1;
      }
      const place = (key % nKept) * width;
      const isKept = key > 0 && keptRows[key % nKept] === key;
      if (key > 0) keptRows[key % nKept] = key;
      for (let a = 0; a < width; a += 4) {
        let t0 = rest[a];
        let t1 = rest[a + 1];
        let t2 = rest[a + 2];
        let t3 = rest[a + 3];
        if (isKept) {
          t0 = kept[place + a];
          t1 = kept[place + a + 1];
          t2 = kept[place + a + 2];
          t3 = kept[place + a + 3];
        } else {
          for (let entry = start; entry < end; entry++) {
            const at = slots[units[entry]] * width + a;
            const x = values[entry];
            t0 += gains[at] * x;
            t1 += gains[at + 1] * x;
            t2 += gains[at + 2] * x;
            t3 += gains[at + 3] * x;
          }
          t0 = Math.tanh(t0);
          t1 = Math.tanh(t1);
          t2 = Math.tanh(t2);
          t3 = Math.tanh(t3);
          if (key > 0) {
            kept[place + a] = t0;
            kept[place + a + 1] = t1;
            kept[place + a + 2] = t2;
            kept[place + a + 3] = t3;
          }
        }
        sums[a] += t0;
        sums[a + 1] += t1;
        sums[a + 2] += t2;
        sums[a + 3] += t3;
        slopes[a] += 1 - t0 * t0;
        slopes[a + 1] += 1 - t1 * t1;
        slopes[a + 2] += 1 - t2 * t2;
        slopes[a + 3] += 1 - t3 * t3;
        for (let entry = start; entry < end; entry++) {
          const at = slots[units[entry]] * width + a;
          const x = values[entry];
          products[at] += t0 * x;
          products[at + 1] += t1 * x;
          products[at + 2] += t2 * x;
          products[at + 3] += t3 * x;
        }
      }
    }
  }
  for (let a = 0; a < k; a++) {
    const t = Math.tanh(rest[a]);
    sums[a] += nEmpty * t;
    slopes[a] += nEmpty * (1 - t * t);
  }
  return { sums, slopes, products, width };
}
