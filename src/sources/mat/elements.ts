import type { ByteWindow, Steps } from './byte-window.ts';
import { type Fault, faultAt } from './trail.ts';

/** Data types of elements. */
export const mi = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

/** What decoding may cost over the whole file, whatever the file says of itself. */
export interface Budget {
  bytes: number;
  values: number;
}

/** A stream of elements with what is needed to understand it. */
export interface ElementReader {
  readonly window: ByteWindow;
  readonly isBigEndian: boolean;
  readonly budget: Budget;
}

export interface Tag {
  readonly type: number;
  /** Bytes of the body, padding excluded. */
  readonly size: number;
  /** The body of a small element, which stands inside the tag. */
  readonly packed: Uint8Array | undefined;
}

export function fault({ window }: ElementReader, details: Fault) {
  return faultAt(window.trail, window.position, details);
}

export function uint32(bytes: Uint8Array, at: number, isBigEndian: boolean): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return (
    (isBigEndian ? (a << 24) | (b << 16) | (c << 8) | d : (d << 24) | (c << 16) | (b << 8) | a) >>>
    0
  );
}

/** The tag of the next element, whose body must end by `end`. */
export function* readTag(reader: ElementReader, end: number): Steps<Tag> {
  const { window, isBigEndian } = reader;
  const found = `${end - window.position} bytes left in the element around it`;
  if (end - window.position < 8) throw fault(reader, { found, expected: 'an element' });
  const bytes = yield* window.take(8);
  const first = uint32(bytes, 0, isBigEndian);
  const packedSize = first >>> 16;
  if (packedSize > 4) {
    throw fault(reader, { found: `a small element of ${packedSize} bytes`, expected: 'at most 4' });
  }
  if (packedSize > 0) {
    return { type: first & 0xffff, size: packedSize, packed: bytes.subarray(4, 4 + packedSize) };
  }
  const size = uint32(bytes, 4, isBigEndian);
  const left = end - window.position;
  if (size > left) {
    const expected = `at most the ${left} left in the element around it`;
    throw fault(reader, { found: `an element of ${size} bytes`, expected });
  }
  return { type: first, size, packed: undefined };
}

/** Skips the padding that follows a body within its matrix. */
export function* skipPadding({ window }: ElementReader, tag: Tag, end: number): Steps<void> {
  if (tag.packed !== undefined) return;
  yield* window.skip(Math.min((8 - (tag.size % 8)) % 8, end - window.position));
}

/** The body of an element in one piece; meant for small ones. */
export function* readBody(reader: ElementReader, tag: Tag, end: number): Steps<Uint8Array> {
  if (tag.packed !== undefined) return tag.packed;
  spend(reader, 'bytes', tag.size);
  const body = yield* reader.window.take(tag.size);
  yield* skipPadding(reader, tag, end);
  return body;
}

/** Takes `amount` from the budget. */
export function spend(reader: ElementReader, what: keyof Budget, amount: number): void {
  reader.budget[what] -= amount;
  if (reader.budget[what] < 0) {
    throw fault(reader, {
      code: 'MAT_TOO_LARGE',
      found: what === 'bytes' ? 'more data than the limit allows' : 'too many values',
      expected:
        what === 'bytes' ? 'at most maxBytes of it' : 'at most four million cells and fields',
      hint: 'if the file is trustworthy, raise maxBytes',
    });
  }
}
