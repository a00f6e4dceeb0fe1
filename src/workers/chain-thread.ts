import type { Worker } from 'node:worker_threads';
import { Observable, type OperatorFunction } from 'rxjs';
import type { SpikeChunk } from '../model/chunk.ts';
import { isStreamType } from '../model/wires.ts';
import { type Chunk, keyOf, type Value } from '../pipeline/build.ts';
import type { Chain, ChainEnvironment, ChainRunner } from '../pipeline/chain.ts';
import type { Flow } from '../pipeline/flow.ts';
import type { ChainAnswer, ChainOrder } from './chain-messages.ts';
import { runsInChain } from './chain-operators.ts';
import { errorOf } from './failure.ts';
import type { ThreadAnswer, ThreadMessage } from './thread-messages.ts';
import { createThreads, type Threads } from './threads.ts';

/** A thread for chains, until it is closed. */
export interface ChainThread extends ChainRunner {
  readonly close: () => Promise<void>;
}

export interface ChainThreadOptions {
  readonly minSeconds?: number;
  /** Bytes of copied spikes, and 1024 for each chunk, that may wait in the thread before chunks count as in flight. */
  readonly spareBytes?: number;
  readonly entry?: URL;
  /** Where the thread is taken from, and where it goes when it has nothing to do; else it ends then. */
  readonly threads?: Threads;
}

/** What waits for the answers of the thread. */
interface Job {
  readonly receive: (answer: ChainAnswer) => void;
  readonly fail: (error: Error) => void;
}

/**
 * A thread that starts with a chain, or ahead of one, and ends with it. The chain may lag behind, so that what stands
 * beside it goes on meanwhile: spikes in shared memory wait for it where they are, others as copies. Same numbers, notes
 * and errors as in this thread; notes may come at other times.
 * Memory: a thread of Node, the state of the chain, and `spareBytes`, or as many chunks as the gate allows.
 */
export function createChainThread({
  minSeconds = 3600,
  spareBytes = 8 * 2 ** 20,
  entry,
  threads: lent,
}: ChainThreadOptions = {}): ChainThread {
  const threads = lent ?? createThreads(entry);
  const jobs = new Map<number, Job>();
  let letGo = (): void => {};
  let worker: Worker | undefined;
  let nJobs = 0;
  let isClosed = false;

  function start(): Worker {
    const started = threads.take();
    const receive = ({ work, answer }: ThreadAnswer): void => {
      if (work === 'chain') jobs.get(answer.job)?.receive(answer);
    };
    const exit = (code: number): void => {
      isLost = true;
      fail(new Error(`the thread of a chain ended early, code ${code}`));
    };
    let isLost = false;
    started.on('message', receive);
    started.on('error', fail);
    started.on('messageerror', fail);
    started.on('exit', exit);
    letGo = () => {
      started.off('message', receive);
      started.off('error', fail);
      started.off('messageerror', fail);
      started.off('exit', exit);
      if (!isLost) threads.giveBack(started);
    };
    return started;
  }

  function fail(error: Error): void {
    for (const job of [...jobs.values()]) job.fail(error);
  }

  function order(message: ChainOrder, moved: ArrayBuffer[] = []): void {
    worker ??= start();
    const sent: ThreadMessage = { work: 'chain', order: message };
    worker.postMessage(sent, moved);
  }

  /** Lets go of the thread, and with it of its memory, when there is nothing for it to do. */
  async function rest(): Promise<void> {
    if (jobs.size > 0 || !worker) return;
    worker = undefined;
    letGo();
    if (!lent) await threads.close();
  }

  function run(
    { nodes, input, output }: Chain,
    { flow, report, count }: ChainEnvironment,
  ): OperatorFunction<Chunk, Value> {
    return (source) =>
      new Observable((subscriber) => {
        if (isClosed) throw new Error('the thread of chains has been ended');
        const job = nJobs++;
        const queue = createWaiting(flow, spareBytes);
        const settle = (): void => {
          if (!jobs.delete(job)) return;
          queue.clear();
          rest().catch(() => {
            // It is not needed any more, however it ends.
          });
        };
        const failed = (error: unknown): void => {
          settle();
          subscriber.error(error);
        };
        const receive = (answer: ChainAnswer): void => {
          switch (answer.kind) {
            case 'made':
              subscriber.next(answer.value);
              break;
            case 'taken':
              queue.shift();
              break;
            case 'note':
              report(answer.node)(answer.note);
              break;
            case 'failed':
              failed(errorOf(answer.failure));
              break;
            case 'done':
              settle();
              for (const [wire, found] of answer.counts) {
                // What goes in is counted here.
                if (wire !== keyOf(input)) Object.assign(count(wire), found);
              }
              subscriber.complete();
          }
        };
        jobs.set(job, { receive, fail: failed });
        const sent = nodes.map(({ id, definition, options, inputs, position }) => {
          const streams = [...inputs].filter(([, { type }]) => isStreamType(type));
          return { id, op: definition.op, options, inputs: streams, position };
        });
        order({ kind: 'begin', job, nodes: sent, input, output });
        const subscription = source.subscribe({
          next: (chunk) => {
            // What an observer throws would reach nobody.
            try {
              const { sent, moved } = parcel(chunk as SpikeChunk);
              queue.push(moved.reduce((sum, { byteLength }) => sum + byteLength, 0));
              order({ kind: 'chunk', job, chunk: sent }, moved);
            } catch (error) {
              failed(error);
            }
          },
          error: failed,
          complete: () => {
            if (jobs.has(job)) order({ kind: 'end', job });
          },
        });
        return () => {
          if (jobs.has(job)) order({ kind: 'abandon', job });
          settle();
          subscription.unsubscribe();
        };
      });
  }

  return {
    runs: runsInChain,
    minSeconds,
    prepare: () => {
      if (!isClosed && !worker) order({ kind: 'prepare' });
    },
    run,
    close: async () => {
      isClosed = true;
      fail(new Error('the thread of chains has been ended'));
      await rest();
    },
  };
}

/** What a chunk takes while it waits, besides its spikes. */
const messageBytes = 1024;

/** Chunks that wait in the thread: those beyond so many bytes count as in flight. */
function createWaiting(flow: Flow, spareBytes: number) {
  let chunks: { readonly bytes: number; readonly isCounted: boolean }[] = [];
  let nGone = 0;
  let nBytes = 0;
  function shift(): void {
    const first = chunks[nGone];
    if (!first) return;
    nGone++;
    nBytes -= first.bytes;
    if (first.isCounted) flow.end();
    // Moving them costs as much as there are left, so it waits until as many have gone.
    if (2 * nGone < chunks.length) return;
    chunks = chunks.slice(nGone);
    nGone = 0;
  }
  return {
    push: (spikeBytes: number) => {
      const bytes = spikeBytes + messageBytes;
      nBytes += bytes;
      const isCounted = nBytes > spareBytes;
      chunks.push({ bytes, isCounted });
      if (isCounted) flow.begin();
    },
    shift,
    clear: () => {
      while (chunks.length > 0) shift();
    },
  };
}

/**
 * A chunk as it is sent: what stands in shared memory as it is, else a copy, for a part of a larger array would take all of
 * that along.
 */
function parcel(chunk: SpikeChunk): { sent: SpikeChunk; moved: ArrayBuffer[] } {
  const { times, units } = chunk;
  if (times.buffer instanceof SharedArrayBuffer && units.buffer instanceof SharedArrayBuffer) {
    return { sent: chunk, moved: [] };
  }
  const own = { times: Float64Array.from(times), units: Int32Array.from(units) };
  return { sent: { ...chunk, ...own }, moved: [own.times.buffer, own.units.buffer] };
}
