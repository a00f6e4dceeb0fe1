import { deflateSync } from 'node:zlib';

/** A matrix that can be written: as an element with this name, in this byte order. */
export type MatNode = (name: string, isBigEndian: boolean) => Buffer;

/** Number types by name: element type, class, bytes. */
const numberTypes = {
  int8: { type: 1, matClass: 8, bytes: 1 },
  uint8: { type: 2, matClass: 9, bytes: 1 },
  int16: { type: 3, matClass: 10, bytes: 2 },
  uint16: { type: 4, matClass: 11, bytes: 2 },
  int32: { type: 5, matClass: 12, bytes: 4 },
  uint32: { type: 6, matClass: 13, bytes: 4 },
  single: { type: 7, matClass: 7, bytes: 4 },
  double: { type: 9, matClass: 6, bytes: 8 },
  int64: { type: 12, matClass: 14, bytes: 8 },
  uint64: { type: 13, matClass: 15, bytes: 8 },
} as const;
export type NumberType = keyof typeof numberTypes;

const textTypes = { latin1: 2, uint16: 4, utf8: 16, utf16: 17, utf32: 18 } as const;
export type TextEncoding = keyof typeof textTypes;

export interface NumericOptions {
  readonly dims?: readonly number[];
  readonly matClass?: NumberType;
  /** The type its numbers are stored in; the class's own by default. */
  readonly storedAs?: NumberType;
  readonly isLogical?: boolean;
  readonly imaginary?: readonly (number | bigint)[];
}

/** A matrix of numbers in column-major order; a column by default. */
export function numeric(values: ArrayLike<number | bigint>, options: NumericOptions = {}): MatNode {
  const { matClass = 'double', storedAs = matClass, isLogical = false, imaginary } = options;
  const dims = options.dims ?? [values.length, 1];
  const flags = (isLogical ? 2 : 0) | (imaginary ? 8 : 0);
  return (name, isBigEndian) =>
    matrix(numberTypes[matClass].matClass, flags, dims, name, isBigEndian, [
      numbers(values, storedAs, isBigEndian),
      ...(imaginary ? [numbers(imaginary, storedAs, isBigEndian)] : []),
    ]);
}

export function scalar(value: number, storedAs: NumberType = 'double'): MatNode {
  return numeric([value], { storedAs });
}

/** A char matrix: one text, or rows of equal length. */
export function char(text: string | readonly string[], encoding: TextEncoding = 'utf8'): MatNode {
  const rows = (typeof text === 'string' ? [text] : text).map((row) =>
    encoding === 'uint16' || encoding === 'utf16' ? row.split('') : Array.from(row),
  );
  const nColumns = rows[0]?.length ?? 0;
  const columns = Array.from({ length: nColumns }, (_, c) => rows.map((row) => row[c]).join(''));
  return (name, isBigEndian) =>
    matrix(4, 0, [rows.length, nColumns], name, isBigEndian, [
      element(textTypes[encoding], encode(columns.join(''), encoding, isBigEndian), isBigEndian),
    ]);
}

export function cell(items: readonly MatNode[], dims?: readonly number[]): MatNode {
  return (name, isBigEndian) => {
    const parts = items.map((item) => item('', isBigEndian));
    return matrix(1, 0, dims ?? [1, items.length], name, isBigEndian, parts);
  };
}

/** A struct, or an array of structs with the same fields. */
export function struct(
  elements: Readonly<Record<string, MatNode>> | readonly Readonly<Record<string, MatNode>>[],
  dims?: readonly number[],
): MatNode {
  const list = Array.isArray(elements) ? elements : [elements];
  const names = Object.keys(list[0] ?? {});
  const length = 32;
  return (name, isBigEndian) => {
    const text = Buffer.alloc(names.length * length);
    for (const [i, field] of names.entries()) text.write(field, i * length, 'latin1');
    const fields = list.flatMap((item) => names.map((field) => item[field]('', isBigEndian)));
    return matrix(2, 0, dims ?? [1, list.length], name, isBigEndian, [
      element(5, word(length, isBigEndian), isBigEndian),
      element(1, text, isBigEndian),
      ...fields,
    ]);
  };
}

/** A matrix of any class with any content, for classes that are skipped and for damage. */
export function raw(
  matClass: number,
  dims: readonly number[],
  parts: (isBigEndian: boolean) => readonly Buffer[],
): MatNode {
  return (name, isBigEndian) => matrix(matClass, 0, dims, name, isBigEndian, parts(isBigEndian));
}

export interface MatFileOptions {
  readonly isBigEndian?: boolean;
  readonly isCompressed?: boolean;
}

/** The bytes of a MATLAB v5 file. */
export function matFile(
  variables: Readonly<Record<string, MatNode>>,
  { isBigEndian = false, isCompressed = true }: MatFileOptions = {},
): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, made by a test');
  header.fill(0, 116, 124);
  header.write(isBigEndian ? '\x01\x00MI' : '\x00\x01IM', 124, 'latin1');
  const elements = Object.entries(variables).map(([name, node]) => {
    const bytes = node(name, isBigEndian);
    if (!isCompressed) return bytes;
    const deflated = deflateSync(bytes);
    return Buffer.concat([tag(15, deflated.length, isBigEndian), deflated]);
  });
  return Buffer.concat([header, ...elements]);
}

/** An element: tag, body and padding; bodies of up to four bytes stand inside the tag. */
export function element(type: number, body: Uint8Array, isBigEndian: boolean): Buffer {
  if (body.length > 0 && body.length <= 4) {
    const small = Buffer.alloc(8);
    word(body.length * 0x10000 + type, isBigEndian).copy(small);
    small.set(body, 4);
    return small;
  }
  const padding = Buffer.alloc((8 - (body.length % 8)) % 8);
  return Buffer.concat([tag(type, body.length, isBigEndian), body, padding]);
}

export function tag(type: number, size: number, isBigEndian: boolean): Buffer {
  return Buffer.concat([word(type, isBigEndian), word(size, isBigEndian)]);
}

function matrix(
  matClass: number,
  flags: number,
  dims: readonly number[],
  name: string,
  isBigEndian: boolean,
  parts: readonly Buffer[],
): Buffer {
  const words = (values: readonly number[]) =>
    Buffer.concat(values.map((value) => word(value, isBigEndian)));
  const body = Buffer.concat([
    element(6, words([flags * 0x100 + matClass, 0]), isBigEndian),
    element(5, words(dims), isBigEndian),
    element(1, Buffer.from(name, 'latin1'), isBigEndian),
    ...parts,
  ]);
  return Buffer.concat([tag(14, body.length, isBigEndian), body]);
}

function word(value: number, isBigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (isBigEndian) bytes.writeUInt32BE(value >>> 0);
  else bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function numbers(
  values: ArrayLike<number | bigint>,
  storedAs: NumberType,
  isBigEndian: boolean,
): Buffer {
  const { type, bytes } = numberTypes[storedAs];
  const body = Buffer.alloc(values.length * bytes);
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  for (let i = 0; i < values.length; i++) {
    put[storedAs](view, i * bytes, values[i], !isBigEndian);
  }
  return element(type, body, isBigEndian);
}

type Put = (view: DataView, at: number, value: number | bigint, isLittle: boolean) => void;

const put: Readonly<Record<NumberType, Put>> = {
  int8: (view, at, value) => view.setInt8(at, Number(value)),
  uint8: (view, at, value) => view.setUint8(at, Number(value)),
  int16: (view, at, value, isLittle) => view.setInt16(at, Number(value), isLittle),
  uint16: (view, at, value, isLittle) => view.setUint16(at, Number(value), isLittle),
  int32: (view, at, value, isLittle) => view.setInt32(at, Number(value), isLittle),
  uint32: (view, at, value, isLittle) => view.setUint32(at, Number(value), isLittle),
  single: (view, at, value, isLittle) => view.setFloat32(at, Number(value), isLittle),
  double: (view, at, value, isLittle) => view.setFloat64(at, Number(value), isLittle),
  int64: (view, at, value, isLittle) => view.setBigInt64(at, BigInt(value), isLittle),
  uint64: (view, at, value, isLittle) => view.setBigUint64(at, BigInt(value), isLittle),
};

function encode(text: string, encoding: TextEncoding, isBigEndian: boolean): Buffer {
  if (encoding === 'latin1' || encoding === 'utf8') return Buffer.from(text, encoding);
  if (encoding === 'utf32') {
    return Buffer.concat(Array.from(text, (c) => word(c.codePointAt(0) ?? 0, isBigEndian)));
  }
  const units = Buffer.from(text, 'utf16le');
  return isBigEndian ? units.swap16() : units;
}
