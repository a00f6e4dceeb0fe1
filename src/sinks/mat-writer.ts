import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import type { FileWriter } from '../define.ts';
import { SinkError } from '../errors.ts';

/** What MATLAB itself allows a variable of this version of the format to take. */
export const maxVariableBytes = 2 ** 31 - 1;

const miType = { int8: 1, uint16: 4, int32: 5, uint32: 6, double: 9, matrix: 14, compressed: 15 };
const mxClass = { cell: 1, struct: 2, char: 4, double: 6 };
const pieceNumbers = 8192;
const fieldNameBytes = 32;

/** Bytes that are made when they are asked for; how many there are is known before. */
interface Element {
  readonly bytes: number;
  readonly pieces: () => Iterable<Uint8Array>;
}

/** A MATLAB value that can be written under a name; within structs and cells the name is empty. */
export type MatNode = (name: string) => Element;

/**
 * A matrix of doubles whose numbers are made when they are written, so that it takes no memory.
 * @param dims rows and columns
 * @param values the numbers in column-major order, anew each time it is called
 */
export function lazyMatrix(dims: readonly number[], values: () => Iterable<number>): MatNode {
  const count = dims.reduce((product, n) => product * n, 1);
  const numbers = element(miType.double, count * 8, function* () {
    let piece = new DataView(new ArrayBuffer(Math.min(count, pieceNumbers) * 8));
    let [at, made] = [0, 0];
    for (const value of values()) {
      piece.setFloat64(at, value, true);
      at += 8;
      made++;
      if (at < piece.byteLength) continue;
      yield new Uint8Array(piece.buffer);
      piece = new DataView(new ArrayBuffer(Math.min(count - made, pieceNumbers) * 8));
      at = 0;
    }
    if (made !== count) throw new RangeError(`${made} numbers for a matrix of ${dims.join(' x ')}`);
  });
  return (name) => matrix(mxClass.double, dims, name, [numbers]);
}

/** A matrix of doubles in column-major order. */
export function matrixOf(values: readonly number[], dims: readonly number[]): MatNode {
  return lazyMatrix(dims, () => values);
}

export function scalar(value: number): MatNode {
  return matrixOf([value], [1, 1]);
}

export function column(values: readonly number[]): MatNode {
  return matrixOf(values, [values.length, 1]);
}

export function row(values: readonly number[]): MatNode {
  return matrixOf(values, [1, values.length]);
}

/** A matrix from its rows, all of them of `nColumns` numbers. */
export function rows(list: readonly (readonly number[])[], nColumns: number): MatNode {
  const columns = Array.from({ length: nColumns }, (_, at) => list.map((line) => line[at]));
  return matrixOf(columns.flat(), [list.length, nColumns]);
}

export function text(value: string): MatNode {
  const codes = Uint16Array.from({ length: value.length }, (_, at) => value.charCodeAt(at));
  const bytes = new Uint8Array(codes.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [at, code] of codes.entries()) view.setUint16(at * 2, code, true);
  const dims = [value.length === 0 ? 0 : 1, value.length];
  return (name) => matrix(mxClass.char, dims, name, [fixed(miType.uint16, bytes)]);
}

/** A cell of one row. */
export function cell(items: readonly MatNode[]): MatNode {
  return (name) => {
    const parts = items.map((item) => item(''));
    return matrix(mxClass.cell, [items.length === 0 ? 0 : 1, items.length], name, parts);
  };
}

export function texts(list: readonly string[]): MatNode {
  return cell(list.map(text));
}

export function struct(fields: Readonly<Record<string, MatNode>>): MatNode {
  const names = Object.keys(fields);
  const table = new Uint8Array(names.length * fieldNameBytes);
  for (const [at, name] of names.entries()) {
    if (name.length >= fieldNameBytes) throw new RangeError(`field name ${name} is too long`);
    table.set(new TextEncoder().encode(name), at * fieldNameBytes);
  }
  return (name) =>
    matrix(mxClass.struct, [1, 1], name, [
      fixed(miType.int32, words(fieldNameBytes)),
      fixed(miType.int8, table),
      ...Object.values(fields).map((field) => field('')),
    ]);
}

/**
 * Writes one variable as a MATLAB v5 file, compressed (what `save -v7` writes), and closes it.
 * Memory: the compressed bytes, for their number stands before them.
 * @throws SinkError MAT_TOO_LARGE when the variable takes more than the format can say
 */
export async function writeMat(
  writer: FileWriter,
  description: string,
  variable: string,
  node: MatNode,
): Promise<void> {
  const { bytes, pieces } = node(variable);
  if (bytes > maxVariableBytes) {
    throw new SinkError({
      code: 'MAT_TOO_LARGE',
      where: variable,
      found: `${bytes} bytes`,
      expected: `at most ${maxVariableBytes}`,
    });
  }
  const compressed: Uint8Array[] = [];
  await pipeline(Readable.from(pieces()), createDeflate(), async (deflated) => {
    for await (const piece of deflated as AsyncIterable<Uint8Array>) compressed.push(piece);
  });
  const size = compressed.reduce((sum, piece) => sum + piece.length, 0);
  await writer.write(fileHeader(description));
  await writer.write(words(miType.compressed, size));
  for (const piece of compressed) await writer.write(piece);
  await writer.close();
}

function fileHeader(description: string): Uint8Array {
  const header = new Uint8Array(128).fill(0x20, 0, 116);
  header.set(new TextEncoder().encode(`MATLAB 5.0 MAT-file, ${description}`).subarray(0, 116));
  // Version 1.0, and the mark by which readers tell the order of bytes.
  header.set([0x00, 0x01, 0x49, 0x4d], 124);
  return header;
}

function matrix(
  matClass: number,
  dims: readonly number[],
  name: string,
  parts: readonly Element[],
): Element {
  const all = [
    fixed(miType.uint32, words(matClass, 0)),
    fixed(miType.int32, words(...dims)),
    fixed(miType.int8, new TextEncoder().encode(name)),
    ...parts,
  ];
  const size = all.reduce((sum, { bytes }) => sum + bytes, 0);
  return element(miType.matrix, size, function* () {
    for (const { pieces } of all) yield* pieces();
  });
}

function fixed(type: number, body: Uint8Array): Element {
  return element(type, body.length, () => [body]);
}

/** Tag, body, and zeros up to a multiple of eight. */
function element(type: number, size: number, body: () => Iterable<Uint8Array>): Element {
  const nPadding = (8 - (size % 8)) % 8;
  return {
    bytes: 8 + size + nPadding,
    pieces: function* () {
      yield words(type, size);
      yield* body();
      if (nPadding > 0) yield new Uint8Array(nPadding);
    },
  };
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setUint32(at * 4, value, true);
  return bytes;
}
