import { parentPort } from 'node:worker_threads';
import { tasks } from '../math/tasks.ts';
import { failureOf } from './failure.ts';
import type { Answer, Order } from './messages.ts';

type Work = (item: unknown) => unknown;

const jobs = new Map<number, Work>();

parentPort?.on('message', (order: Order) => {
  if (order.kind === 'begin') jobs.set(order.job, prepare(order.name, order.common));
  else if (order.kind === 'end') jobs.delete(order.job);
  else send(answerTo(order.job, order.index, order.item));
});

/** The work of a job; one that cannot be made ready fails item by item, so that each item has one answer. */
function prepare(name: string, common: unknown): Work {
  try {
    return makeWork(name, common);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function makeWork(name: string, common: unknown): Work {
  // The pool, typed task by task, is the only one that writes to this thread.
  const known: Readonly<Record<string, unknown>> = tasks;
  if (!Object.hasOwn(known, name)) throw new Error(`no task "${name}"`);
  return (known[name] as (common: unknown) => Work)(common);
}

function answerTo(job: number, index: number, item: unknown): Answer {
  try {
    return { kind: 'done', job, index, result: jobs.get(job)?.(item) };
  } catch (error) {
    return { kind: 'failed', job, failure: failureOf(error) };
  }
}

function send(message: Answer): void {
  parentPort?.postMessage(message);
}
