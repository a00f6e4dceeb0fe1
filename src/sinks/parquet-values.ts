import type { ColumnBuffer } from './parquet-column.ts';

/**
 * Rows `from` to `to` of a column as a data page (version 1) holds them, encoded PLAIN: definition levels, where the
 * column has them, and the values that are not null. Numbers are a view of the column, not a copy.
 */
export function encodeRows(buffer: ColumnBuffer, from: number, to: number): Uint8Array {
  const { isNull } = buffer;
  if (!isNull) return encodeValues(buffer, from, to);
  const isPresent = isNull.slice(from, to).map((flag) => 1 - flag);
  const rows = [...isPresent.keys()].filter((row) => isPresent[row] === 1);
  const present: ColumnBuffer = {
    ...buffer,
    numbers: buffer.numbers.slice(0, buffer.spec.type === 'utf8' ? 0 : rows.length),
    texts: [],
  };
  rows.forEach((row, index) => {
    if (buffer.spec.type === 'utf8') present.texts.push(buffer.texts[from + row] as string);
    else present.numbers[index] = buffer.numbers[from + row] as number;
  });
  return Buffer.concat([encodeLevels(isPresent), encodeValues(present, 0, rows.length)]);
}

/**
 * Definition levels of one bit in the hybrid of runs and packed bits, led by their length: one run where all are equal,
 * else one packed stretch, padded to whole bytes.
 */
function encodeLevels(levels: Uint8Array): Uint8Array {
  const first = levels[0] ?? 0;
  const isOneRun = levels.every((level) => level === first);
  const bits = isOneRun ? Uint8Array.of(first) : packBits(levels);
  const head = varint(isOneRun ? levels.length << 1 : (bits.length << 1) | 1);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + bits.length);
  return Buffer.concat([length, Uint8Array.from(head), bits]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

function encodeValues({ spec, numbers, texts }: ColumnBuffer, from: number, to: number): Buffer {
  if (spec.type === 'boolean') return asBuffer(packBits(numbers.subarray(from, to)));
  // PLAIN is little-endian, as are the platforms this runs on.
  if (spec.type !== 'utf8') return asBuffer(numbers.subarray(from, to));
  const parts: Buffer[] = [];
  for (const text of texts.slice(from, to)) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

/** Eight flags a byte, the first in the lowest bit. */
function packBits(flags: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (let i = 0; i < flags.length; i++) {
    const index = i >> 3;
    bytes[index] = (bytes[index] as number) | ((flags[i] as number) << (i & 7));
  }
  return bytes;
}

/** The same bytes as a Buffer, not copied. */
export function asBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
