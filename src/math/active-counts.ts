import type { StandardisedRows } from './ica-responses.ts';
import { createSparseSums, type SparseRows, type SparseSums } from './sparse-covariance.ts';

/** Counts of many units, of which only those that vary take part. */
export interface ActiveCounts {
  readonly rows: Iterable<SparseRows>;
  readonly sums: SparseSums;
  /** Indices of the units that take part, ascending. */
  readonly active: Int32Array;
  /** What the counts of each unit that takes part are divided by. */
  readonly scales: Float64Array;
}

/** @param scales one per unit, those that do not take part included; a unit whose scale is 0 is left out */
export function selectActive(
  rows: Iterable<SparseRows>,
  sums: SparseSums,
  scales: Float64Array,
): ActiveCounts {
  const isConstant = sums.isConstant();
  const active = Int32Array.from(scales.keys()).filter(
    (unit) => isConstant[unit] === 0 && scales[unit] !== 0,
  );
  return { rows, sums, active, scales: Float64Array.from(active, (unit) => scales[unit]) };
}

/** Place of each unit among those that take part; their number for all others. */
export function slotsOf({ active, sums }: ActiveCounts): Int32Array {
  const slots = new Int32Array(sums.nUnits).fill(active.length);
  active.forEach((unit, slot) => {
    slots[unit] = slot;
  });
  return slots;
}

/** The counts as independent components are sought in them: centred by their own means. */
export function standardise(counts: ActiveCounts): StandardisedRows {
  const { rows, sums, active, scales } = counts;
  const means = Float64Array.from(active, (unit) => sums.sums[unit] / sums.nRows);
  return { rows, nRows: sums.nRows, slots: slotsOf(counts), means, scales };
}

/** Those rows of the counts for which `isWanted` says so, by parts of the whole that it is asked about in order. */
export function* selectRows(
  rows: Iterable<SparseRows>,
  partOf: (row: number) => number,
  isWanted: (part: number) => boolean,
): Generator<SparseRows> {
  let first = 0;
  for (const { nBins, offsets, units, values } of rows) {
    for (let from = 0; from < nBins; ) {
      const part = partOf(first + from);
      let end = from + 1;
      while (end < nBins && partOf(first + end) === part) end++;
      if (isWanted(part)) {
        yield { nBins: end - from, offsets: offsets.subarray(from, end + 1), units, values };
      }
      from = end;
    }
    first += nBins;
  }
}

/** Sums over rows that can be read again. */
export function sumRows(rows: Iterable<SparseRows>, nUnits: number): SparseSums {
  const sums = createSparseSums(nUnits);
  for (const chunk of rows) sums.add(chunk);
  return sums;
}
