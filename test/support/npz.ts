import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** One NumPy array: numbers of every type as doubles, or texts; row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
}

/** The arrays of a .npz file by name. */
export function readNpz(path: string): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const [name, bytes] of readZip(readFileSync(path))) {
    if (name.endsWith('.npy')) arrays.set(name.slice(0, -4), parseNpy(bytes));
  }
  return arrays;
}

export function readNpy(path: string): NpyArray {
  return parseNpy(readFileSync(path));
}

/** Numbers of the named array. */
export function numbersOf(arrays: Map<string, NpyArray>, name: string): Float64Array {
  const array = arrays.get(name);
  if (!array) throw new Error(`no array ${name}; there are ${[...arrays.keys()].join(', ')}`);
  return array.numbers;
}

/** Rows of the named two-dimensional array. */
export function rowsOf(arrays: Map<string, NpyArray>, name: string): Float64Array[] {
  const numbers = numbersOf(arrays, name);
  const [nRows = 0, width = 0] = arrays.get(name)?.shape ?? [];
  return Array.from({ length: nRows }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

function* readZip(zip: Buffer): Generator<[string, Buffer]> {
  const endAt = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (endAt < 0) throw new Error('not a zip file');
  const nEntries = zip.readUInt16LE(endAt + 10);
  let at = zip.readUInt32LE(endAt + 16);
  for (let entry = 0; entry < nEntries; entry++) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(from, from + size);
    yield [name, method === 0 ? data : inflateRawSync(data)];
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

function parseNpy(bytes: Buffer): NpyArray {
  const isFirstVersion = bytes[6] === 1;
  const headerLength = isFirstVersion ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const dataAt = (isFirstVersion ? 10 : 12) + headerLength;
  const header = bytes.toString('latin1', dataAt - headerLength, dataAt);
  const type = /'descr': '([^']*)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const isColumnMajor = header.includes("'fortran_order': True") && shape.length > 1;
  if (isColumnMajor && shape.length > 2) throw new Error('column-major arrays of 3 dimensions');
  const n = shape.reduce((product, size) => product * size, 1);
  const data = bytes.subarray(dataAt);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (type.startsWith('<U')) {
    const width = Number(type.slice(2));
    const texts = Array.from({ length: n }, (_, i) => readText(view, i * width * 4, width));
    return { shape, numbers: new Float64Array(0), texts };
  }
  const { size, read } = expectReader(type);
  const [nRows = 0, width = 0] = shape;
  const place = (i: number) => (isColumnMajor ? (i % width) * nRows + Math.floor(i / width) : i);
  const numbers = Float64Array.from({ length: n }, (_, i) => read(view, place(i) * size));
  return { shape, numbers, texts: [] };
}

interface Reader {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

const readers: Readonly<Record<string, Reader>> = {
  '<f8': { size: 8, read: (view, at) => view.getFloat64(at, true) },
  '<f4': { size: 4, read: (view, at) => view.getFloat32(at, true) },
  '<i8': { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '<i4': { size: 4, read: (view, at) => view.getInt32(at, true) },
  '|b1': { size: 1, read: (view, at) => view.getUint8(at) },
};

function expectReader(type: string): Reader {
  const reader = readers[type];
  if (!reader) throw new Error(`arrays of type ${type} are not read`);
  return reader;
}

/** UTF-32, padded with zeros. */
function readText(view: DataView, at: number, width: number): string {
  const codes = Array.from({ length: width }, (_, i) => view.getUint32(at + i * 4, true));
  return String.fromCodePoint(...codes.filter((code) => code !== 0));
}
