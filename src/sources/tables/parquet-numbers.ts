import type { Compressors } from 'hyparquet';
import { type Page, type PagedColumn, walkPages } from './parquet-pages.ts';

/** Types of numbers, by the bytes that one takes. */
const widths: Readonly<Record<string, number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 };

/** Encodings of numbers that are read here; RLE is that of the levels of columns that may hold nulls. */
const encodings: ReadonlySet<string> = new Set([
  'PLAIN',
  'PLAIN_DICTIONARY',
  'RLE_DICTIONARY',
  'RLE',
  'BIT_PACKED',
]);

/** Whether a column is one that `readNumbers` reads, where it holds no nulls. */
export function holdsPlainNumbers(type: string, used: readonly string[]): boolean {
  return widths[type] !== undefined && used.every((encoding) => encodings.has(encoding));
}

/**
 * Reads the numbers of a column in one row group straight to where they are wanted: integers and floating point numbers,
 * plain or from a dictionary. Integers of 64 bits are rounded to the nearest number.
 * @param into room for `nRows` numbers at least; what it holds has no meaning where there are nulls
 * @returns false where some are null
 * @throws Error for what no writer would write
 */
export function readNumbers(
  chunk: Uint8Array,
  column: PagedColumn,
  nRows: number,
  decoders: Compressors,
  into: Float64Array,
): boolean {
  let dictionary = new Float64Array(0);
  let row = 0;
  let isWhole = true;
  walkPages(chunk, column, nRows, decoders, (page) => {
    if (page.kind === 'dictionary') dictionary = Float64Array.from(plainNumbers(page, column));
    else isWhole &&= page.nValues === page.nRows;
    if (page.kind === 'dictionary' || !isWhole) return;
    if (page.encoding === 'PLAIN') into.set(plainNumbers(page, column), row);
    else if (page.encoding.endsWith('_DICTIONARY')) lookUp(page, dictionary, into, row);
    else throw new Error(`numbers in encoding ${page.encoding}`);
    row += page.nRows;
  });
  return isWhole;
}

/** The numbers of a page where they stand; copied, where they are not aligned or of a type that JavaScript has not. */
function plainNumbers({ bytes, at, nValues }: Page, { type, isUnsigned }: PagedColumn) {
  const size = nValues * widths[type];
  if (size > bytes.length - at) throw new Error(`${nValues} values in ${bytes.length - at} bytes`);
  const start = bytes.byteOffset + at;
  const isAligned = start % widths[type] === 0;
  const buffer = (isAligned ? bytes : bytes.slice(at, at + size)).buffer as ArrayBuffer;
  const from = isAligned ? start : 0;
  if (type === 'DOUBLE') return new Float64Array(buffer, from, nValues);
  if (type === 'FLOAT') return new Float32Array(buffer, from, nValues);
  if (type === 'INT64') return toDoubles(new Int32Array(buffer, from, 2 * nValues), isUnsigned);
  const Integers = isUnsigned ? Uint32Array : Int32Array;
  return new Integers(buffer, from, nValues);
}

/** @param halves those of 64 bit integers, the lower ones first; their sum is rounded once, as the integer would be */
function toDoubles(halves: Int32Array, isUnsigned: boolean): Float64Array {
  const doubles = new Float64Array(halves.length >> 1);
  for (let i = 0; i < doubles.length; i++) {
    const [low, high] = [halves[2 * i] >>> 0, halves[2 * i + 1]];
    doubles[i] = (isUnsigned ? high >>> 0 : high) * 2 ** 32 + low;
  }
  return doubles;
}

/**
 * Numbers by their index in a dictionary. The runs of indices were followed to their end before.
 * Source: the Parquet format, "Data encodings", run length encoding / bit-packing hybrid
 */
function lookUp(
  { bytes, at, nRows }: Page,
  dictionary: Float64Array,
  into: Float64Array,
  row: number,
): void {
  const width = bytes[at];
  let position = at + 1;
  for (let done = 0; done < nRows; ) {
    // One value alone needs no bits, and no runs.
    let header = width === 0 ? nRows << 1 : 0;
    for (let shift = 0, isLast = width === 0; !isLast; shift += 7) {
      header |= (bytes[position] & 0x7f) << shift;
      isLast = bytes[position++] < 0x80;
    }
    const length = header >>> 1;
    if (header & 1) {
      const n = Math.min(length * 8, nRows - done);
      lookUpPacked(bytes, position, width, n, dictionary, into, row + done);
      position += Math.max(1, length * width);
      done += length * 8;
    } else {
      let index = 0;
      for (let i = 0; i < (width + 7) >> 3; i++) index |= bytes[position++] << (8 * i);
      checkIndex(index, dictionary);
      into.fill(dictionary[index], row + done, row + Math.min(nRows, done + length));
      done += length;
    }
  }
}

/** Indices of `width` bits, one behind the other from the lowest bit of the first byte on. */
function lookUpPacked(
  bytes: Uint8Array,
  from: number,
  width: number,
  n: number,
  dictionary: Float64Array,
  into: Float64Array,
  row: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let bits = 0;
  let nBits = 0;
  let position = from;
  for (let i = 0; i < n; i++) {
    let index = bits;
    if (nBits >= width) {
      bits >>>= width;
      nBits -= width;
    } else {
      // Less than a byte is left over.
      let have = nBits;
      let last = 0;
      while (have < width) {
        last = bytes[position++];
        index |= last << have;
        have += 8;
      }
      nBits = have - width;
      bits = last >>> (8 - nBits);
    }
    index &= mask;
    checkIndex(index, dictionary);
    into[row + i] = dictionary[index];
  }
}

function checkIndex(index: number, { length }: Float64Array): void {
  if (index >= 0 && index < length) return;
  throw new Error(`value ${index >>> 0} of a dictionary of ${length}`);
}
