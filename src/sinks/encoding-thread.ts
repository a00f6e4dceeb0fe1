import type { Worker } from 'node:worker_threads';
import type { ThreadAnswer, ThreadMessage } from '../workers/thread-messages.ts';
import type { Threads } from '../workers/threads.ts';
import type { ColumnEncoder } from './column-encoder.ts';
import type { EncodeOrder } from './encoding-order.ts';
import { beginColumn } from './encoding-order.ts';
import { type Compress, type Compression, openCodec } from './parquet-codec.ts';
import { type ColumnBuffer, createColumnBuffer } from './parquet-column.ts';
import { type EncodedColumn, encodeColumn } from './parquet-encode.ts';

/** A thread that encodes columns while this one goes on. */
export interface EncodingThread {
  /** Columns of numbers without nulls only, in memory that is shared. */
  readonly encoder: (compression: Compression) => Promise<HelpedEncoder>;
  /** Lets a thread that is idle before it is needed warm up. */
  readonly prepare: (compression: Compression) => void;
  readonly close: () => Promise<void>;
}

export interface HelpedEncoder extends ColumnEncoder {
  /**
   * Encodes, in this thread, a column that the other has not begun: for whoever has nothing else to do.
   * @returns whether there was one
   */
  readonly help: () => boolean;
}

interface Job {
  readonly compression: Compression;
  readonly nRows: number;
  readonly columns: readonly ColumnBuffer[];
  readonly take: (column: EncodedColumn, index: number) => Promise<void> | undefined;
  /** How many columns were begun, in memory that both threads count in. */
  readonly begun: Int32Array;
  /** Columns that came before their turn. */
  readonly early: Map<number, EncodedColumn>;
  nTaken: number;
  readonly resolve: (columns: readonly ColumnBuffer[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The thread starts with its first row group, so small files cost none. It reads the columns where they are: memory that
 * moves from one thread to the other would be counted as new each time, and set off V8's garbage collector.
 * Its bytes are those of the inline encoder. Memory beyond that of its orders: a thread of Node and the compressor, and
 * columns that were encoded before their turn.
 */
export function createEncodingThread(threads: Threads): EncodingThread {
  const jobs = new Map<number, Job>();
  let worker: Worker | undefined;
  let nJobs = 0;
  let ended: Error | undefined;

  function end(error: Error): void {
    ended ??= error;
    for (const job of jobs.values()) job.reject(ended);
    jobs.clear();
  }

  function start(): Worker {
    const started = threads.take();
    started.on('message', receive);
    started.on('error', end);
    started.on('exit', (code) => end(new Error(`the encoding thread ended early, code ${code}`)));
    return started;
  }

  function receive({ work, answer }: ThreadAnswer): void {
    if (work !== 'encoding') return;
    const job = jobs.get(answer.job);
    if (job && answer.kind === 'column') accept(answer.job, job, answer.index, answer.column);
    else if (job && answer.kind === 'failed') {
      jobs.delete(answer.job);
      job.reject(new Error(answer.message));
    }
  }

  /** Hands on the column, and those that have waited for it. */
  function accept(id: number, job: Job, index: number, column: EncodedColumn): void {
    job.early.set(index, column);
    try {
      for (let next = job.early.get(job.nTaken); next; next = job.early.get(job.nTaken)) {
        const place = job.nTaken++;
        job.early.delete(place);
        // Whoever takes it may fall behind, and hears of that himself.
        job.take(next, place)?.catch(() => undefined);
      }
    } catch (error) {
      jobs.delete(id);
      job.reject(error);
      return;
    }
    if (job.nTaken < job.columns.length) return;
    jobs.delete(id);
    job.resolve(job.columns);
  }

  const helped = (compression: Compression, compress: Compress): HelpedEncoder => ({
    encode: (columns, nRows, take) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        if (columns.length === 0) {
          resolve(columns);
          return;
        }
        const id = nJobs++;
        const order = orderOf(id, compression, nRows, columns);
        const counts = { begun: order.begun, early: new Map(), nTaken: 0 };
        jobs.set(id, { compression, nRows, columns, take, ...counts, resolve, reject });
        worker ??= start();
        const message: ThreadMessage = { work: 'encoding', order };
        worker.postMessage(message);
      }),
    help: () => {
      for (const [id, job] of jobs) {
        if (job.compression !== compression) continue;
        const index = beginColumn(job);
        if (index === undefined) continue;
        accept(id, job, index, encodeColumn(job.columns[index], job.nRows, compress));
        return true;
      }
      return false;
    },
  });

  return {
    prepare: (compression) => {
      // A row group that nobody asked for: what comes back belongs to no job.
      const order = orderOf(nJobs++, compression, warmingRows, warmingColumns());
      threads.announce({ work: 'encoding', order });
    },
    encoder: async (compression) => helped(compression, await openCodec(compression)),
    close: async () => {
      end(new Error('the encoding thread has been ended'));
      await worker?.terminate();
    },
  };
}

function orderOf(
  job: number,
  compression: Compression,
  nRows: number,
  columns: readonly ColumnBuffer[],
): EncodeOrder {
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const sent = columns.map(({ spec, numbers }) => ({ spec, numbers }));
  return { job, compression, nRows, columns: sent, begun };
}

/** Rows enough for the compressor to be compiled, and columns for the rest. */
const warmingRows = 4096;
const nWarmingColumns = 8;

/** Numbers that compress about as badly as activation does. */
function warmingColumns(): ColumnBuffer[] {
  return Array.from({ length: nWarmingColumns }, (_, column) => {
    const spec = { name: `column_${column}`, type: 'float64' } as const;
    const buffer = createColumnBuffer(spec, warmingRows, SharedArrayBuffer);
    for (let row = 0; row < warmingRows; row++) buffer.numbers[row] = Math.sin(row + column);
    return buffer;
  });
}
