import { endWith, firstValueFrom, ignoreElements, merge, Observable, tap } from 'rxjs';
import type { NodeContext, OpenSink, OpenSource, RecordedWire, RunFolder } from '../define.ts';
import type { Note, Report } from '../model/report.ts';
import { type Chunk, connectPass, keyOf, type Value, type WireCount, withPlace } from './build.ts';
import { Flow, stage } from './flow.ts';
import type { Graph, WireId } from './graph.ts';
import { type Pass, planPasses, recordable, sourcesOf } from './plan.ts';

/** What a run is lent by whoever starts it. */
export interface RunCapabilities {
  readonly folder: RunFolder;
  /** Key-value pairs for the metadata of every file, once the sources are open. */
  readonly provenance: (
    sources: ReadonlyMap<string, OpenSource>,
  ) => Promise<ReadonlyMap<string, string>>;
  readonly signal: AbortSignal;
  /** Monotonic time in seconds. */
  readonly now: () => number;
  /** Peak memory of the process so far, in bytes; 0 where it cannot be told. */
  readonly peakMemory: () => number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNote?: (note: NodeNote) => void;
  /** How many chunks asynchronous stages may hold. */
  readonly maxChunksInFlight?: number;
  /** How many threads besides the main one a sink may start; changes no byte. */
  readonly nThreads?: number;
  /** Lent to the nodes; changes no number. */
  readonly compute?: NonNullable<NodeContext['compute']>;
  readonly scratch?: NonNullable<NodeContext['scratch']>;
}

export interface Progress {
  readonly pass: number;
  readonly nPasses: number;
  /** 0 to 1; NaN while a recording is still running. */
  readonly fraction: number;
  /** Seconds of recording read in this pass. */
  readonly recorded: number;
  /** Seconds since the pass began. */
  readonly elapsed: number;
}

export interface NodeNote extends Note {
  readonly node: string;
}

export interface PassReport {
  readonly number: number;
  readonly nodes: readonly string[];
  readonly seconds: number;
  readonly peakMemory: number;
}

/** What a finished run knows. */
export interface RunResult {
  readonly graph: Graph;
  readonly sources: ReadonlyMap<string, OpenSource>;
  /** Every value of the graph, by `node.port`. */
  readonly values: ReadonlyMap<string, Value>;
  readonly wires: ReadonlyMap<string, WireCount>;
  readonly passes: readonly PassReport[];
  readonly notes: readonly NodeNote[];
  readonly provenance: ReadonlyMap<string, string>;
  readonly mostChunksInFlight: number;
  readonly loadSeconds: number;
  readonly seconds: number;
}

/** Raised inside a run that was asked to stop. */
export class Interrupted extends Error {}

/**
 * Opens the sources, runs the passes in order and lets every sink finish its files.
 * Memory: what the sources decode, the state of the operators and at most `maxChunksInFlight` chunks.
 * @throws PipelineError with the node it comes from; Interrupted when the signal is aborted
 */
export async function runGraph(graph: Graph, capabilities: RunCapabilities): Promise<RunResult> {
  const notes: NodeNote[] = [];
  const reportFor =
    (node: string): Report =>
    (note) => {
      // A node that takes part in two passes would say everything twice.
      const isKnown = notes.some(
        (known) =>
          known.node === node && known.code === note.code && known.message === note.message,
      );
      if (isKnown) return;
      notes.push({ ...note, node });
      capabilities.onNote?.({ ...note, node });
    };
  const sources = new Map<string, OpenSource>();
  const sinks: RunningSink[] = [];
  try {
    return await runOpened(graph, capabilities, sources, sinks, notes, reportFor);
  } finally {
    for (const { sink } of sinks) await sink.close?.();
    for (const source of sources.values()) await source.close?.();
  }
}

async function runOpened(
  graph: Graph,
  capabilities: RunCapabilities,
  sources: Map<string, OpenSource>,
  sinks: RunningSink[],
  notes: readonly NodeNote[],
  reportFor: (node: string) => Report,
): Promise<RunResult> {
  const { signal, now } = capabilities;
  const began = now();
  await openSources(graph, sources, signal, reportFor);
  const loadSeconds = now() - began;
  const provenance = await capabilities.provenance(sources);
  await openSinks(graph, capabilities, sources, provenance, reportFor, sinks);
  const values = valuesOf(sources);
  const wires = new Map<string, WireCount>();
  const flow = new Flow(capabilities.maxChunksInFlight ?? 2);
  const passes: PassReport[] = [];
  const plan = planPasses(graph);
  for (const pass of plan) {
    if (signal.aborted) throw new Interrupted();
    const passBegan = now();
    const counts = new Map<string, WireCount>();
    const progress = progressOf(pass, plan.length, graph, sources, capabilities, passBegan);
    const connected = connectPass(pass, {
      sources,
      known: values,
      flow,
      report: reportFor,
      count: (wire) => countOf(counts, wire),
      progress,
      ...(capabilities.compute ? { compute: capabilities.compute } : {}),
      ...(capabilities.scratch ? { scratch: capabilities.scratch } : {}),
    });
    const tasks: Observable<never>[] = [];
    const made = new Map<string, Value>();
    for (const wire of pass.streams) {
      const write = (chunk: Chunk) =>
        recordAll(sinks, wire, (sink, recorded) => sink.chunk(recorded, chunk));
      tasks.push(connected.stream(wire).pipe(stage(flow, write), ignoreElements()));
    }
    for (const wire of pass.values) {
      const keep = tap((value: Value) => made.set(keyOf(wire), value));
      tasks.push(connected.value(wire).pipe(keep, ignoreElements()));
    }
    await complete(tasks, signal);
    for (const wire of pass.values) {
      const value = made.get(keyOf(wire));
      if (value === undefined) throw new Error(`pass ${pass.number} ended without ${keyOf(wire)}`);
      values.set(keyOf(wire), value);
      await recordAll(sinks, wire, (sink, recorded) => sink.value(recorded, value));
    }
    for (const [wire, count] of counts) if (!wires.has(wire)) wires.set(wire, count);
    passes.push({
      number: pass.number,
      nodes: pass.operators.map(({ id }) => id),
      seconds: now() - passBegan,
      peakMemory: capabilities.peakMemory(),
    });
  }
  for (const { sink } of sinks) {
    if (signal.aborted) throw new Interrupted();
    await sink.finish();
  }
  if (signal.aborted) throw new Interrupted();
  return {
    graph,
    sources,
    values,
    wires,
    passes,
    notes,
    provenance,
    mostChunksInFlight: flow.most,
    loadSeconds,
    seconds: now() - began,
  };
}

/** Opens every source into `opened`, so that those which did open are closed when a later one fails. */
async function openSources(
  graph: Graph,
  opened: Map<string, OpenSource>,
  signal: AbortSignal,
  reportFor: (node: string) => Report,
): Promise<void> {
  for (const node of graph.sources) {
    const wanted = wantedOutputs(graph, node.id);
    try {
      const context = { wanted, report: reportFor(node.id), signal };
      opened.set(node.id, await node.definition.open(node.options, context));
    } catch (error) {
      // A source gives up on the signal in its own way.
      throw signal.aborted ? new Interrupted() : withPlace(error, node);
    }
    if (signal.aborted) throw new Interrupted();
  }
}

/** The outputs of a node that others read. */
export function wantedOutputs(graph: Graph, id: string): Set<string> {
  const wires = graph.operators.flatMap(({ inputs }) => [...inputs.values()]);
  return new Set(wires.filter(({ node }) => node === id).map(({ port }) => port));
}

interface RunningSink {
  readonly sink: OpenSink;
  readonly wires: readonly RecordedWire[];
}

/** Opens every sink into `opened`, so that those which did open are closed when a later one fails. */
async function openSinks(
  graph: Graph,
  capabilities: RunCapabilities,
  sources: ReadonlyMap<string, OpenSource>,
  provenance: ReadonlyMap<string, string>,
  reportFor: (node: string) => Report,
  opened: RunningSink[],
): Promise<void> {
  const all: RecordedWire[] = graph.operators.flatMap(({ id, definition }) =>
    Object.entries(definition.outputs)
      .filter(([, type]) => recordable.includes(type))
      .map(([port, type]) => ({ node: id, op: definition.op, port, type })),
  );
  const recordings = [...sources].map(([node, { values }]) => ({ node, values }));
  for (const node of graph.sinks) {
    const named = new Set(node.recorded.map(keyOf));
    const wires = all
      .filter(({ type }) => node.definition.records.includes(type))
      .filter((wire) => named.size === 0 || named.has(keyOf(wire)));
    const { folder, nThreads = 0 } = capabilities;
    const report = reportFor(node.id);
    try {
      const context = { folder, wires, recordings, provenance, report, nThreads };
      opened.push({ sink: await node.definition.open(node.options, context), wires });
    } catch (error) {
      throw withPlace(error, node);
    }
  }
}

async function recordAll(
  sinks: readonly RunningSink[],
  wire: WireId,
  write: (sink: OpenSink, recorded: RecordedWire) => Promise<void>,
): Promise<void> {
  for (const { sink, wires } of sinks) {
    const recorded = wires.find((candidate) => keyOf(candidate) === keyOf(wire));
    if (recorded) await write(sink, recorded);
  }
}

async function complete(tasks: readonly Observable<never>[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Interrupted();
  const interrupted = new Observable<never>((subscriber) => {
    const stop = (): void => subscriber.error(new Interrupted());
    signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
  const finished = merge(...tasks).pipe(endWith(true));
  await firstValueFrom(merge(interrupted, finished));
}

function valuesOf(sources: ReadonlyMap<string, OpenSource>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [node, source] of sources) {
    for (const [port, value] of Object.entries(source.values)) values.set(`${node}.${port}`, value);
  }
  return values;
}

function countOf(counts: Map<string, WireCount>, wire: string): WireCount {
  const known = counts.get(wire);
  if (known) return known;
  const count = { nChunks: 0, nSpikes: 0, nBins: 0, nRuns: 0, duration: 0 };
  counts.set(wire, count);
  return count;
}

function progressOf(
  pass: Pass,
  nPasses: number,
  graph: Graph,
  sources: ReadonlyMap<string, OpenSource>,
  { onProgress, now }: RunCapabilities,
  began: number,
): (chunk: Chunk) => void {
  if (!onProgress) return () => {};
  const [id] = sourcesOf(graph, pass);
  const span = id === undefined ? undefined : sources.get(id)?.span;
  return (chunk) => {
    if (!('end' in chunk)) return;
    const recorded = chunk.end - (span?.start ?? 0);
    const fraction = span ? Math.min(1, recorded / (span.end - span.start)) : Number.NaN;
    onProgress({ pass: pass.number, nPasses, fraction, recorded, elapsed: now() - began });
  };
}
