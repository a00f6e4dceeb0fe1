import { parentPort } from 'node:worker_threads';
import type { OpenSource, OperatorNode } from '../define.ts';
import type { SpikeChunk } from '../model/chunk.ts';
import { connectPass, type WireCount } from '../pipeline/build.ts';
import { Flow } from '../pipeline/flow.ts';
import type { GraphNode } from '../pipeline/graph.ts';
import type { ChainAnswer, ChainOrder, SentNode } from './chain-messages.ts';
import { chainOperators, withoutRows } from './chain-operators.ts';
import { failureOf } from './failure.ts';
import type { ThreadAnswer } from './thread-messages.ts';

interface Job {
  readonly push: (chunk: SpikeChunk) => void;
  readonly end: () => void;
  readonly abandon: () => void;
}

const jobs = new Map<number, Job>();

/** Does what the other thread asks of this one. */
export function receive(order: ChainOrder): void {
  if (order.kind === 'begin') tryToBegin(order);
  else if (order.kind === 'chunk') jobs.get(order.job)?.push(order.chunk);
  else if (order.kind === 'end') jobs.get(order.job)?.end();
  else if (order.kind === 'abandon') jobs.get(order.job)?.abandon();
}

function tryToBegin(order: ChainOrder & { kind: 'begin' }): void {
  const { job } = order;
  try {
    jobs.set(job, begin(order));
  } catch (error) {
    send({ kind: 'failed', job, failure: failureOf(error) });
  }
}

function begin({ job, nodes, input, output }: ChainOrder & { kind: 'begin' }): Job {
  const queue = createQueue(() => send({ kind: 'taken', job }));
  const counts = new Map<string, WireCount>();
  const source: OpenSource = {
    values: {},
    streams: { [input.port]: queue.chunks },
    digests: [],
    paths: [],
    span: { start: 0, end: 0 },
  };
  const connected = connectPass(
    { number: 1, operators: withoutRows(nodes.map(nodeOf)), values: [], streams: [] },
    {
      sources: new Map([[input.node, source]]),
      known: new Map(),
      flow: new Flow(),
      report: (node) => (note) => send({ kind: 'note', job, node, note }),
      count: (wire) => {
        const count = { nChunks: 0, nSpikes: 0, nBins: 0, nRuns: 0, duration: 0 };
        counts.set(wire, count);
        return count;
      },
      progress: () => {},
    },
  );
  const subscription = connected.value(output).subscribe({
    next: (value) => send({ kind: 'made', job, value }),
    error: (error: unknown) => {
      jobs.delete(job);
      send({ kind: 'failed', job, failure: failureOf(error) });
    },
    complete: () => {
      jobs.delete(job);
      send({ kind: 'done', job, counts: [...counts] });
    },
  });
  const abandon = (): void => {
    jobs.delete(job);
    subscription.unsubscribe();
  };
  return { push: queue.push, end: queue.end, abandon };
}

function nodeOf({ op, inputs, ...node }: SentNode): GraphNode<OperatorNode> {
  const definition = chainOperators.find((known) => known.op === op);
  if (!definition) throw new Error(`no operator "${op}"`);
  return { ...node, definition, inputs: new Map(inputs), recorded: [] };
}

/** Chunks in the order they came, each pulled when the one before it has been worked through. */
function createQueue(tellTaken: () => void) {
  let waiting: SpikeChunk[] = [];
  let isEnded = false;
  let wake = (): void => {};
  async function* chunks(): AsyncGenerator<SpikeChunk> {
    for (;;) {
      const came = waiting;
      waiting = [];
      for (const chunk of came) {
        yield chunk;
        tellTaken();
      }
      if (waiting.length > 0) continue;
      if (isEnded) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    chunks,
    push: (chunk: SpikeChunk) => {
      waiting.push(chunk);
      wake();
    },
    end: () => {
      isEnded = true;
      wake();
    },
  };
}

function send(answer: ChainAnswer): void {
  const message: ThreadAnswer = { work: 'chain', answer };
  parentPort?.postMessage(message);
}
