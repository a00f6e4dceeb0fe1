import type { CountsChunk } from '../model/chunk.ts';
import type { Strengths, StrengthTable } from './strengths.ts';
import { strengthsWasm } from './strengths-wasm.ts';
import { openKernel } from './wasm-kernel.ts';

/** Patterns that are made together. */
const groupSize = 8;

/** Rows and entries that are made at once, at most; a row of more entries is made by itself. */
const blockRows = 256;
const blockEntries = 16_384;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly prepare: (
    places: number,
    values: number,
    quadratics: number,
    means: number,
    nEntries: number,
    width: number,
    ends: number,
    lastEnd: number,
    before: number,
  ) => void;
  readonly fill: (
    ends: number,
    nRows: number,
    places: number,
    values: number,
    quadratics: number,
    gains: number,
    atRest: number,
    out: number,
    stride: number,
  ) => void;
}

/**
 * Strengths by WebAssembly, two numbers at a time: the operations of `createPlainStrengths` in their order, so the same to
 * the last bit, in half the time. Undefined where that cannot be had.
 * Memory: the table once more, 20 bytes per entry and 8 per strength of some hundred rows.
 */
export function createSimdStrengths(nUnits: number, nPatterns: number): Strengths | undefined {
  // Without patterns there is nothing to make, and units are nobody's concern.
  if (nPatterns === 0) return undefined;
  const nGroups = Math.ceil(nPatterns / groupSize);
  const mostEntries = Math.max(blockEntries, nUnits);
  const width = nGroups * groupSize;
  // Where everything stands, in bytes.
  const gainsAt = 16;
  const restAt = gainsAt + nUnits * width * 8;
  const meansAt = restAt + width * 2 * 8;
  const outAt = meansAt + nUnits * 8;
  const valuesAt = outAt + width * blockRows * 8;
  const quadraticsAt = valuesAt + mostEntries * 8;
  const placesAt = quadraticsAt + mostEntries * 8;
  const endsAt = placesAt + mostEntries * 4;
  const kernel = openKernel<Kernel>(strengthsWasm, endsAt + blockRows * 4);
  if (!kernel) return undefined;
  const { prepare, fill } = kernel;
  const { buffer } = kernel.memory;
  const gains = new Float64Array(buffer, gainsAt, nUnits * width);
  const atRest = new Float64Array(buffer, restAt, width * 2);
  const means = new Float64Array(buffer, meansAt, nUnits);
  const values = new Float64Array(buffer, valuesAt, mostEntries);
  const quadratics = new Float64Array(buffer, quadraticsAt, mostEntries);
  const places = new Int32Array(buffer, placesAt, mostEntries);
  const ends = new Int32Array(buffer, endsAt, blockRows);
  const made = Array.from(
    { length: nPatterns },
    (_, p) => new Float64Array(buffer, outAt + p * blockRows * 8, blockRows),
  );

  let isKept = false;

  function load(table: StrengthTable): void {
    gains.set(table.gains);
    atRest.set(table.atRest);
    means.set(table.mean);
    isKept = table.diagonal === 'keep';
  }

  function fillRows({ offsets, units, values: x }: CountsChunk, from: number, to: number): void {
    const [first, last] = [offsets[from], offsets[to]];
    const [n, nRows] = [last - first, to - from];
    places.set(units.subarray(first, last));
    values.set(x.subarray(first, last));
    ends.set(offsets.subarray(from + 1, to + 1));
    const lastEnd = endsAt + 4 * nRows;
    prepare(placesAt, valuesAt, quadraticsAt, meansAt, n, width * 8, endsAt, lastEnd, first);
    // Where the diagonal is kept, nothing is taken off.
    if (isKept) quadratics.fill(0, 0, n);
    for (let group = 0; group < nGroups; group++) {
      const offset = group * groupSize * 8;
      const out = outAt + offset * blockRows;
      const [rest, own] = [restAt + 2 * offset, gainsAt + offset];
      fill(endsAt, nRows, placesAt, valuesAt, quadraticsAt, own, rest, out, blockRows * 8);
    }
  }

  function fillAll(counts: CountsChunk): Float64Array[] {
    const { nBins, offsets } = counts;
    const columns = made.map(() => new Float64Array(nBins));
    for (let from = 0; from < nBins; ) {
      let to = from + 1;
      const most = Math.min(nBins, from + blockRows);
      while (to < most && offsets[to + 1] - offsets[from] <= mostEntries) to++;
      fillRows(counts, from, to);
      // What stands behind the rows made is overwritten with those that follow; at the end there is no room for it.
      const isRoom = from + blockRows <= nBins;
      for (let p = 0; p < nPatterns; p++) {
        columns[p].set(isRoom ? made[p] : made[p].subarray(0, to - from), from);
      }
      from = to;
    }
    return columns;
  }

  return { groupSize, load, fill: fillAll };
}
