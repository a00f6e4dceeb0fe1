import fc from 'fast-check';
import type { CountColumns } from '../../src/math/shuffle-columns.ts';
import { columnsOf } from '../../src/math/shuffle-columns.ts';
import { countsChunk } from './zscored-chunks.ts';

/** Columns of dense rows, all units in their order. */
export function denseColumns(rows: readonly ArrayLike<number>[]): CountColumns {
  const nUnits = rows[0]?.length ?? 0;
  return columnsOf(
    [countsChunk(rows, nUnits)],
    Int32Array.from(rows[0] ?? [], (_, i) => i),
    nUnits,
  );
}

/** Dense rows again, each entry in the bin given for it. */
export function denseRows({ nBins, offsets, values }: CountColumns, bins: Int32Array): number[][] {
  const nUnits = offsets.length - 1;
  const rows = Array.from({ length: nBins }, () => new Array<number>(nUnits).fill(0));
  for (let unit = 0; unit < nUnits; unit++) {
    for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      rows[bins[entry]][unit] = values[entry];
    }
  }
  return rows;
}

/** Small counts: 1 to 5 units over 2 to 30 bins, empty units and full ones included. */
export function smallCounts(): fc.Arbitrary<number[][]> {
  return fc.integer({ min: 1, max: 5 }).chain((nUnits) =>
    fc.array(fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: nUnits, maxLength: nUnits }), {
      minLength: 2,
      maxLength: 30,
    }),
  );
}
