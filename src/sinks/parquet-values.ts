import type { ColumnBuffer } from './parquet-column.ts';

/**
 * Rows `from` to `to` of a column as a data page (version 1) holds them, encoded PLAIN: definition levels, where the
 * column has them, and the values that are not null. Numbers are a view of the column, not a copy.
 */
export function encodeRows(buffer: ColumnBuffer, from: number, to: number): Uint8Array {
  const { isNull } = buffer;
  if (!isNull) return encodeValues(buffer, from, to);
  const isPresent = isNull.slice(from, to).map((flag) => 1 - flag);
  const isText = buffer.spec.type === 'utf8';
  const present: ColumnBuffer = { ...buffer, numbers: buffer.numbers.slice(from, to), texts: [] };
  let nPresent = 0;
  for (let row = from; row < to; row++) {
    if (isNull[row] === 1) continue;
    if (isText) present.texts.push(buffer.texts[row]);
    else present.numbers[nPresent] = buffer.numbers[row];
    nPresent++;
  }
  return Buffer.concat([encodeLevels(isPresent), encodeValues(present, 0, nPresent)]);
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
  let size = 0;
  for (let row = from; row < to; row++) size += 4 + Buffer.byteLength(texts[row]);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (let row = from; row < to; row++) {
    const length = bytes.write(texts[row], at + 4);
    bytes.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return bytes;
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
