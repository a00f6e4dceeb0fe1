import type { FileWriter } from '../define.ts';
import { PipelineError, SinkError } from '../errors.ts';
import { check, choice, count, type OptionsOf } from '../params.ts';
import { createByteQueue } from './byte-queue.ts';
import { type ColumnEncoder, createInlineEncoder } from './column-encoder.ts';
import type { EncodingThread } from './encoding-thread.ts';
import {
  bytesOf,
  type Cell,
  type ColumnBuffer,
  type ColumnData,
  type ColumnSpec,
  copyRows,
  createColumnBuffer,
} from './parquet-column.ts';
import { encodeFooter, magic, sealRowGroup } from './parquet-footer.ts';
import { type ColumnChunk, columnChunk } from './parquet-page.ts';
import type { ThriftStruct } from './parquetjs.ts';

export const fileParams = {
  compression: choice({
    of: ['zstd', 'snappy', 'none'],
    default: 'zstd',
    doc: 'Compression of the columns.',
  }),
  rowGroupSize: count({
    min: 1,
    max: 1e7,
    default: 65_536,
    doc: 'Rows of a row group; the writer holds one row group in memory.',
  }),
  checkpointRowGroups: count({
    default: 4,
    doc: 'Row groups between footers that make an interrupted file recoverable, more as the file grows; 0 writes none.',
  }),
};
export type FileOptions = OptionsOf<typeof fileParams>;

export interface FileDescription {
  /** Named in errors. */
  readonly name: string;
  /** Key-value pairs of the footer; written in the order of their keys. */
  readonly metadata?: ReadonlyMap<string, string>;
}

export interface ParquetFile {
  /**
   * Appends rows; each column's data holds at least `nRows` of them. Calls are served one after another. The data may be
   * used again when the promise resolves; after a failure this and every later promise rejects with the same error.
   */
  readonly write: (data: readonly ColumnData[], nRows: number) => Promise<void>;
  /** Writes the rows that remain and the footer, and closes the file. */
  readonly finish: () => Promise<void>;
}

/**
 * A Parquet file that grows by whole columns. Every row group but the last holds `rowGroupSize` rows wherever the data
 * was cut, so the bytes depend on the rows and options alone. Every `checkpointRowGroups` groups, or eighth of the file
 * where that is more, a complete footer is written and the file goes on behind it: `recoverParquet` finds the last one of
 * a file that was cut short.
 * Memory: one row group, one encoded column of it, and about 70 bytes per column for each group written; with a thread,
 * two row groups, one that is encoded, and 4 MiB that wait for the disk.
 * @param thread encodes all row groups but the last, while the next is filled, with help where that takes longer; for
 *   columns of numbers without nulls, and for row groups of up to 32 MiB: of larger ones two more would be too much to hold
 * @throws SinkError when the writer fails, or a value is not of its column's type
 */
export async function createParquetFile(
  writer: FileWriter,
  columns: readonly ColumnSpec[],
  { name, metadata = new Map() }: FileDescription,
  options: FileOptions = {},
  thread?: EncodingThread,
): Promise<ParquetFile> {
  const { compression, rowGroupSize, checkpointRowGroups } = check(fileParams, options);
  let nextCheckpoint = checkpointRowGroups > 0 ? checkpointRowGroups : Number.POSITIVE_INFINITY;
  const inline = await createInlineEncoder(compression).catch((cause) => {
    throw sinkError(name, cause);
  });
  const groupBytes = columns.reduce((sum, { type }) => sum + bytesOf[type] * rowGroupSize, 0);
  const background = groupBytes <= maxInThread ? await thread?.encoder(compression) : undefined;
  const memory = background ? SharedArrayBuffer : ArrayBuffer;
  const createBuffers = () => columns.map((spec) => createColumnBuffer(spec, rowGroupSize, memory));
  let buffers: readonly ColumnBuffer[] = createBuffers();
  const sortedMetadata = new Map([...metadata].sort(([a], [b]) => (a < b ? -1 : 1)));
  const rowGroups: ThriftStruct[] = [];
  const output = createByteQueue(writer);
  let nWritten = 0;
  let nBuffered = 0;
  let hasFooter = false;
  // The row group that a thread is at work on: the buffers it gives back.
  let underWay: Promise<readonly ColumnBuffer[]> | undefined;

  const writeFooter = () => {
    hasFooter = true;
    output.put(encodeFooter({ columns, rowGroups, nRows: nWritten, metadata: sortedMetadata }));
  };
  /** Writes a row group of the rows buffered, and returns the buffers to be filled again. */
  const writeRowGroup = async (
    encoder: ColumnEncoder,
    filled: readonly ColumnBuffer[],
    nRows: number,
  ) => {
    const chunks: Omit<ColumnChunk, 'parts'>[] = [];
    const free = await encoder.encode(filled, nRows, (encoded, index) => {
      const spec = columns[index];
      const { parts, ...chunk } = columnChunk(spec, encoded, compression, output.length());
      output.give(...parts);
      chunks.push(chunk);
      return encoder === inline ? output.written() : undefined;
    });
    rowGroups.push(sealRowGroup(chunks, nRows));
    nWritten += nRows;
    hasFooter = false;
    return free;
  };
  const append = async (data: readonly ColumnData[], nRows: number) => {
    checkShape(columns, data, nRows);
    for (let from = 0; from < nRows; ) {
      const nCopied = Math.min(nRows - from, rowGroupSize - nBuffered);
      buffers.forEach((buffer, index) => {
        copyRows(buffer, nBuffered, data[index] as ColumnData, from, nCopied);
      });
      nBuffered += nCopied;
      from += nCopied;
      if (nBuffered === rowGroupSize) await passOn();
    }
  };
  const checkpoint = () => {
    if (rowGroups.length < nextCheckpoint) return;
    writeFooter();
    // A footer names every group before it: at even distances they would outgrow the data of a long file.
    const distance = Math.max(checkpointRowGroups, Math.floor(rowGroups.length / 8));
    nextCheckpoint = rowGroups.length + distance;
  };
  /** The buffers of the row group that a thread is at work on; rather than wait for them, this one helps. */
  const buffersBack = async () => {
    while (background?.help()) await new Promise((resolve) => setImmediate(resolve));
    return underWay;
  };
  /** Passes the full buffers on; where a thread takes them, the next rows go to others meanwhile. */
  const passOn = async () => {
    const filled = buffers;
    nBuffered = 0;
    const spare = await buffersBack();
    if (output.nWaiting() > mostWaiting) await output.written();
    const free = writeRowGroup(background ?? inline, filled, rowGroupSize).then((free) => {
      checkpoint();
      return free;
    });
    if (!background) buffers = await free;
    else {
      underWay = free;
      // The next step that awaits it is told.
      free.catch(() => undefined);
      buffers = spare ?? createBuffers();
    }
  };

  // A step that failed is the end: those behind it are skipped and reject with its error.
  let lastStep = Promise.resolve();
  const inTurn = (step: () => Promise<void>) => {
    lastStep = lastStep.then(step).catch((cause) => {
      throw sinkError(name, cause);
    });
    return lastStep;
  };
  await inTurn(() => {
    output.put(Buffer.from(magic));
    return output.written();
  });
  return {
    write: (data, nRows) => inTurn(() => append(data, nRows)),
    finish: () =>
      inTurn(async () => {
        await buffersBack();
        if (nBuffered > 0) await writeRowGroup(inline, buffers, nBuffered);
        if (!hasFooter) writeFooter();
        await output.written();
        await writer.close();
      }),
  };
}

/** Bytes that may wait for the disk while the next row group is encoded. */
const mostWaiting = 4 * 2 ** 20;

/** Row groups of more bytes are encoded in this thread, so that there is only one of them. */
const maxInThread = 32 * 2 ** 20;

/** A small table, by rows. */
export interface Table {
  readonly columns: readonly ColumnSpec[];
  readonly rows: TableRows;
}

/** Rows that are there, or made one at a time as they are asked for. */
export interface TableRows extends Iterable<readonly Cell[]> {
  readonly length: number;
}

/** Rows handed to a file at once: few enough to be gone before V8 keeps them among its old objects. */
const rowsAtOnce = 512;

/** Writes a table as a whole file. */
export async function writeTable(
  writer: FileWriter,
  { columns, rows }: Table,
  description: FileDescription,
  options: FileOptions = {},
): Promise<void> {
  const { rowGroupSize } = check(fileParams, options);
  // The same groups, with no more room than the rows need.
  const room = Math.max(1, Math.min(rows.length, rowGroupSize));
  const file = await createParquetFile(writer, columns, description, {
    ...options,
    rowGroupSize: room,
  });
  let some: (readonly Cell[])[] = [];
  const writeSome = async () => {
    const data = columns.map((_, column) => some.map((row) => row[column] as Cell));
    await file.write(data, some.length);
    some = [];
  };
  for (const row of rows) {
    some.push(row);
    if (some.length === rowsAtOnce) await writeSome();
  }
  if (some.length > 0) await writeSome();
  await file.finish();
}

function checkShape(columns: readonly ColumnSpec[], data: readonly ColumnData[], nRows: number) {
  if (data.length !== columns.length) {
    const found = `${data.length} columns`;
    throw new SinkError({ code: 'BAD_COLUMNS', found, expected: `${columns.length} as before` });
  }
  data.forEach(({ length }, index) => {
    if (length >= nRows) return;
    const where = `column "${columns[index]?.name}"`;
    const expected = `at least ${nRows}`;
    throw new SinkError({ code: 'BAD_COLUMNS', where, found: `${length} rows`, expected });
  });
}

function sinkError(name: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) {
    return cause.where?.includes(name) ? cause : cause.at(name);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SinkError({
    code: 'WRITE_FAILED',
    where: name,
    message: `the file cannot be written: ${reason}`,
    cause,
  });
}
