import type {
  FinishedRun,
  NodeOutline,
  OpenSink,
  OpenSource,
  RecordedWire,
  RunFolder,
  SinkContext,
} from '../define.ts';
import type { Report } from '../model/report.ts';
import type { Threads } from '../workers/threads.ts';
import { keyOf, withPlace } from './build.ts';
import type { Graph, GraphNode, WireId } from './graph.ts';
import { followedBy, recordedBy } from './plan.ts';

/** A sink that a run writes to, and what it records or follows. */
export interface RunningSink {
  readonly node: GraphNode;
  readonly sink: OpenSink;
  readonly wires: readonly RecordedWire[];
}

export interface SinkCapabilities {
  readonly folder: RunFolder;
  readonly sources: ReadonlyMap<string, OpenSource>;
  readonly provenance: ReadonlyMap<string, string>;
  readonly report: (node: string) => Report;
  /** How many threads besides the main one each sink may start. */
  readonly nThreads: number;
  readonly threads?: Threads;
  readonly status?: SinkContext['status'];
}

/** @throws ConfigError when a source or a sink needs a package that is not there */
export async function prepareNodes({ sources, sinks }: Graph): Promise<void> {
  for (const node of [...sources, ...sinks]) {
    try {
      await node.definition.prepare?.(node.options);
    } catch (error) {
      throw withPlace(error, node);
    }
  }
}

/** Opens every sink into `opened`, so that those which did open are closed when a later one fails. */
export async function openSinks(
  graph: Graph,
  { folder, sources, provenance, report, nThreads, threads, status }: SinkCapabilities,
  opened: RunningSink[],
): Promise<void> {
  const ops = new Map(
    [...graph.sources, ...graph.operators].map(({ id, definition }) => [id, definition.op]),
  );
  const recordings = [...sources].map(([node, { values }]) => ({ node, values }));
  const nodes = [...graph.sources, ...graph.operators].map(outlineOf);
  for (const node of graph.sinks) {
    const followed = followedBy(graph, node);
    const wires = [...recordedBy(graph, node), ...followed.wires].map(
      (wire): RecordedWire => ({ ...wire, op: ops.get(wire.node) ?? '' }),
    );
    try {
      const context = {
        folder,
        wires,
        nodes,
        ...(followed.sink ? { followed: outlineOf(followed.sink) } : {}),
        recordings,
        provenance,
        report: report(node.id),
        nThreads,
        ...(threads ? { threads } : {}),
        ...(status ? { status } : {}),
      };
      opened.push({ node, sink: await node.definition.open(node.options, context), wires });
    } catch (error) {
      throw withPlace(error, node);
    }
  }
}

function outlineOf({ id, definition, options, inputs }: GraphNode): NodeOutline {
  const outputs = definition.kind === 'sink' ? {} : definition.outputs;
  return {
    id,
    op: definition.op,
    options: new Map(Object.entries(options)),
    inputs: new Map([...inputs].map(([port, wire]) => [port, keyOf(wire)])),
    outputs: new Map(Object.entries(outputs)),
  };
}

export async function recordAll(
  sinks: readonly RunningSink[],
  wire: WireId,
  write: (sink: OpenSink, recorded: RecordedWire) => Promise<void>,
): Promise<void> {
  for (const { sink, wires } of sinks) {
    const recorded = wires.find((candidate) => keyOf(candidate) === keyOf(wire));
    if (recorded) await write(sink, recorded);
  }
}

export async function concludeSinks(
  sinks: readonly RunningSink[],
  run: FinishedRun,
): Promise<void> {
  for (const { node, sink } of sinks) {
    run.stopIfAsked();
    try {
      await sink.conclude?.(run);
    } catch (error) {
      throw withPlace(error, node);
    }
  }
}
