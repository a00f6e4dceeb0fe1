import { createRequire } from 'node:module';
import { asBuffer } from './parquet-values.ts';
import { ThriftWriter } from './thrift-writer.ts';

export interface ThriftStruct {
  write(output: ThriftWriter): void;
}

type ThriftClass = new (fields?: Readonly<Record<string, unknown>>) => ThriftStruct;
type Codes<K extends string> = Readonly<Record<K, number>>;

interface ParquetTypes {
  readonly ColumnChunk: ThriftClass;
  readonly ColumnMetaData: ThriftClass;
  readonly CompressionCodec: Codes<'UNCOMPRESSED' | 'SNAPPY' | 'ZSTD'>;
  readonly ColumnOrder: ThriftClass;
  readonly DataPageHeader: ThriftClass;
  readonly DataPageHeaderV2: ThriftClass;
  readonly FileMetaData: ThriftClass;
  readonly KeyValue: ThriftClass;
  readonly LogicalType: ThriftClass;
  readonly PageHeader: ThriftClass;
  readonly RowGroup: ThriftClass;
  readonly SchemaElement: ThriftClass;
  readonly Statistics: ThriftClass;
  readonly StringType: ThriftClass;
  readonly TypeDefinedOrder: ThriftClass;
  readonly ConvertedType: Codes<'UTF8'>;
  readonly Encoding: Codes<'PLAIN' | 'RLE'>;
  readonly FieldRepetitionType: Codes<'REQUIRED' | 'OPTIONAL'>;
  readonly PageType: Codes<'DATA_PAGE'>;
  readonly Type: Codes<'BOOLEAN' | 'INT32' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY'>;
}

// The package has no types and keeps its Thrift classes below its root. Its writers are not used: the one of rows makes
// an object and a set of distinct values per row, some forty times the work of whole columns; the one of pages copies
// them several times.
const require = createRequire(import.meta.url);
const types: ParquetTypes = require('parquetjs-lite/gen-nodejs/parquet_types');

/** Thrift structures and codes of the Parquet format. */
export const thrift = types;

const writer = new ThriftWriter();

/** The bytes of a Thrift structure in the compact protocol. */
export function serializeThrift(struct: ThriftStruct): Buffer {
  // One that could not be written may have left something.
  writer.reset();
  struct.write(writer);
  return writer.take();
}

/** A structure as its bytes: they are a tenth of the objects, and may be written as often as wanted. */
export function sealThrift(struct: ThriftStruct): ThriftStruct {
  return sealed(serializeThrift(struct));
}

// A function of its own, and a copy, so that neither objects nor Node's buffer pool are kept alive with the bytes.
function sealed(serialized: Uint8Array): ThriftStruct {
  const bytes = new Uint8Array(serialized);
  return { write: (output) => output.trans.write(bytes) };
}

/** A snappy block. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  const compression: { deflate(method: 'SNAPPY', bytes: Buffer): Buffer } =
    require('parquetjs-lite/lib/compression');
  return compression.deflate('SNAPPY', asBuffer(bytes));
}
