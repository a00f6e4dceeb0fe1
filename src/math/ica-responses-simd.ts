import type { ResponseAdder } from './ica-responses.ts';
import { icaResponsesWasm } from './ica-responses-wasm.ts';
import type { SparseRows } from './sparse-covariance.ts';
import { tanhTable } from './tanh.ts';
import { openKernel } from './wasm-kernel.ts';

/** Components that are made together, and fewer that are where no more are left. */
const groupSize = 8;
const smallGroup = 4;

/** Rows and entries that are added at once, at most; a row of more entries is added by itself. */
const blockRows = 1024;
const blockEntries = 8192;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly list: (
    offsets: number,
    nRows: number,
    units: number,
    values: number,
    nEntries: number,
    width: number,
    most: number,
    spans: number,
  ) => number;
  readonly add: AddListed;
  readonly addFour: AddListed;
}

type AddListed = (
  spans: number,
  lastSpan: number,
  toValues: number,
  counts: number,
  gains: number,
  products: number,
  rest: number,
  sums: number,
  slopes: number,
) => void;

/**
 * Responses by WebAssembly, two numbers at a time: the operations of `createPlainAdder` in their order, so the same to
 * the last bit, in a quarter of the time. Undefined where that cannot be had.
 * Memory: two tables of a number per unit and component, and 200 kB for some rows; more where a row may name more than
 * 8192 units.
 * @param most most entries of a row that is counted among rows that are alike
 */
export function createSimdAdder(
  nUnits: number,
  k: number,
  most: number,
): ResponseAdder | undefined {
  const width = Math.ceil(k / smallGroup) * smallGroup;
  const mostEntries = Math.max(blockEntries, nUnits);
  // Where everything stands, in bytes: first the table, with room for all that the kernel takes for a place in it.
  const gainsAt = 2048 * 8;
  const productsAt = gainsAt + nUnits * width * 8;
  const restAt = productsAt + nUnits * width * 8;
  const sumsAt = restAt + width * 8;
  const slopesAt = sumsAt + width * 8;
  const onesAt = slopesAt + width * 8;
  const countsAt = onesAt + blockRows * 8;
  const valuesAt = countsAt + blockRows * 8;
  const unitsAt = valuesAt + mostEntries * 8;
  // Units are read four at a time.
  const offsetsAt = unitsAt + (mostEntries + 3) * 4;
  const spansAt = offsetsAt + (blockRows + 1) * 4;
  const kernel = openKernel<Kernel>(icaResponsesWasm, spansAt + blockRows * 8);
  if (!kernel) return undefined;
  const { memory, list, add: addEight, addFour } = kernel;
  const { buffer } = memory;
  new Float64Array(buffer, 0, tanhTable.length).set(tanhTable);
  new Float64Array(buffer, onesAt, blockRows).fill(1);
  const ownCounts = new Float64Array(buffer, countsAt, blockRows);
  const ownValues = new Float64Array(buffer, valuesAt, mostEntries);
  const ownUnits = new Int32Array(buffer, unitsAt, mostEntries);
  const ownOffsets = new Int32Array(buffer, offsetsAt, blockRows + 1);
  // An entry's value stands twice as far behind the first one as its unit.
  const toValues = valuesAt - 2 * unitsAt;

  function addRows(
    { offsets, units, values }: SparseRows,
    from: number,
    to: number,
    most: number,
    counts: number,
  ): void {
    const [first, last] = [offsets[from], offsets[to]];
    const [nRows, n] = [to - from, last - first];
    ownOffsets.set(offsets.subarray(from, to + 1));
    ownUnits.set(units.subarray(first, last));
    ownValues.set(values.subarray(first, last));
    const end = list(offsetsAt, nRows, unitsAt, valuesAt, n, width * 8, most, spansAt);
    for (let at = 0; at < width * 8; at += groupSize * 8) {
      const [gains, products, rest] = [gainsAt + at, productsAt + at, restAt + at];
      const [sums, slopes] = [sumsAt + at, slopesAt + at];
      const addListed = at + groupSize * 8 > width * 8 ? addFour : addEight;
      addListed(spansAt, end, toValues, counts, gains, products, rest, sums, slopes);
    }
  }

  /** Calls with the rows from which to which each block reaches. */
  function inBlocks({ nBins, offsets }: SparseRows, call: (from: number, to: number) => void) {
    for (let from = 0; from < nBins; ) {
      let to = from + 1;
      const end = Math.min(nBins, from + blockRows);
      while (to < end && offsets[to + 1] - offsets[from] <= mostEntries) to++;
      call(from, to);
      from = to;
    }
  }

  return {
    width,
    gains: new Float64Array(buffer, gainsAt, nUnits * width),
    rest: new Float64Array(buffer, restAt, width),
    sums: new Float64Array(buffer, sumsAt, width),
    slopes: new Float64Array(buffer, slopesAt, width),
    products: new Float64Array(buffer, productsAt, nUnits * width),
    add: (rows) => inBlocks(rows, (from, to) => addRows(rows, from, to, most, onesAt)),
    addTimes: (rows, counts) =>
      inBlocks(rows, (from, to) => {
        ownCounts.set(counts.subarray(from, to));
        addRows(rows, from, to, 0, countsAt);
      }),
  };
}
