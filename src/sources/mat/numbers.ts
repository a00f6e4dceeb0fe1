import type { Steps } from './byte-window.ts';
import { type ElementReader, fault, mi, skipPadding, spend, type Tag } from './elements.ts';

interface NumberFormat {
  readonly bytes: number;
  /** A view on the numbers at the start of a buffer, in this machine's byte order. */
  readonly view: (buffer: ArrayBuffer, n: number) => ArrayLike<number> | BigArray;
}

type BigArray = BigInt64Array | BigUint64Array;

const formats: ReadonlyMap<number, NumberFormat> = new Map([
  [mi.int8, { bytes: 1, view: (buffer, n) => new Int8Array(buffer, 0, n) }],
  [mi.uint8, { bytes: 1, view: (buffer, n) => new Uint8Array(buffer, 0, n) }],
  [mi.int16, { bytes: 2, view: (buffer, n) => new Int16Array(buffer, 0, n) }],
  [mi.uint16, { bytes: 2, view: (buffer, n) => new Uint16Array(buffer, 0, n) }],
  [mi.int32, { bytes: 4, view: (buffer, n) => new Int32Array(buffer, 0, n) }],
  [mi.uint32, { bytes: 4, view: (buffer, n) => new Uint32Array(buffer, 0, n) }],
  [mi.single, { bytes: 4, view: (buffer, n) => new Float32Array(buffer, 0, n) }],
  [mi.double, { bytes: 8, view: (buffer, n) => new Float64Array(buffer, 0, n) }],
  [mi.int64, { bytes: 8, view: (buffer, n) => new BigInt64Array(buffer, 0, n) }],
  [mi.uint64, { bytes: 8, view: (buffer, n) => new BigUint64Array(buffer, 0, n) }],
] satisfies [number, NumberFormat][]);

const isHostBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
const blockBytes = 1 << 16;

/**
 * The `count` numbers of an element as doubles; MATLAB stores whole numbers in the smallest type that holds them.
 * Doubles in this machine's byte order are copied straight into place, all others block by block.
 */
export function* readNumbers(
  reader: ElementReader,
  tag: Tag,
  count: number,
  end: number,
): Steps<Float64Array> {
  const format = formats.get(tag.type);
  if (format === undefined) {
    throw fault(reader, { found: `an element of type ${tag.type}`, expected: 'numbers' });
  }
  if (tag.size !== count * format.bytes) {
    const expected = `${count * format.bytes}, as its dimensions say`;
    throw fault(reader, { found: `${tag.size} bytes of numbers`, expected });
  }
  spend(reader, 'bytes', count * 8);
  const values = allocate(reader, count);
  const isSwapped = reader.isBigEndian !== isHostBigEndian;
  if (tag.type === mi.double && !isSwapped) {
    yield* reader.window.fill(new Uint8Array(values.buffer));
  } else {
    const block = new Uint8Array(Math.min(blockBytes, Math.max(8, tag.size)));
    const perBlock = Math.floor(block.length / format.bytes);
    for (let at = 0; at < count; at += perBlock) {
      const n = Math.min(perBlock, count - at);
      const bytes = block.subarray(0, n * format.bytes);
      if (tag.packed === undefined) yield* reader.window.fill(bytes);
      else bytes.set(tag.packed);
      if (isSwapped) swap(bytes, format.bytes);
      copy(reader, format.view(block.buffer, n), values, at);
    }
  }
  yield* skipPadding(reader, tag, end);
  return values;
}

function allocate(reader: ElementReader, count: number): Float64Array<ArrayBuffer> {
  try {
    return new Float64Array(count);
  } catch (cause) {
    const found = `${count} numbers, more than memory holds`;
    throw fault(reader, { code: 'MAT_TOO_LARGE', found, cause });
  }
}

function swap(bytes: Uint8Array<ArrayBuffer>, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

function copy(
  reader: ElementReader,
  from: ArrayLike<number> | BigArray,
  to: Float64Array,
  at: number,
): void {
  if (!(from instanceof BigInt64Array || from instanceof BigUint64Array)) {
    to.set(from, at);
    return;
  }
  for (let i = 0; i < from.length; i++) {
    const value = Number(from[i]);
    if (!Number.isSafeInteger(value)) {
      const expected = 'at most 2^53 - 1 in size, which a double holds exactly';
      throw fault(reader, { found: `the 64-bit integer ${from[i]}`, expected });
    }
    to[at + i] = value;
  }
}
