import { Worker } from 'node:worker_threads';
import type { Compute, TaskName, TaskTypes } from '../math/tasks.ts';
import { errorOf } from './failure.ts';
import type { Answer, Order } from './messages.ts';
import { shareArrays } from './share.ts';

/** Threads that do tasks. */
export interface WorkerPool {
  readonly compute: Compute;
  /** Ends all threads at once, and with them what they were doing. */
  readonly close: () => Promise<void>;
}

interface Job {
  readonly name: string;
  readonly common: unknown;
  readonly items: readonly unknown[];
  readonly results: unknown[];
  readonly begunBy: Set<Thread>;
  nGiven: number;
  nDone: number;
  readonly finish: (error?: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  isBusy: boolean;
}

/** The file a thread runs, beside this one: built, or as it is where Node reads TypeScript. */
const besideThis = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

/**
 * Threads that share out the items of tasks. None is started before the first task, and never more than there are
 * items. What is common to the items is copied once, into memory that all threads read; each thread gets an item
 * when it has done the one before. An aborted task is given no further items; its promise rejects at once.
 */
export function createWorkerPool(nThreads: number, entry: URL = besideThis): WorkerPool {
  const threads: Thread[] = [];
  const jobs = new Map<number, Job>();
  let nJobs = 0;
  let isClosed = false;

  function start(): void {
    const thread: Thread = { worker: new Worker(entry), isBusy: false };
    thread.worker.on('message', (answer: Answer) => receive(thread, answer));
    thread.worker.on('error', fail);
    thread.worker.on('exit', (code) => {
      threads.splice(threads.indexOf(thread), 1);
      if (!isClosed) fail(new Error(`a worker thread ended early, with code ${code}`));
    });
    threads.push(thread);
  }

  function receive(thread: Thread, answer: Answer): void {
    thread.isBusy = false;
    const job = jobs.get(answer.job);
    if (job && answer.kind === 'failed') job.finish(errorOf(answer.failure));
    else if (job && answer.kind === 'done') {
      job.results[answer.index] = answer.result;
      job.nDone++;
      if (job.nDone === job.items.length) job.finish();
    }
    deal();
  }

  /** Gives every idle thread the next item of the oldest job that has one left. */
  function deal(): void {
    for (const thread of threads) {
      if (thread.isBusy) continue;
      for (const [id, job] of jobs) {
        if (job.nGiven === job.items.length) continue;
        if (!job.begunBy.has(thread)) {
          job.begunBy.add(thread);
          order(thread, { kind: 'begin', job: id, name: job.name, common: job.common });
        }
        const index = job.nGiven++;
        order(thread, { kind: 'item', job: id, index, item: job.items[index] });
        thread.isBusy = true;
        break;
      }
    }
  }

  function order(thread: Thread, message: Order): void {
    thread.worker.postMessage(message);
  }

  /** A thread that is lost takes all jobs with it: nobody knows what it has done of them. */
  function fail(error: unknown): void {
    for (const job of [...jobs.values()]) job.finish(error);
  }

  function run(name: string, common: unknown, items: readonly unknown[], signal: AbortSignal) {
    return new Promise<unknown[]>((resolve, reject) => {
      const id = nJobs++;
      const results: unknown[] = Array.from({ length: items.length });
      const abort = (): void => finish(signal.reason);
      const finish = (error?: unknown): void => {
        if (!jobs.delete(id)) return;
        signal.removeEventListener('abort', abort);
        for (const thread of job.begunBy) order(thread, { kind: 'end', job: id });
        if (error === undefined) resolve(results);
        else reject(error);
      };
      const begunBy = new Set<Thread>();
      const shared = shareArrays(common);
      const job: Job = {
        name,
        common: shared,
        items,
        results,
        begunBy,
        nGiven: 0,
        nDone: 0,
        finish,
      };
      jobs.set(id, job);
      signal.addEventListener('abort', abort, { once: true });
      while (threads.length < Math.min(nThreads, items.length)) start();
      deal();
    });
  }

  async function compute<N extends TaskName>(
    name: N,
    common: TaskTypes[N]['common'],
    items: readonly TaskTypes[N]['item'][],
    signal: AbortSignal,
  ): Promise<TaskTypes[N]['result'][]> {
    signal.throwIfAborted();
    if (isClosed) throw new Error('the worker threads have been ended');
    if (items.length === 0) return [];
    // Only a worker knows what it sent; it does the task of this very name.
    return (await run(name, common, items, signal)) as TaskTypes[N]['result'][];
  }

  async function close(): Promise<void> {
    isClosed = true;
    fail(new Error('the worker threads have been ended'));
    await Promise.all([...threads].map(({ worker }) => worker.terminate()));
  }

  return { compute, close };
}
