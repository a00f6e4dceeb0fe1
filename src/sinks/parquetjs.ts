import { createRequire } from 'node:module';
import { asBuffer } from './parquet-values.ts';

/** Where a Thrift structure writes itself to; `trans` takes bytes that are encoded already. */
export interface ThriftOutput {
  readonly trans: { write(bytes: Buffer): void };
}

export interface ThriftStruct {
  write(output: ThriftOutput): void;
}

/** What Parquet's metadata says of one column of one row group. */
export interface ColumnMetaData extends ThriftStruct {
  statistics: ThriftStruct | null;
  total_uncompressed_size: number;
}

export interface ColumnChunk extends ThriftStruct {
  readonly meta_data: ColumnMetaData;
}

/** A column as the envelope writer wants it described. */
export interface EnvelopeField {
  readonly path: readonly [string];
  readonly primitiveType: string;
  readonly encoding: 'PLAIN';
  readonly compression: string;
  readonly statistics: false;
}

/** Pages of a column, each a page header and what follows it. */
export interface EnvelopePage {
  readonly page: Buffer;
  readonly num_values: number;
  readonly first_row_index: number;
}

export interface EnvelopeWriter {
  /** What the footer is to say of the row groups written so far. */
  readonly rowGroups: readonly { readonly columns: readonly ColumnChunk[] }[];
  writeHeader(): Promise<void>;
  writeRowGroup(group: {
    readonly rowCount: number;
    readonly pages: Readonly<Record<string, readonly EnvelopePage[]>>;
  }): Promise<void>;
}

type ThriftClass = new (fields?: Readonly<Record<string, unknown>>) => ThriftStruct;
type Codes<K extends string> = Readonly<Record<K, number>>;

interface ParquetTypes {
  readonly ColumnOrder: ThriftClass;
  readonly DataPageHeader: ThriftClass;
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

interface Package {
  readonly ParquetEnvelopeWriter: new (
    schema: { readonly fieldList: readonly EnvelopeField[] },
    write: (bytes: Uint8Array) => Promise<void>,
    close: () => void,
    fileOffset: number,
    options: { readonly pageIndex: false },
  ) => EnvelopeWriter;
}

// The package has no types and keeps its Thrift classes below its root. Its row interface is not used: an object and a
// set of distinct values per row cost some forty times the work of whole columns.
const require = createRequire(import.meta.url);
const { ParquetEnvelopeWriter }: Package = require('parquetjs-lite');
const types: ParquetTypes = require('parquetjs-lite/gen-nodejs/parquet_types');
const util: { serializeThrift(struct: ThriftStruct): Buffer } = require('parquetjs-lite/lib/util');
const compression: { deflate(method: 'SNAPPY', bytes: Buffer): Buffer } =
  require('parquetjs-lite/lib/compression');

/** Thrift structures and codes of the Parquet format. */
export const thrift = types;

/** The bytes of a Thrift structure in the compact protocol. */
export function serializeThrift(struct: ThriftStruct): Buffer {
  return util.serializeThrift(struct);
}

/** A snappy block. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  return compression.deflate('SNAPPY', asBuffer(bytes));
}

/** An envelope writer for the given columns whose first byte is byte `offset` of the file. */
export function openEnvelope(
  fieldList: readonly EnvelopeField[],
  write: (bytes: Uint8Array) => Promise<void>,
  offset: number,
): EnvelopeWriter {
  return new ParquetEnvelopeWriter({ fieldList }, write, () => {}, offset, { pageIndex: false });
}
