import type { SparseRows } from './sparse-covariance.ts';

/** Rows and entries that make a block: some hundred KB unpacked. */
const blockRows = 16_384;
const blockEntries = 32_768;

/** Joins rows of small chunks, of which a long recording has very many, to blocks. */
export interface RowBlocks {
  /** @returns the block that is full with these rows, which holds until the next rows are added */
  readonly add: (rows: SparseRows) => SparseRows | undefined;
  /** The rows that wait for a block to be full. */
  readonly rest: () => SparseRows | undefined;
}

/** Memory: a block, or twice what the largest chunk takes. */
export function createRowBlocks(): RowBlocks {
  let offsets = new Int32Array(256);
  let units = new Int32Array(256);
  let values = new Float64Array(256);
  let nBins = 0;

  function makeRoom(nRows: number, nEntries: number): void {
    if (nRows >= offsets.length) offsets = moved(new Int32Array(2 * nRows), offsets);
    if (nEntries <= units.length) return;
    units = moved(new Int32Array(2 * nEntries), units);
    values = moved(new Float64Array(2 * nEntries), values);
  }

  function rest(): SparseRows | undefined {
    if (nBins === 0) return undefined;
    const rows = { nBins, offsets, units, values };
    nBins = 0;
    return rows;
  }

  function add(rows: SparseRows): SparseRows | undefined {
    const [from, to] = [rows.offsets[0], rows.offsets[rows.nBins]];
    const end = offsets[nBins];
    makeRoom(nBins + rows.nBins, end + to - from);
    units.set(rows.units.subarray(from, to), end);
    values.set(rows.values.subarray(from, to), end);
    for (let row = 1; row <= rows.nBins; row++) {
      offsets[nBins + row] = rows.offsets[row] - from + end;
    }
    nBins += rows.nBins;
    return nBins < blockRows && offsets[nBins] < blockEntries ? undefined : rest();
  }

  return { add, rest };
}

function moved<T extends Int32Array | Float64Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}
