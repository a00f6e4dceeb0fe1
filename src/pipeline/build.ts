import { catchError, type Observable, of, share, tap, throwError } from 'rxjs';
import type { NodeContext, OpenSource } from '../define.ts';
import { PipelineError } from '../errors.ts';
import type { Report } from '../model/report.ts';
import {
  isStreamType,
  type StreamType,
  type StreamTypes,
  type ValueType,
  type ValueTypes,
} from '../model/wires.ts';
import { type Chain, type ChainRunner, findChain } from './chain.ts';
import { type Flow, fromPull } from './flow.ts';
import type { GraphNode, WireId } from './graph.ts';
import type { Pass } from './plan.ts';

export type Value = ValueTypes[ValueType];
export type Chunk = StreamTypes[StreamType];

/** What flowed over a wire in one pass. */
export interface WireCount {
  nChunks: number;
  nSpikes: number;
  nBins: number;
  /** Runs of consecutive bins, or of consecutive chunks of spikes. */
  nRuns: number;
  /** Seconds that the chunks cover. */
  duration: number;
}

export interface PassEnvironment {
  readonly sources: ReadonlyMap<string, OpenSource>;
  /** Values that are complete, by `node.port`. */
  readonly known: ReadonlyMap<string, Value>;
  readonly flow: Flow;
  readonly report: (node: string) => Report;
  readonly count: (wire: string) => WireCount;
  readonly progress: (chunk: Chunk) => void;
  readonly compute?: NonNullable<NodeContext['compute']>;
  readonly scratch?: NonNullable<NodeContext['scratch']>;
  /** Where a chain of operators may run beside the others. */
  readonly thread?: ChainRunner;
}

/** The wires of one pass, connected and not yet subscribed. */
export interface ConnectedPass {
  readonly stream: (wire: WireId) => Observable<Chunk>;
  readonly value: (wire: WireId) => Observable<Value>;
}

/** Connects the operators of a pass; nothing is read before a wire is subscribed. */
export function connectPass(pass: Pass, environment: PassEnvironment): ConnectedPass {
  const wires = new Map<string, Observable<unknown>>();
  const { known, compute, scratch } = environment;
  const isLive = [...environment.sources.values()].some(isStillRecorded);
  const wireOf = (wire: WireId): Observable<unknown> => {
    const key = keyOf(wire);
    const value = known.get(key);
    if (value !== undefined && !isStreamType(wire.type)) return of(value);
    const made = wires.get(key) ?? openStream(wire, environment);
    wires.set(key, made);
    return made;
  };
  const chain = isLive ? undefined : chainIn(pass, environment);
  if (chain && environment.thread) {
    const input = wireOf(chain.input) as Observable<Chunk>;
    wires.set(keyOf(chain.output), runElsewhere(chain, input, environment.thread, environment));
  }
  for (const node of pass.operators) {
    if (chain?.nodes.includes(node)) continue;
    const inputs: Record<string, Observable<unknown> | undefined> = {};
    for (const port of Object.keys(node.definition.inputs)) {
      const wire = node.inputs.get(port);
      inputs[port] = wire && wireOf(wire);
    }
    const context: NodeContext = {
      report: environment.report(node.id),
      known: knownOf(node, known),
      isLive,
      ...(compute ? { compute } : {}),
      ...(scratch ? { scratch } : {}),
    };
    const outputs = locate(node, () =>
      node.definition.connect(
        inputs as Parameters<typeof node.definition.connect>[0],
        node.options,
        context,
      ),
    );
    for (const [port, type] of Object.entries(node.definition.outputs)) {
      const output = outputs[port];
      if (!output) continue;
      const key = `${node.id}.${port}`;
      const located = output.pipe(
        catchError((error: unknown) => throwError(() => withPlace(error, node))),
        isStreamType(type) ? countChunks(environment.count(key)) : tap(),
        share(),
      );
      wires.set(key, located);
    }
  }
  return {
    stream: (wire) => wireOf(wire) as Observable<Chunk>,
    value: (wire) => wireOf(wire) as Observable<Value>,
  };
}

/** What runs in a thread of its own: of long recordings that are complete, where there is one. */
function chainIn(pass: Pass, { sources, thread }: PassEnvironment): Chain | undefined {
  const chain = thread && findChain(pass, thread.runs);
  const span = chain && sources.get(chain.input.node)?.span;
  return span && span.end - span.start >= thread.minSeconds ? chain : undefined;
}

/** The value of a chain that runs in another thread; errors that come from there have their place already. */
function runElsewhere(
  chain: Chain,
  input: Observable<Chunk>,
  thread: ChainRunner,
  environment: PassEnvironment,
): Observable<Value> {
  const [first] = chain.nodes;
  return input.pipe(
    catchError((error: unknown) => throwError(() => (first ? withPlace(error, first) : error))),
    thread.run(chain, environment),
    tap({
      error: (error: unknown) => {
        if (error instanceof PipelineError) placed.add(error);
      },
    }),
    share(),
  );
}

function isStillRecorded({ span, streams }: OpenSource): boolean {
  return span === undefined && Object.keys(streams).length > 0;
}

export function keyOf({ node, port }: { readonly node: string; readonly port: string }): string {
  return `${node}.${port}`;
}

function openStream(
  wire: WireId,
  { sources, flow, count, progress }: PassEnvironment,
): Observable<unknown> {
  const open = sources.get(wire.node)?.streams[wire.port];
  if (!open) throw new Error(`wire ${keyOf(wire)} was read before it was made`);
  return fromPull(open, flow).pipe(tap(progress), countChunks(count(keyOf(wire))), share());
}

function knownOf(node: GraphNode, known: ReadonlyMap<string, Value>): NodeContext['known'] {
  const own: Record<string, Value> = {};
  for (const [key, value] of known) {
    if (key.startsWith(`${node.id}.`)) own[key.slice(node.id.length + 1)] = value;
  }
  return own;
}

function countChunks<T>(count: WireCount) {
  let end = Number.NaN;
  return tap<T>((item) => {
    const chunk = item as Chunk;
    count.nChunks++;
    if (chunk.kind === 'spikes') {
      count.nSpikes += chunk.times.length;
      count.duration += chunk.end - chunk.start;
      if (chunk.start !== end) count.nRuns++;
      end = chunk.end;
    }
    const bins = chunk.kind === 'zscored' ? chunk.counts : chunk;
    if (bins.kind === 'counts' || bins.kind === 'activation') {
      count.nBins += bins.nBins;
      count.duration += bins.nBins * bins.binSize;
      if (bins.firstBin === 0 && bins.nBins > 0) count.nRuns++;
    }
  });
}

const placed = new WeakSet<object>();

/** Adds the node to an error, once: operators do not know their id. */
export function withPlace(
  error: unknown,
  node: Pick<GraphNode, 'id' | 'position'> & { definition: { op: string } },
): unknown {
  if (!(error instanceof PipelineError) || placed.has(error)) return error;
  const where = `node "${node.id}" (${node.definition.op})`;
  const told = error.at(where, error.exitCode === 2 ? node.position : undefined);
  placed.add(told);
  return told;
}

function locate<T>(node: GraphNode, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withPlace(error, node);
  }
}
