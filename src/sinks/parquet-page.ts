import { type Compression, codecNames } from './parquet-codec.ts';
import type { ColumnSpec, ColumnStatistics, ColumnType } from './parquet-column.ts';
import type { EncodedColumn } from './parquet-encode.ts';
import { asBuffer } from './parquet-values.ts';
import { sealThrift, serializeThrift, type ThriftStruct, thrift } from './parquetjs.ts';

export const primitiveTypes = {
  float64: 'DOUBLE',
  float32: 'FLOAT',
  int32: 'INT32',
  boolean: 'BOOLEAN',
  utf8: 'BYTE_ARRAY',
} as const satisfies Record<ColumnType, keyof typeof thrift.Type>;

/** A column of a row group as it stands in the file, and what the footer says of it. */
export interface ColumnChunk {
  /** Page headers, pages and a copy of the column's metadata, one behind the other. */
  readonly parts: readonly Uint8Array[];
  readonly metadata: ThriftStruct;
  /** Page headers and uncompressed values, in bytes. */
  readonly uncompressedSize: number;
}

/** @param offset the byte of the file that the column begins at */
export function columnChunk(
  { name, type }: ColumnSpec,
  { pages, statistics }: EncodedColumn,
  compression: Compression,
  offset: number,
): ColumnChunk {
  const parts: Uint8Array[] = [];
  let uncompressedSize = 0;
  let compressedSize = 0;
  for (const page of pages) {
    const header = pageHeader(page);
    parts.push(header, page.body);
    uncompressedSize += header.length + page.uncompressedSize;
    compressedSize += header.length + page.body.length;
  }
  const described = {
    type: thrift.Type[primitiveTypes[type]],
    encodings: [thrift.Encoding.RLE, thrift.Encoding.PLAIN],
    path_in_schema: [name],
    codec: thrift.CompressionCodec[codecNames[compression]],
    num_values: pages.reduce((sum, { nRows }) => sum + nRows, 0),
    total_compressed_size: compressedSize,
    data_page_offset: offset,
  };
  // The copy behind the pages is one that readers do not use; it knows of no statistics and no compression.
  const copy = { ...described, total_uncompressed_size: compressedSize };
  parts.push(serializeThrift(new thrift.ColumnMetaData(copy)));
  // Sealed at once: the objects would grow old with the row group, and V8 looks among its old objects seldom.
  const metadata = sealThrift(
    new thrift.ColumnChunk({
      file_offset: offset + compressedSize,
      meta_data: new thrift.ColumnMetaData({
        ...described,
        total_uncompressed_size: uncompressedSize,
        statistics: thriftStatistics(statistics),
      }),
    }),
  );
  return { parts, metadata, uncompressedSize };
}

function pageHeader({ nRows, uncompressedSize, body }: EncodedColumn['pages'][number]): Buffer {
  const header = new thrift.DataPageHeader({
    num_values: nRows,
    encoding: thrift.Encoding.PLAIN,
    definition_level_encoding: thrift.Encoding.RLE,
    repetition_level_encoding: thrift.Encoding.RLE,
  });
  return serializeThrift(
    new thrift.PageHeader({
      type: thrift.PageType.DATA_PAGE,
      uncompressed_page_size: uncompressedSize,
      compressed_page_size: body.length,
      data_page_header: header,
    }),
  );
}

function thriftStatistics({ min, max, nullCount }: ColumnStatistics): ThriftStruct {
  return new thrift.Statistics({
    null_count: nullCount,
    min_value: min && asBuffer(min),
    max_value: max && asBuffer(max),
  });
}
