import type { CountsChunk } from '../model/chunk.ts';
import { reflect } from './gaussian-kernel.ts';
import { createKernelSums, type TakeValues } from './kernel-sums.ts';
import { createRowBuilder, type RowBuilder } from './sparse-rows.ts';

/**
 * The stretch of a sequence of rows that a kernel may still reach; positions count from the
 * sequence's first row.
 */
export interface SmoothingWindow {
  /** Rows seen so far, those no longer held included. */
  readonly length: () => number;
  readonly appendRows: (chunk: CountsChunk) => void;
  readonly appendMissing: (n: number) => void;
  readonly isMissing: (position: number) => boolean;
  /** Adds the smoothed rows at positions `from` to `to`, none of which may be missing, to `rows`. */
  readonly smoothInto: (rows: RowBuilder, from: number, to: number) => void;
  /** The values of the same rows, for `take`: those of a unit in the order of their rows, the units in any. */
  readonly smoothByUnit: (take: TakeValues, from: number, to: number) => void;
  /** Lets go of all rows before `position`. */
  readonly dropBefore: (position: number) => void;
  /** Starts a new sequence. */
  readonly clear: () => void;
}

/** Memory: the rows held, sparse, the room for at most as many more, and what is made of some hundred at once. */
export function createSmoothingWindow(nUnits: number, kernel: Float64Array): SmoothingWindow {
  const radius = (kernel.length - 1) / 2;
  const sums = createKernelSums(nUnits, kernel);
  const nearRow = createRowBuilder(nUnits);
  let offsets = new Int32Array(64);
  let missing = new Uint8Array(64);
  let units = new Int32Array(256);
  let values = new Float64Array(256);
  let first = 0;
  let nHeld = 0;
  let nMissing = 0;

  const length = (): number => first + nHeld;

  function reserve(nRows: number, nEntries: number): void {
    if (nHeld + nRows >= offsets.length) {
      offsets = copied(new Int32Array(2 * (nHeld + nRows + 1)), offsets);
      missing = copied(new Uint8Array(2 * (nHeld + nRows + 1)), missing);
    }
    const needed = offsets[nHeld] + nEntries;
    if (needed <= units.length) return;
    units = copied(new Int32Array(2 * needed), units);
    values = copied(new Float64Array(2 * needed), values);
  }

  function appendRows(chunk: CountsChunk): void {
    const { nBins } = chunk;
    const from = chunk.offsets[0];
    const to = chunk.offsets[nBins];
    reserve(nBins, to - from);
    const shift = offsets[nHeld] - from;
    units.set(chunk.units.subarray(from, to), offsets[nHeld]);
    values.set(chunk.values.subarray(from, to), offsets[nHeld]);
    for (let row = 1; row <= nBins; row++) offsets[nHeld + row] = chunk.offsets[row] + shift;
    missing.fill(0, nHeld, nHeld + nBins);
    nHeld += nBins;
  }

  function appendMissing(n: number): void {
    reserve(n, 0);
    offsets.fill(offsets[nHeld], nHeld + 1, nHeld + n + 1);
    missing.fill(1, nHeld, nHeld + n);
    nHeld += n;
    nMissing += n;
  }

  /**
   * Where the row lies that position `q` stands for, which may be before the first or after the
   * last.
   */
  function rowAt(q: number): number {
    return (q >= 0 && q < length() ? q : reflect(q, length())) - first;
  }

  /**
   * Cuts positions `from` to `to` where the work on them differs: `far` are rows of one weight that the kernel reaches no
   * end from, `near` is one other row.
   */
  function eachPart(
    from: number,
    to: number,
    far: (from: number, to: number, divisor: number) => void,
    near: (position: number, divisor: number) => void,
  ): void {
    let position = from;
    while (position < to) {
      // Whether all rows that the kernel reaches from there are known.
      const isFar = position >= radius && position + radius < length();
      // Where no row is missing, all rows that are far from both ends have the same weight.
      const next = isFar && nMissing === 0 ? Math.min(to, length() - radius) : position + 1;
      const divisor = nMissing === 0 ? 1 : weightOfPresent(position - radius);
      if (isFar) far(position, next, divisor);
      else near(position, divisor);
      position = next;
    }
  }

  function smoothInto(rows: RowBuilder, from: number, to: number): void {
    eachPart(
      from,
      to,
      (start, end, divisor) => sums.emit(held(), start, end, divisor, rows),
      (position, divisor) => addUp(rows, position - radius, divisor),
    );
  }

  function smoothByUnit(take: TakeValues, from: number, to: number): void {
    eachPart(
      from,
      to,
      (start, end, divisor) => sums.emitByUnit(held(), start, end, divisor, take),
      (position, divisor) => {
        addUp(nearRow, position - radius, divisor);
        const row = nearRow.take();
        row.units.forEach((unit, entry) => {
          take(unit, row.values, entry, entry + 1);
        });
      },
    );
  }

  const held = () => ({ offsets, units, values, first });

  /** Adds the rows from `from` on, mirrored at both ends, each times its weight. */
  function addUp(rows: RowBuilder, from: number, divisor: number): void {
    const entries = held();
    for (let i = 0; i < kernel.length; i++) {
      const row = rowAt(from + i);
      if (offsets[row] === offsets[row + 1]) continue;
      rows.addScaled(entries, offsets[row], offsets[row + 1], kernel[i]);
    }
    rows.closeRow(divisor);
  }

  /** Sum of the kernel over rows that are not missing; exactly 1 where none is. */
  function weightOfPresent(from: number): number {
    let weight = 0;
    let hasMissing = false;
    for (let i = 0; i < kernel.length; i++) {
      if (missing[rowAt(from + i)] === 1) hasMissing = true;
      else weight += kernel[i];
    }
    return hasMissing ? weight : 1;
  }

  function dropBefore(position: number): void {
    const n = position - first;
    // Moving rows costs as much as there are left, so it waits until as many can go.
    if (n <= nHeld - n) return;
    const from = offsets[n];
    const to = offsets[nHeld];
    units.copyWithin(0, from, to);
    values.copyWithin(0, from, to);
    for (let row = 0; row < n; row++) nMissing -= missing[row];
    missing.copyWithin(0, n, nHeld);
    nHeld -= n;
    for (let row = 0; row <= nHeld; row++) offsets[row] = offsets[row + n] - from;
    first = position;
  }

  function clear(): void {
    first = 0;
    nHeld = 0;
    nMissing = 0;
  }

  const isMissing = (position: number): boolean => missing[position - first] === 1;
  return {
    length,
    appendRows,
    appendMissing,
    isMissing,
    smoothInto,
    smoothByUnit,
    dropBefore,
    clear,
  };
}

function copied<T extends Int32Array | Uint8Array | Float64Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}
