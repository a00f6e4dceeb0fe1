import { Worker } from 'node:worker_threads';
import type { ColumnEncoder } from './column-encoder.ts';
import type { EncodeAnswer, EncodeOrder } from './encoding-worker.ts';
import type { Compression } from './parquet-codec.ts';
import type { ColumnBuffer } from './parquet-column.ts';
import type { EncodedColumn } from './parquet-encode.ts';

/** A thread that encodes columns while this one goes on. */
export interface EncodingThread {
  /** Columns of numbers without nulls only, in memory that is shared. */
  readonly encoder: (compression: Compression) => ColumnEncoder;
  readonly close: () => Promise<void>;
}

/** The file the thread runs, beside this one: built, or as it is where Node reads TypeScript. */
const besideThis = new URL(
  import.meta.url.endsWith('.ts') ? './encoding-worker.ts' : './encoding-worker.js',
  import.meta.url,
);

interface Job {
  readonly columns: readonly ColumnBuffer[];
  readonly take: (column: EncodedColumn, index: number) => Promise<void>;
  taken: Promise<void>;
  readonly resolve: (columns: readonly ColumnBuffer[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The thread starts with its first row group, so small files cost none. It reads the columns where they are: memory that
 * moves from one thread to the other would be counted as new each time, and set off V8's garbage collector.
 * Its bytes are those of the inline encoder. Memory beyond that of its orders: a thread of Node and the compressor.
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
    if (!job) return;
    if (answer.kind === 'column') {
      const { column, index } = answer;
      job.taken = job.taken.then(() => job.take(column, index));
      // Who waits for the job is told; until then nobody listens.
      job.taken.catch(() => undefined);
      return;
    }
    jobs.delete(answer.job);
    if (answer.kind === 'failed') job.reject(new Error(answer.message));
    else job.taken.then(() => job.resolve(job.columns), job.reject);
  }

  const encoder = (compression: Compression): ColumnEncoder => ({
    encode: (columns, nRows, take) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        worker ??= start();
        const job = nJobs++;
        jobs.set(job, { columns, take, taken: Promise.resolve(), resolve, reject });
        const order: EncodeOrder = {
          job,
          compression,
          nRows,
          columns: columns.map(({ spec, numbers }) => ({ spec, numbers })),
        };
        worker.postMessage(order);
      }),
  });

  return {
    encoder,
    close: async () => {
      end(new Error('the encoding thread has been ended'));
      await worker?.terminate();
    },
  };
}
