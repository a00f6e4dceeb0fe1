import type { SparseRows } from './sparse-covariance.ts';

/** Rows in the narrowest numbers that hold them: two bytes per entry and one per row, for the counts of 256 units. */
export interface PackedRows {
  /** Entries of each row. */
  readonly lengths: Whole;
  readonly units: Whole;
  readonly values: Uint8Array | Float64Array;
}

type Whole = Uint8Array | Uint16Array | Uint32Array;
type Width = 1 | 2 | 4;

/** What arrays hold packed rows, without the rows. */
export interface PackedShape {
  readonly nRows: number;
  readonly nEntries: number;
  readonly lengthWidth: Width;
  readonly unitWidth: Width;
  readonly valueWidth: 1 | 8;
}

/** Copies rows. */
export function packRows({ nBins, offsets, units, values }: SparseRows): PackedRows {
  const [from, to] = [offsets[0], offsets[nBins]];
  const lengths = new Int32Array(nBins);
  for (let row = 0; row < nBins; row++) lengths[row] = offsets[row + 1] - offsets[row];
  const named = units.subarray(from, to);
  const counts = values.subarray(from, to);
  const packed = makeRoom({
    nRows: nBins,
    nEntries: to - from,
    lengthWidth: widthOf(lengths),
    unitWidth: widthOf(named),
    valueWidth: counts.every(isSmallCount) ? 1 : 8,
  });
  packed.lengths.set(lengths);
  packed.units.set(named);
  packed.values.set(counts);
  return packed;
}

/** A 0 is none of them, since it would lose its sign. */
function isSmallCount(value: number): boolean {
  return value >= 1 && value <= 255 && Number.isInteger(value);
}

function widthOf(numbers: Int32Array): Width {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) if (numbers[i] > largest) largest = numbers[i];
  if (largest < 2 ** 8) return 1;
  return largest < 2 ** 16 ? 2 : 4;
}

export function shapeOf({ lengths, units, values }: PackedRows): PackedShape {
  return {
    nRows: lengths.length,
    nEntries: units.length,
    lengthWidth: lengths.BYTES_PER_ELEMENT as Width,
    unitWidth: units.BYTES_PER_ELEMENT as Width,
    valueWidth: values.BYTES_PER_ELEMENT as 1 | 8,
  };
}

/** Arrays of that shape, all 0. */
function makeRoom(shape: PackedShape): PackedRows {
  const { nRows, nEntries, lengthWidth, unitWidth, valueWidth } = shape;
  return {
    lengths: new wholes[lengthWidth](nRows),
    units: new wholes[unitWidth](nEntries),
    values: valueWidth === 1 ? new Uint8Array(nEntries) : new Float64Array(nEntries),
  };
}

/** Arrays of one shape after the other, in the same memory: what stood in those before is lost. */
export function createReusedRoom(): (shape: PackedShape) => PackedRows {
  const memory: ArrayBuffer[] = [];
  const roomOf = (place: number, nBytes: number): ArrayBuffer => {
    const known = memory[place];
    if (known && known.byteLength >= nBytes) return known;
    memory[place] = new ArrayBuffer(2 * nBytes);
    return memory[place];
  };
  return ({ nRows, nEntries, lengthWidth, unitWidth, valueWidth }) => ({
    lengths: new wholes[lengthWidth](roomOf(0, nRows * lengthWidth), 0, nRows),
    units: new wholes[unitWidth](roomOf(1, nEntries * unitWidth), 0, nEntries),
    values: new (valueWidth === 1 ? Uint8Array : Float64Array)(
      roomOf(2, nEntries * valueWidth),
      0,
      nEntries,
    ),
  });
}

const wholes = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

/** Unpacks rows into arrays of its own, where they stay until the next ones are unpacked. */
export function createUnpacker(): (packed: PackedRows) => SparseRows {
  let offsets = new Int32Array(1);
  let units = new Int32Array(0);
  let values = new Float64Array(0);
  return (packed) => {
    const nBins = packed.lengths.length;
    const nEntries = packed.units.length;
    if (nBins >= offsets.length) offsets = new Int32Array(2 * nBins + 1);
    if (nEntries > units.length) {
      units = new Int32Array(2 * nEntries);
      values = new Float64Array(2 * nEntries);
    }
    offsets.set(packed.lengths, 1);
    for (let row = 0; row < nBins; row++) offsets[row + 1] += offsets[row];
    units.set(packed.units);
    values.set(packed.values);
    return { nBins, offsets, units, values };
  };
}
