import { type ColumnBuffer, type ColumnType, columnStatistics } from './parquet-column.ts';
import {
  asBuffer,
  compressSnappy,
  type EnvelopeField,
  type EnvelopePage,
  serializeThrift,
  type ThriftStruct,
  thrift,
} from './parquetjs.ts';
import { openZstd } from './zstd.ts';

// Bounds what a compressor must hold at once when row groups are long.
const maxPageRows = 65_536;

export interface Codec {
  /** Its name in the Parquet format. */
  readonly name: 'ZSTD' | 'SNAPPY' | 'UNCOMPRESSED';
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

export type Compression = 'zstd' | 'snappy' | 'none';

export async function openCodec(compression: Compression): Promise<Codec> {
  switch (compression) {
    case 'zstd':
      return { name: 'ZSTD', compress: await openZstd(1) };
    case 'snappy':
      return { name: 'SNAPPY', compress: compressSnappy };
    case 'none':
      return { name: 'UNCOMPRESSED', compress: (bytes) => bytes };
  }
}

export const primitiveTypes = {
  float64: 'DOUBLE',
  float32: 'FLOAT',
  int32: 'INT32',
  boolean: 'BOOLEAN',
  utf8: 'BYTE_ARRAY',
} as const satisfies Record<ColumnType, keyof typeof thrift.Type>;

/** How the envelope writer is told of a column. */
export function envelopeField(name: string, type: ColumnType, codec: Codec): EnvelopeField {
  return {
    path: [name],
    primitiveType: primitiveTypes[type],
    encoding: 'PLAIN',
    compression: codec.name,
    // The envelope's own would count distinct values and take NaN for an extreme.
    statistics: false,
  };
}

/** One column of one row group, ready for the envelope. */
export interface EncodedColumn {
  readonly pages: readonly EnvelopePage[];
  readonly statistics: ThriftStruct;
  /** Page headers and uncompressed values, in bytes. */
  readonly uncompressedSize: number;
}

/** The first `nRows` rows of a column as data pages (version 1), encoded PLAIN. */
export function encodeColumn(buffer: ColumnBuffer, nRows: number, codec: Codec): EncodedColumn {
  const pages: EnvelopePage[] = [];
  let uncompressedSize = 0;
  for (let from = 0; from < nRows; from += maxPageRows) {
    const to = Math.min(nRows, from + maxPageRows);
    const raw = encodeRows(buffer, from, to);
    const body = codec.compress(raw);
    const header = serializeThrift(
      new thrift.PageHeader({
        type: thrift.PageType.DATA_PAGE,
        uncompressed_page_size: raw.length,
        compressed_page_size: body.length,
        data_page_header: new thrift.DataPageHeader({
          num_values: to - from,
          encoding: thrift.Encoding.PLAIN,
          definition_level_encoding: thrift.Encoding.RLE,
          repetition_level_encoding: thrift.Encoding.RLE,
        }),
      }),
    );
    pages.push({
      page: Buffer.concat([header, body]),
      num_values: to - from,
      first_row_index: from,
    });
    uncompressedSize += header.length + raw.length;
  }
  const { min, max, nullCount } = columnStatistics(buffer, nRows);
  const statistics = new thrift.Statistics({
    null_count: nullCount,
    min_value: min && asBuffer(min),
    max_value: max && asBuffer(max),
  });
  return { pages, statistics, uncompressedSize };
}

/** Definition levels, where the column has them, and the values that are not null. */
function encodeRows(buffer: ColumnBuffer, from: number, to: number): Uint8Array {
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
