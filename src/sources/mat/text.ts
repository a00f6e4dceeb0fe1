import type { Steps } from './byte-window.ts';
import { type ElementReader, fault, mi, readBody, readTag, type Tag } from './elements.ts';

const maxTextBytes = 1 << 24;

/** The rows of a char matrix, whatever encoding they are stored in. */
export function* readRows(
  reader: ElementReader,
  dims: readonly number[],
  end: number,
): Steps<string[]> {
  const nRows = dims[0] ?? 0;
  const nColumns = dims.slice(1).reduce((product, n) => product * n, 1);
  const tag = yield* readTag(reader, end);
  if (tag.size > maxTextBytes || nRows > maxTextBytes) {
    const expected = `at most ${maxTextBytes} bytes of it`;
    throw fault(reader, { code: 'MAT_TOO_LARGE', found: `${tag.size} bytes of text`, expected });
  }
  const body = yield* readBody(reader, tag, end);
  const text = decode(reader, tag, body);
  if (nRows === 0 || (nColumns === 0 && nRows > 1)) return [];
  const characters = charactersOf(text, nRows * nColumns);
  if (characters === undefined) {
    // SciPy counts the characters of an empty text as one.
    if (text === '') return [''];
    const expected = `${dims.join(' x ')}, as its dimensions say`;
    throw fault(reader, { found: `text of ${text.length} characters`, expected });
  }
  if (nRows === 1) return [text];
  return Array.from({ length: nRows }, (_, row) => {
    let line = '';
    for (let i = row; i < characters.length; i += nRows) line += characters[i];
    return line;
  });
}

/** MATLAB counts UTF-16 units, SciPy code points. */
function charactersOf(text: string, count: number): ArrayLike<string> | undefined {
  if (text.length === count) return text;
  const points = Array.from(text);
  return points.length === count ? points : undefined;
}

function decode(reader: ElementReader, tag: Tag, body: Uint8Array): string {
  const order = reader.isBigEndian ? 'be' : 'le';
  switch (tag.type) {
    case mi.int8:
    case mi.uint8:
      return Buffer.from(body).toString('latin1');
    case mi.uint16:
    case mi.utf16:
      return decodeUnits(body, order === 'be');
    case mi.utf8:
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
      } catch (cause) {
        throw fault(reader, { found: 'bytes that are not UTF-8', expected: 'text', cause });
      }
    case mi.utf32:
      return decodePoints(reader, body);
    default:
      throw fault(reader, { found: `an element of type ${tag.type}`, expected: 'text' });
  }
}

/** UTF-16, lone surrogates kept as they are. */
function decodeUnits(body: Uint8Array, isBigEndian: boolean): string {
  const buffer = Buffer.from(body.subarray(0, body.length - (body.length % 2)));
  return (isBigEndian ? buffer.swap16() : buffer).toString('utf16le');
}

function decodePoints(reader: ElementReader, body: Uint8Array): string {
  const buffer = Buffer.from(body);
  let text = '';
  for (let at = 0; at + 4 <= buffer.length; at += 4) {
    const point = reader.isBigEndian ? buffer.readUInt32BE(at) : buffer.readUInt32LE(at);
    if (point > 0x10ffff) {
      throw fault(reader, { found: `the character number ${point}`, expected: 'a Unicode one' });
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
