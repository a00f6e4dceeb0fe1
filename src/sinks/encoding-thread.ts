import { Worker } from 'node:worker_threads';
import type { ColumnEncoder } from './column-encoder.ts';
import type { EncodeAnswer, EncodeOrder } from './encoding-order.ts';
import { beginColumn } from './encoding-order.ts';
import { type Compress, type Compression, openCodec } from './parquet-codec.ts';
import type { ColumnBuffer } from './parquet-column.ts';
import { type EncodedColumn, encodeColumn } from './parquet-encode.ts';

/** A thread that encodes columns while this one goes on. */
export interface EncodingThread {
  /** Columns of numbers without nulls only, in memory that is shared. */
  readonly encoder: (compression: Compression) => Promise<HelpedEncoder>;
  readonly close: () => Promise<void>;
}

export interface HelpedEncoder extends ColumnEncoder {
  /**
   * Encodes, in this thread, a column that the other has not begun: for whoever has nothing else to do.
   * @returns whether there was one
   */
  readonly help: () => boolean;
}

/** The file the thread runs, beside this one: built, or as it is where Node reads TypeScript. */
const besideThis = new URL(
  import.meta.url.endsWith('.ts') ? './encoding-worker.ts' : './encoding-worker.js',
  import.meta.url,
);

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
export function createEncodingThread(entry: URL = besideThis): EncodingThread {
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
    // Its objects are few; the room V8 would give the young among them is better kept.
    const started = new Worker(entry, { resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    started.on('message', receive);
    started.on('error', end);
    started.on('exit', (code) => end(new Error(`the encoding thread ended early, code ${code}`)));
    return started;
  }

  function receive(answer: EncodeAnswer): void {
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
        const begun = new Int32Array(new SharedArrayBuffer(4));
        const counts = { begun, early: new Map(), nTaken: 0 };
        jobs.set(id, { compression, nRows, columns, take, ...counts, resolve, reject });
        const sent = columns.map(({ spec, numbers }) => ({ spec, numbers }));
        const order: EncodeOrder = { job: id, compression, nRows, columns: sent, begun };
        worker ??= start();
        worker.postMessage(order);
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
    encoder: async (compression) => helped(compression, await openCodec(compression)),
    close: async () => {
      end(new Error('the encoding thread has been ended'));
      await worker?.terminate();
    },
  };
}
