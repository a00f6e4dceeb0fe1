import {
  type AsyncBuffer,
  type ColumnMetaData,
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
import { holdsPlainNumbers, readNumbers } from './parquet-numbers.ts';
import { type PagedColumn, walkPages } from './parquet-pages.ts';
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
  /** Whether they are whole numbers of which none is negative. */
  readonly isUnsigned: boolean;
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
  #table: OpenTable;
  #source: AsyncBuffer;
  #metadata: FileMetaData;
  #decoders: Compressors;
  #file: TableFile;
  #room = new Uint8Array(0);

  private constructor(
    table: OpenTable,
    source: AsyncBuffer,
    metadata: FileMetaData,
    decoders: Compressors,
  ) {
    const { file } = table;
    this.#table = table;
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
      return new ParquetTable(table, source, metadata, await openDecoders(metadata));
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

  /**
   * The numbers of a column in one row group, in less time and memory than `read` takes.
   * @param into room for as many as the row group has rows
   * @returns false where the column must be read with `read`: it has nulls, or values that are stored in another way
   * @throws InputError when the file is damaged
   */
  readNumbers(group: RowGroup, name: string, into: Float64Array): Promise<boolean> {
    return guard(this.#file, async () => {
      if (group.nRows === 0) return true;
      const chunk = this.#chunkOf(group, name);
      if (!holdsPlainNumbers(chunk.type, chunk.encodings)) return false;
      const { bytes } = await this.#readChunk(chunk);
      return readNumbers(bytes, this.#paged(chunk, name), group.nRows, this.#decoders, into);
    });
  }

  async #readColumn(group: RowGroup, name: string): Promise<DecodedArray[]> {
    const { index, nRows } = group;
    if (nRows === 0) return [];
    const chunk = this.#chunkOf(group, name);
    const { bytes, from } = await this.#readChunk(chunk);
    const pages: Uint8Array[] = [];
    walkPages(bytes, this.#paged(chunk, name), nRows, this.#decoders, (page) => {
      if (page.wasCompressed) pages.push(page.bytes);
    });
    const pieces: DecodedArray[] = [];
    await parquetRead({
      file: within(this.#source, from, bytes),
      // The reader looks through all the groups that it is given, for each of them.
      metadata: { ...this.#metadata, row_groups: [this.#metadata.row_groups[index]] },
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

  #chunkOf({ index }: RowGroup, name: string): ColumnMetaData {
    const { columns } = this.#metadata.row_groups[index];
    const chunks = columns.filter(({ meta_data }) => meta_data?.path_in_schema[0] === name);
    const chunk = chunks[0]?.meta_data;
    if (chunk !== undefined && chunks.length === 1 && chunk.path_in_schema.length === 1) {
      return chunk;
    }
    throw new Error(`${chunks.length} times values of column ${name}`);
  }

  #paged({ type, codec }: ColumnMetaData, name: string): PagedColumn {
    const described = this.columns.find((column) => column.name === name);
    const { isOptional = true, isUnsigned = false } = described ?? {};
    return { type, codec, isOptional, isUnsigned };
  }

  /** The bytes of a column in a row group, and where in the file they begin; until the next are read. */
  async #readChunk(chunk: ColumnMetaData): Promise<{ bytes: Uint8Array; from: number }> {
    const from = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const size = Number(chunk.total_compressed_size);
    checkRange(this.#table, from, from + size);
    if (this.#room.length < size) this.#room = new Uint8Array(size);
    const bytes = this.#room.subarray(0, size);
    await readAll(this.#table, bytes, from);
    return { bytes, from };
  }
}

function describeColumn(element: SchemaElement, isGroup: boolean): ParquetColumn {
  const { name, type, converted_type, logical_type, repetition_type } = element;
  const annotation = logical_type?.type ?? converted_type;
  const isOptional = repetition_type !== 'REQUIRED';
  if (isGroup || type === undefined || repetition_type === 'REPEATED') {
    const holds = undefined;
    return { name, holds, type: annotation ?? 'nested columns', isOptional, isUnsigned: false };
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
  const isUnsigned =
    logical_type?.type === 'INTEGER' ? !logical_type.isSigned : /^UINT/.test(annotation ?? '');
  return { name, holds, type: annotation ?? type, isOptional, isUnsigned };
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
function within(source: AsyncBuffer, from: number, bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: source.byteLength,
    slice: (start, end = source.byteLength) =>
      start >= from && start <= end && end <= from + bytes.length
        ? (bytes.slice(start - from, end - from).buffer as ArrayBuffer)
        : source.slice(start, end),
  };
}

async function readBytes(table: OpenTable, start: number, end: number): Promise<ArrayBuffer> {
  checkRange(table, start, end);
  const bytes = new Uint8Array(end - start);
  await readAll(table, bytes, start);
  return bytes.buffer;
}

function checkRange({ stamp: { size } }: OpenTable, start: number, end: number): void {
  if (start >= 0 && start <= end && end <= size) return;
  throw new Error(`bytes ${start} to ${end} of a file of ${size} bytes`);
}

async function readAll(table: OpenTable, into: Uint8Array, from: number): Promise<void> {
  const nRead = await table.readAt(into, from);
  if (nRead < into.length) throw new Error(`the file ends at byte ${from + nRead}`);
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
