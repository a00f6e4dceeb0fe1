import {
  type AsyncBuffer,
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { InputError, PipelineError } from '../../errors.ts';
import { openDecoders } from '../../parquet-decoders.ts';
import { unpackPages } from './parquet-pages.ts';
import type { OpenTable, TableFile } from './table-file.ts';

/** A column of a Parquet file and what its values are in JavaScript. */
export interface ParquetColumn {
  readonly name: string;
  /** Undefined for a type that is not understood here. */
  readonly holds: 'numbers' | 'texts' | 'flags' | undefined;
  /** The type as the file names it, for errors. */
  readonly type: string;
  /** Whether values may be null. */
  readonly isOptional: boolean;
}

/** Rows that are stored together. */
export interface RowGroup {
  readonly index: number;
  readonly start: number;
  readonly nRows: number;
}

/** The longest row groups that writers make by default; more would not fit into an array of the reader. */
const maxRowGroup = 2 ** 26;

/** A Parquet file, read one row group at a time. */
export class ParquetTable {
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
  #source: AsyncBuffer;
  #metadata: FileMetaData;
  #decoders: Compressors;
  #file: TableFile;

  private constructor(
    file: TableFile,
    source: AsyncBuffer,
    metadata: FileMetaData,
    decoders: Compressors,
  ) {
    this.#decoders = decoders;
    this.#file = file;
    this.#source = source;
    this.#metadata = metadata;
    this.columns = parquetSchema(metadata).children.map(({ element, children }) =>
      describeColumn(element, children.length > 0),
    );
    if (this.columns.some(({ name }) => typeof name !== 'string')) {
      throw damaged(file, 'a column without name');
    }
    let start = 0;
    this.groups = metadata.row_groups.map(({ num_rows }, index) => {
      const nRows = Number(num_rows);
      if (!(nRows >= 0 && nRows <= maxRowGroup))
        throw damaged(file, `a row group of ${nRows} rows`);
      const group = { index, start, nRows };
      start += nRows;
      return group;
    });
    if (start !== Number(metadata.num_rows)) {
      throw damaged(file, `${start} rows in row groups, and ${metadata.num_rows} in all`);
    }
  }

  /** @throws InputError when the file is not Parquet */
  static open(table: OpenTable): Promise<ParquetTable> {
    const { file } = table;
    return guard(file, async () => {
      const source = asyncBuffer(table);
      const metadata = await parquetMetadataAsync(source, { geoparquet: false });
      return new ParquetTable(file, source, metadata, await openDecoders(metadata));
    });
  }

  /**
   * The values of some columns in one row group, in pieces as they are stored: typed arrays, or plain ones where there are
   * nulls or a dictionary. Memory: the columns of the row group, compressed and not.
   * @throws InputError when the file is damaged
   */
  read(group: RowGroup, names: readonly string[]): Promise<DecodedArray[][]> {
    return guard(this.#file, async () => {
      const columns: DecodedArray[][] = [];
      for (const name of names) columns.push(await this.#readColumn(group, name));
      return columns;
    });
  }

  async #readColumn({ index, nRows }: RowGroup, name: string): Promise<DecodedArray[]> {
    if (nRows === 0) return [];
    const group = this.#metadata.row_groups[index];
    const chunks = group.columns.filter(({ meta_data }) => meta_data?.path_in_schema[0] === name);
    const chunk = chunks[0]?.meta_data;
    if (chunk === undefined || chunks.length > 1 || chunk.path_in_schema.length > 1) {
      throw new Error(`${chunks.length} times values of column ${name}`);
    }
    const from = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const bytes = await this.#source.slice(from, from + Number(chunk.total_compressed_size));
    const isOptional = this.columns.some((column) => column.name === name && column.isOptional);
    const pages = unpackPages(
      new Uint8Array(bytes),
      { ...chunk, isOptional },
      nRows,
      this.#decoders,
    );
    const pieces: DecodedArray[] = [];
    await parquetRead({
      file: within(this.#source, from, bytes),
      // The reader looks through all the groups that it is given, for each of them.
      metadata: { ...this.#metadata, row_groups: [group] },
      // Pages are asked for in the order in which they stand.
      compressors: { [chunk.codec]: () => pages.shift() ?? new Uint8Array(0) },
      geoparquet: false,
      columns: [name],
      rowStart: 0,
      rowEnd: nRows,
      onChunk: ({ columnData }) => pieces.push(columnData),
    });
    const nValues = pieces.reduce((sum, { length }) => sum + length, 0);
    if (nValues === nRows) return pieces;
    throw new Error(`${nValues} of ${nRows} values of column ${name}`);
  }
}

function describeColumn(element: SchemaElement, isGroup: boolean): ParquetColumn {
  const { name, type, converted_type, logical_type, repetition_type } = element;
  const annotation = logical_type?.type ?? converted_type;
  const isOptional = repetition_type !== 'REQUIRED';
  if (isGroup || type === undefined || repetition_type === 'REPEATED') {
    return { name, holds: undefined, type: annotation ?? 'nested columns', isOptional };
  }
  const isText = annotation === undefined || /^(STRING|UTF8|ENUM)$/.test(annotation);
  const isInteger = annotation === undefined || /^(INTEGER|U?INT_\d+)$/.test(annotation);
  const holds =
    type === 'BYTE_ARRAY' && isText
      ? 'texts'
      : type === 'BOOLEAN'
        ? 'flags'
        : /^(INT32|INT64|FLOAT|DOUBLE)$/.test(type) && isInteger
          ? 'numbers'
          : undefined;
  return { name, holds, type: annotation ?? type, isOptional };
}

/** @throws InputError when a column holds something else than one of these */
export function checkType(
  { path }: TableFile,
  { name, holds, type }: ParquetColumn,
  accepted: readonly ParquetColumn['holds'][],
): void {
  if (holds !== undefined && accepted.includes(holds)) return;
  throw new InputError({
    code: 'COLUMN_TYPE',
    where: `${path}, column ${name}`,
    found: `a column of type ${type}`,
    expected: accepted.join(' or '),
    hint: 'write numbers as DOUBLE, INT32 or INT64, and texts as STRING',
  });
}

function asyncBuffer(table: OpenTable): AsyncBuffer {
  const byteLength = table.stamp.size;
  return {
    byteLength,
    slice: (start, end = byteLength) => {
      const bytes = readBytes(table, start, end);
      // The reader asks ahead for ranges, and after a failure never comes back for them.
      bytes.catch(() => {});
      return bytes;
    },
  };
}

/** The same source, with some bytes of it at hand. */
function within(source: AsyncBuffer, from: number, bytes: ArrayBuffer): AsyncBuffer {
  return {
    byteLength: source.byteLength,
    slice: (start, end = source.byteLength) =>
      start >= from && start <= end && end <= from + bytes.byteLength
        ? bytes.slice(start - from, end - from)
        : source.slice(start, end),
  };
}

async function readBytes(table: OpenTable, start: number, end: number): Promise<ArrayBuffer> {
  const { size } = table.stamp;
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new Error(`bytes ${start} to ${end} of a file of ${size} bytes`);
  }
  const bytes = new Uint8Array(end - start);
  const nRead = await table.readAt(bytes, start);
  if (nRead < bytes.length) throw new Error(`the file ends at byte ${start + nRead}`);
  return bytes.buffer;
}

/** What the Parquet reader throws is the file's fault: it was told to read what the file says is there. */
async function guard<T>(file: TableFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged({ path }: TableFile, found: string, cause?: unknown): InputError {
  const expected = 'a Parquet file that is whole';
  return new InputError({ code: 'PARQUET_DAMAGED', where: path, found, expected, cause });
}
