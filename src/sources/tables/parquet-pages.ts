import type { ColumnMetaData, Compressors, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { show } from '../../errors.ts';

const maxPage = 2 ** 30;
const maxValues = 2 ** 26;

/** A column as far as its pages must be understood. */
export interface PagedColumn {
  readonly type: ColumnMetaData['type'];
  readonly codec: ColumnMetaData['codec'];
  readonly isOptional: boolean;
  readonly isUnsigned: boolean;
}

/** A page that is sound enough to be decoded. */
export interface Page {
  readonly kind: 'dictionary' | 'values';
  readonly encoding: string;
  readonly nRows: number;
  /** Those that are not null. */
  readonly nValues: number;
  /** Decompressed. */
  readonly bytes: Uint8Array;
  /** Where in the bytes the values begin. */
  readonly at: number;
  readonly wasCompressed: boolean;
}

/**
 * Shows the pages of a flat column in one row group, one after the other, decompressed, and sound enough to be decoded: the
 * decoder trusts the sizes and run lengths it finds, and one that is wrong can take all memory or end the process.
 * @throws Error for what no writer would write
 */
export function walkPages(
  chunk: Uint8Array,
  column: PagedColumn,
  nRows: number,
  decoders: Compressors,
  visit: (page: Page) => void,
): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const reader = { view, offset: 0 };
  const unpack = (bytes: Uint8Array, length: number): Uint8Array => {
    if (column.codec === 'UNCOMPRESSED') return bytes;
    const decoder = decoders[column.codec];
    if (!decoder) throw new Error(`compression ${column.codec} is not understood`);
    return decompress(bytes, decoder, inRange('page size', length, maxPage));
  };
  for (let nLeft = nRows; nLeft > 0; ) {
    const header = parquetHeader(reader);
    const size = inRange('page size', header.compressed_page_size, chunk.length - reader.offset);
    const body = chunk.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    const page = openPage(header, body, column, nLeft, unpack);
    if (page.kind === 'values') nLeft -= page.nRows;
    visit(page);
  }
}

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

function openPage(
  header: PageHeader,
  body: Uint8Array,
  { type, codec, isOptional }: PagedColumn,
  nLeft: number,
  unpack: Unpack,
): Page {
  const { dictionary_page_header, data_page_header, data_page_header_v2 } = header;
  const isCompressed = codec !== 'UNCOMPRESSED';
  if (dictionary_page_header) {
    const nValues = inRange('dictionary size', dictionary_page_header.num_values, maxValues);
    const bytes = unpack(body, header.uncompressed_page_size);
    const encoding = 'PLAIN';
    const [kind, nRows, at] = ['dictionary', 0, 0] as const;
    return { kind, encoding, nRows, nValues, bytes, at, wasCompressed: isCompressed };
  }
  const kind = 'values';
  if (data_page_header) {
    const { encoding } = data_page_header;
    const nRows = inRange('value count', data_page_header.num_values, nLeft);
    const bytes = unpack(body, header.uncompressed_page_size);
    let at = 0;
    let nValues = nRows;
    if (isOptional) {
      const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
      nValues = countSet(bytes, 4, 1, nRows);
      at = 4 + inRange('level size', length, bytes.length - 4);
    }
    checkValues(bytes, at, encoding, type === 'BOOLEAN', nValues);
    return { kind, encoding, nRows, nValues, bytes, at, wasCompressed: isCompressed };
  }
  if (!data_page_header_v2) throw new Error(`a page of type ${header.type}`);
  const { num_values, num_nulls, encoding, is_compressed } = data_page_header_v2;
  const nRows = inRange('value count', num_values, nLeft);
  const nValues = nRows - inRange('null count', num_nulls, nRows);
  const { repetition_levels_byte_length, definition_levels_byte_length } = data_page_header_v2;
  const levels = inRange('level size', repetition_levels_byte_length, body.length);
  const rest = inRange('level size', definition_levels_byte_length, body.length - levels);
  if (isOptional) countSet(body, levels, 1, nRows);
  const values = body.subarray(levels + rest);
  const size = header.uncompressed_page_size - levels - rest;
  const wasCompressed = isCompressed && is_compressed !== false;
  const bytes = wasCompressed ? unpack(values, size) : values;
  checkValues(bytes, 0, encoding, type === 'BOOLEAN' || encoding === 'RLE', nValues);
  return { kind, encoding, nRows, nValues, bytes, at: 0, wasCompressed };
}

/** Flags are runs of one bit behind their length; an index into a dictionary has its width before it. */
function checkValues(
  page: Uint8Array,
  at: number,
  encoding: string,
  isFlags: boolean,
  nValues: number,
): void {
  if (encoding !== 'RLE' && !encoding.endsWith('_DICTIONARY')) return;
  if (isFlags) countSet(page, at + 4, 1, nValues);
  else if (page[at] !== 0) countSet(page, at + 1, page[at], nValues);
}

/**
 * Follows run-length encoded values to their end.
 * @returns how many are 1, where values have one bit
 */
function countSet(bytes: Uint8Array, from: number, width: number, nValues: number): number {
  if (!(width <= 32)) throw new Error(`values of ${width} bits`);
  let nSet = 0;
  let at = from;
  for (let seen = 0; seen < nValues; ) {
    let header = 0;
    for (let shift = 0, isLast = false; !isLast; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new Error('runs of values without an end');
      header |= (bytes[at] & 0x7f) << shift;
      isLast = bytes[at++] < 0x80;
    }
    const length = header >>> 1;
    if (header & 1) {
      inRange('run of values', length * width, bytes.length - at);
      const end = Math.min(length * 8, nValues - seen);
      if (width === 1) for (let i = 0; i < end; i++) nSet += (bytes[at + (i >> 3)] >> (i & 7)) & 1;
      at += Math.max(1, length * width);
      seen += length * 8;
    } else {
      inRange('run of values', length, nValues - seen);
      if (width === 1 && bytes[at] === 1) nSet += length;
      at += (width + 7) >> 3;
      seen += length;
    }
  }
  return nSet;
}

function decompress(bytes: Uint8Array, decoder: Unpack, length: number): Uint8Array {
  const page = decoder(bytes, length);
  if (page.length !== length)
    throw new Error(`a page of ${page.length} bytes instead of ${length}`);
  return page;
}

function inRange(what: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Error(`a ${what} of ${show(value)}`);
}
