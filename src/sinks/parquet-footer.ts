import type { ColumnSpec } from './parquet-column.ts';
import { type ColumnChunk, primitiveTypes } from './parquet-page.ts';
import { sealThrift, serializeThrift, type ThriftStruct, thrift } from './parquetjs.ts';

export const magic = 'PAR1';
/** Bytes after a footer's metadata: its length and the magic word. */
export const trailerLength = 8;

/** What the footer will say of a row group, as bytes: every later footer repeats them. */
export function sealRowGroup(
  chunks: readonly Omit<ColumnChunk, 'parts'>[],
  nRows: number,
): ThriftStruct {
  const columns = chunks.map(({ metadata }) => metadata);
  const total_byte_size = chunks.reduce((sum, chunk) => sum + chunk.uncompressedSize, 0);
  return sealThrift(new thrift.RowGroup({ columns, total_byte_size, num_rows: nRows }));
}

export interface Footer {
  readonly columns: readonly ColumnSpec[];
  readonly rowGroups: readonly ThriftStruct[];
  readonly nRows: number;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * The end of a Parquet file. The envelope's own footer has no column orders, without which readers distrust the
 * statistics, and no logical types.
 */
export function encodeFooter({ columns, rowGroups, nRows, metadata }: Footer): Buffer {
  const bytes = serializeThrift(
    new thrift.FileMetaData({
      version: 1,
      schema: [
        new thrift.SchemaElement({ name: 'schema', num_children: columns.length }),
        ...columns.map(schemaElement),
      ],
      num_rows: nRows,
      row_groups: rowGroups,
      key_value_metadata: [...metadata].map(([key, value]) => new thrift.KeyValue({ key, value })),
      created_by: 'rekindle',
      column_orders: columns.map(
        () => new thrift.ColumnOrder({ TYPE_ORDER: new thrift.TypeDefinedOrder() }),
      ),
    }),
  );
  const trailer = Buffer.alloc(trailerLength);
  trailer.writeUInt32LE(bytes.length, 0);
  trailer.write(magic, 4);
  return Buffer.concat([bytes, trailer]);
}

function schemaElement({ name, type, isNullable }: ColumnSpec): ThriftStruct {
  const { REQUIRED, OPTIONAL } = thrift.FieldRepetitionType;
  return new thrift.SchemaElement({
    name,
    type: thrift.Type[primitiveTypes[type]],
    repetition_type: isNullable ? OPTIONAL : REQUIRED,
    ...(type === 'utf8' && {
      converted_type: thrift.ConvertedType.UTF8,
      logicalType: new thrift.LogicalType({ STRING: new thrift.StringType() }),
    }),
  });
}
