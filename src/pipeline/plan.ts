import type { OperatorNode, SinkNode } from '../define.ts';
import { ConfigError, type PipelineError } from '../errors.ts';
import { isStreamType, type WireType } from '../model/wires.ts';
import { type Graph, type GraphNode, isSource, type WireId } from './graph.ts';

/** One reading of the sources. */
export interface Pass {
  /** Counts from 1. */
  readonly number: number;
  /** Operators that take part, inputs before readers. */
  readonly operators: readonly GraphNode<OperatorNode>[];
  /** Values that are complete when this pass has ended. */
  readonly values: readonly WireId[];
  /** Streams that this pass records. */
  readonly streams: readonly WireId[];
}

/** Types that a run records, streams and values alike. */
export const recordable: readonly WireType[] = [
  'activation',
  'patterns',
  'correlation',
  'psth',
  'moments',
  'triggers',
];

/** Types that a run writes to files when no other node reads them, whatever its sinks. */
const writtenUnread: readonly WireType[] = ['activation', 'patterns', 'correlation', 'psth'];

/** Whether the wires of a type are written when no other node reads them. */
export function isWrittenUnread(type: WireType, nodes: Iterable<GraphNode>): boolean {
  const takesAll = ({ definition, recorded }: GraphNode): boolean =>
    definition.kind === 'sink' && recorded.length === 0 && definition.records.includes(type);
  return writtenUnread.includes(type) || [...nodes].some(takesAll);
}

/**
 * The outputs that a sink is to record: those it names, or else every one that a run records and the streams of live
 * sources that it pulls. Of a source, only streams are recorded.
 */
export function recordedBy(graph: Graph, { definition, recorded }: GraphNode<SinkNode>): WireId[] {
  const named = new Set(recorded.map(({ node, port }) => `${node}.${port}`));
  const isWanted = ({ node, port }: WireId, isUnnamed: boolean): boolean =>
    named.size > 0 ? named.has(`${node}.${port}`) : isUnnamed;
  return [...graph.sources, ...graph.operators].flatMap((node) =>
    Object.entries(node.definition.outputs)
      .map(([port, type]) => ({ node: node.id, port, type }))
      .filter((wire) => {
        if (!definition.records.includes(wire.type)) return false;
        if (!isSource(node)) return isWanted(wire, recordable.includes(wire.type));
        if (!isStreamType(wire.type)) return false;
        const pulls = node.definition.isLive && definition.pulls?.includes(wire.type);
        return isWanted(wire, pulls === true);
      }),
  );
}

/** The outputs of a node that others read or record. */
export function wantedOutputs(graph: Graph, id: string): Set<string> {
  const read = graph.operators.flatMap(({ inputs }) => [...inputs.values()]);
  const wires = [...read, ...graph.sinks.flatMap((sink) => recordedBy(graph, sink))];
  return new Set(wires.filter(({ node }) => node === id).map(({ port }) => port));
}

/** Whether what a graph reads is still being recorded. */
export function isLive({ sources }: Graph): boolean {
  return sources.some(({ definition }) => definition.isLive);
}

/**
 * What a sink follows while another sink records it, and that sink; nothing where none or several record such streams, or
 * the recording still goes on.
 */
export function followedBy(
  graph: Graph,
  { definition }: GraphNode<SinkNode>,
): { readonly wires: readonly WireId[]; readonly sink?: GraphNode<SinkNode> } {
  const types: readonly WireType[] = definition.follows ?? [];
  const recorders = graph.sinks.filter(
    ({ definition: { isBeside, records } }) =>
      !isBeside && records.some((one) => types.includes(one)),
  );
  const [sink, another] = recorders;
  if (!sink || another || isLive(graph)) return { wires: [] };
  return { wires: recordedBy(graph, sink).filter(({ type }) => types.includes(type)), sink };
}

/**
 * Orders the graph into passes. A value made from a stream is complete when that stream has ended; a node that
 * needs it for every bin runs in a later pass, one that needs it only at the end runs in the same.
 * Problems (a live source whose graph needs a second pass) are pushed to `problems`.
 */
export function planPasses(graph: Graph, problems: PipelineError[] = []): Pass[] {
  const startOf = new Map<string, number>(); // first pass in which a node runs
  const readyOf = new Map<string, number>(); // pass that completes a value, by node.port; 0 is before the first
  const nodes = new Map<string, GraphNode>(
    [...graph.sources, ...graph.operators].map((node) => [node.id, node]),
  );
  for (const source of graph.sources) {
    startOf.set(source.id, 1);
    for (const port of Object.keys(source.definition.outputs))
      readyOf.set(`${source.id}.${port}`, 0);
  }
  const momentsReady = (wire: WireId): number => {
    const made = readyOf.get(`${wire.node}.moments`);
    if (made !== undefined) return made;
    const upstream = nodes.get(wire.node);
    const zscored =
      upstream && [...upstream.inputs.values()].find(({ type }) => type === 'zscored');
    return zscored ? momentsReady(zscored) : 0;
  };
  for (const node of graph.operators) {
    let start = 1;
    for (const [port, wire] of node.inputs) {
      const need = node.definition.inputs[port]?.need ?? 'each-bin';
      if (isStreamType(wire.type)) start = Math.max(start, startOf.get(wire.node) ?? 1);
      if (wire.type === 'zscored')
        start = Math.max(start, momentsReady(wire) + (need === 'each-bin' ? 1 : 0));
      if (!isStreamType(wire.type)) {
        const ready = readyOf.get(`${wire.node}.${wire.port}`) ?? 0;
        start = Math.max(start, need === 'each-bin' ? ready + 1 : Math.max(ready, 1));
      }
    }
    startOf.set(node.id, start);
    for (const [port, type] of Object.entries(node.definition.outputs)) {
      if (isStreamType(type)) continue;
      const repeated = node.definition.repeats?.[port];
      const from = repeated === undefined ? undefined : node.inputs.get(repeated);
      readyOf.set(
        `${node.id}.${port}`,
        from ? (readyOf.get(`${from.node}.${from.port}`) ?? 0) : start,
      );
    }
    reportLive(graph, node, start, problems);
  }
  return collectPasses(graph, startOf, readyOf);
}

function reportLive(graph: Graph, node: GraphNode, start: number, problems: PipelineError[]): void {
  const live = graph.sources.find(({ definition }) => definition.isLive);
  if (!live || start === 1) return;
  problems.push(
    new ConfigError({
      code: 'LIVE_NEEDS_ONE_PASS',
      where: `node "${node.id}" (${node.definition.op})`,
      message: `it would need pass ${start}, but "${live.id}" is live and can be read only once`,
      hint: 'take moments and patterns from an earlier run',
      position: node.position,
    }),
  );
}

function collectPasses(
  graph: Graph,
  startOf: ReadonlyMap<string, number>,
  readyOf: ReadonlyMap<string, number>,
): Pass[] {
  const last = Math.max(1, ...graph.operators.map(({ id }) => startOf.get(id) ?? 1));
  const read = new Set(
    graph.operators.flatMap(({ inputs }) =>
      [...inputs.values()].map(({ node, port }) => `${node}.${port}`),
    ),
  );
  // What runs do not record but a sink of this one does.
  const ofSources = new Set(graph.sources.map(({ id }) => id));
  const further = new Map(
    graph.sinks
      .flatMap((sink) => recordedBy(graph, sink))
      .filter(
        ({ node, type }) =>
          isStreamType(type) && (ofSources.has(node) || !recordable.includes(type)),
      )
      .map((wire) => [`${wire.node}.${wire.port}`, wire]),
  );
  const passes: Pass[] = [];
  for (let number = 1; number <= last; number++) {
    const values: WireId[] = [];
    const streams = [...further.values()].filter(({ node }) => startOf.get(node) === number);
    for (const { id, definition } of graph.operators) {
      for (const [port, type] of Object.entries(definition.outputs)) {
        const wire = { node: id, port, type };
        const isRecorded = recordable.includes(type);
        if (isStreamType(type)) {
          if (isRecorded && startOf.get(id) === number) streams.push(wire);
        } else if (
          readyOf.get(`${id}.${port}`) === number &&
          (isRecorded || read.has(`${id}.${port}`))
        ) {
          values.push(wire);
        }
      }
    }
    const wanted = closure(graph, [...values, ...streams], startOf, number);
    const operators = graph.operators.filter(({ id }) => wanted.has(id));
    passes.push({ number, operators, values, streams });
  }
  return passes;
}

/** The nodes that must run in a pass so that its wires flow. */
function closure(
  graph: Graph,
  wires: readonly WireId[],
  startOf: ReadonlyMap<string, number>,
  pass: number,
): Set<string> {
  const nodes = new Map(graph.operators.map((node) => [node.id, node]));
  const wanted = new Set<string>();
  const pending = wires.map(({ node }) => node);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes.get(id);
    if (!node || wanted.has(id)) continue;
    wanted.add(id);
    for (const [port, wire] of node.inputs) {
      const isNow =
        isStreamType(wire.type) ||
        (node.definition.inputs[port]?.need === 'at-end' && startOf.get(wire.node) === pass);
      if (isNow) pending.push(wire.node);
    }
  }
  return wanted;
}

/** Sources whose streams a pass reads. */
export function sourcesOf(graph: Graph, pass: Pass): Set<string> {
  const sources = new Set(graph.sources.filter(isSource).map(({ id }) => id));
  const streams = pass.operators.flatMap(({ inputs }) =>
    [...inputs.values()].filter(({ type }) => isStreamType(type)),
  );
  return new Set(streams.map(({ node }) => node).filter((id) => sources.has(id)));
}
