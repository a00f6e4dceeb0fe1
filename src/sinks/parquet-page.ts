import { type Compression, codecNames } from './parquet-codec.ts';
import type { ColumnSpec, ColumnStatistics, ColumnType } from './parquet-column.ts';
import type { EncodedColumn } from './parquet-encode.ts';
import { asBuffer } from './parquet-values.ts';
import {
  type EnvelopeField,
  type EnvelopePage,
  serializeThrift,
  type ThriftStruct,
  thrift,
} from './parquetjs.ts';

export const primitiveTypes = {
  float64: 'DOUBLE',
  float32: 'FLOAT',
  int32: 'INT32',
  boolean: 'BOOLEAN',
  utf8: 'BYTE_ARRAY',
} as const satisfies Record<ColumnType, keyof typeof thrift.Type>;

/** How the envelope writer is told of a column. */
export function envelopeField({ name, type }: ColumnSpec, compression: Compression): EnvelopeField {
  return {
    path: [name],
    primitiveType: primitiveTypes[type],
    encoding: 'PLAIN',
    compression: codecNames[compression],
    // The envelope's own would count distinct values and take NaN for an extreme.
    statistics: false,
  };
}

/** Pages with their headers, ready for the envelope; `uncompressedSize` counts headers and values in bytes. */
export function envelopePages({ pages }: EncodedColumn): {
  readonly pages: readonly EnvelopePage[];
  readonly uncompressedSize: number;
} {
  let size = 0;
  const made = pages.map(({ firstRow, nRows, uncompressedSize, body }): EnvelopePage => {
    const header = serializeThrift(
      new thrift.PageHeader({
        type: thrift.PageType.DATA_PAGE,
        uncompressed_page_size: uncompressedSize,
        compressed_page_size: body.length,
        data_page_header: new thrift.DataPageHeader({
          num_values: nRows,
          encoding: thrift.Encoding.PLAIN,
          definition_level_encoding: thrift.Encoding.RLE,
          repetition_level_encoding: thrift.Encoding.RLE,
        }),
      }),
    );
    size += header.length + uncompressedSize;
    return { page: Buffer.concat([header, body]), num_values: nRows, first_row_index: firstRow };
  });
  return { pages: made, uncompressedSize: size };
}

export function thriftStatistics({ min, max, nullCount }: ColumnStatistics): ThriftStruct {
  return new thrift.Statistics({
    null_count: nullCount,
    min_value: min && asBuffer(min),
    max_value: max && asBuffer(max),
  });
}
