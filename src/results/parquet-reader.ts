import {
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { InputError, PipelineError } from '../errors.ts';
import type { ResultFile } from '../model/result-files.ts';
import { openDecoders } from '../parquet-decoders.ts';
import type { ColumnKind, ResultColumn } from './result-table.ts';

/** More rows than a group of ours may have; more would not fit into an array of the reader. */
const maxRows = 2 ** 26;

export interface RowGroup {
  readonly start: number;
  readonly nRows: number;
}

/** A Parquet file of a run, read by row groups. */
export class ParquetReader {
  readonly columns: ReadonlyMap<string, ColumnKind | undefined>;
  readonly groups: readonly RowGroup[];
  readonly nRows: number;
  readonly #file: ResultFile;
  readonly #decoders: Compressors;
  readonly #metadata: FileMetaData;
  readonly #where: string;

  private constructor(
    file: ResultFile,
    metadata: FileMetaData,
    decoders: Compressors,
    where: string,
  ) {
    this.#file = file;
    this.#decoders = decoders;
    this.#metadata = metadata;
    this.#where = where;
    this.columns = new Map(
      parquetSchema(metadata).children.map((column) => [column.element.name, kindOf(column)]),
    );
    let start = 0;
    this.groups = metadata.row_groups.map(({ num_rows }) => {
      const nRows = Number(num_rows);
      if (!(nRows >= 0 && nRows <= maxRows)) throw new Error(`a row group of ${nRows} rows`);
      const group = { start, nRows };
      start += nRows;
      return group;
    });
    this.nRows = start;
  }

  /** @throws InputError RESULT_DAMAGED when the file is not Parquet, or was cut short */
  static open(file: ResultFile, where: string): Promise<ParquetReader> {
    return guard(where, async () => {
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      return new ParquetReader(file, metadata, await openDecoders(metadata), where);
    });
  }

  /**
   * The values of a column in some rows. Memory: those, and the row groups they lie in while one is decoded.
   * @throws InputError RESULT_DAMAGED
   */
  read(name: string, { start, nRows }: RowGroup): Promise<ResultColumn> {
    const kind = this.columns.get(name) ?? 'numbers';
    return guard(this.#where, async () => {
      if (nRows > maxRows) throw new Error(`a table of ${nRows} rows`);
      const column = emptyColumn(kind, nRows);
      let nRead = 0;
      const keep = (data: DecodedArray, rowStart: number): void => {
        const from = Math.max(0, start - rowStart);
        const to = Math.min(data.length, start + nRows - rowStart);
        if (to > from) nRead += to - from;
        copyInto(column, data, from, to, rowStart - start);
      };
      if (nRows > 0) {
        await parquetRead({
          file: this.#file,
          metadata: this.#metadata,
          compressors: this.#decoders,
          geoparquet: false,
          columns: [name],
          rowStart: start,
          rowEnd: start + nRows,
          onChunk: ({ columnData, rowStart }) => keep(columnData, rowStart),
        });
      }
      if (nRead === nRows) return column;
      throw new Error(`${nRead} of ${nRows} values of column ${name}`);
    });
  }
}

function kindOf({ element, children }: SchemaTree): ColumnKind | undefined {
  if (children.length > 0 || element.repetition_type === 'REPEATED') return undefined;
  if (element.type === 'BOOLEAN') return 'flags';
  if (element.type === 'BYTE_ARRAY') return 'texts';
  return /^(INT32|INT64|FLOAT|DOUBLE)$/.test(element.type ?? '') ? 'numbers' : undefined;
}

interface GrowingColumn extends ResultColumn {
  readonly texts: string[];
}

function emptyColumn(kind: ColumnKind, nRows: number): GrowingColumn {
  return {
    kind,
    numbers: new Float64Array(kind === 'texts' ? 0 : nRows),
    texts: kind === 'texts' ? new Array<string>(nRows).fill('') : [],
    isNull: new Uint8Array(nRows),
  };
}

function copyInto(
  column: GrowingColumn,
  data: DecodedArray,
  from: number,
  to: number,
  shift: number,
): void {
  if (data instanceof Float64Array && column.kind === 'numbers') {
    column.numbers.set(data.subarray(from, to), from + shift);
    return;
  }
  for (let i = from; i < to; i++) {
    const value: unknown = data[i];
    const isNull = value === null || value === undefined;
    if (isNull) column.isNull[i + shift] = 1;
    if (column.kind === 'texts') column.texts[i + shift] = isNull ? '' : String(value);
    else column.numbers[i + shift] = isNull ? Number.NaN : Number(value);
  }
}

/** What the Parquet reader throws is the file's fault: it was told to read what the file says is there. */
async function guard<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new InputError({
      code: 'RESULT_DAMAGED',
      where,
      found: cause instanceof Error ? cause.message : String(cause),
      expected: 'a Parquet file that is whole',
      hint: 'run the pipeline again: rekindle run --overwrite',
      cause,
    });
  }
}
