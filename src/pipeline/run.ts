import { endWith, firstValueFrom, ignoreElements, merge, Observable, tap } from 'rxjs';
import type { FinishedRun, NodeContext, OpenSource, RunFolder } from '../define.ts';
import type { Clock } from '../model/clock.ts';
import type { Note, Report } from '../model/report.ts';
import type { Threads } from '../workers/threads.ts';
import { type Chunk, connectPass, keyOf, type Value, type WireCount, withPlace } from './build.ts';
import { type ChainRunner, findChain } from './chain.ts';
import { Flow, stage } from './flow.ts';
import type { Graph } from './graph.ts';
import { type LiveReport, LiveWatch } from './live.ts';
import { inNodeOrder, putInNodeOrder } from './node-order.ts';
import { isLive, type Pass, planPasses, wantedOutputs } from './plan.ts';
import { type Progress, progressOf } from './progress.ts';
import { concludeSinks, openSinks, prepareNodes, type RunningSink, recordAll } from './sinks.ts';

export type { Progress } from './progress.ts';

/** What a run is lent by whoever starts it. */
export interface RunCapabilities {
  readonly folder: RunFolder;
  /** Key-value pairs for the metadata of every file, once the sources are open. */
  readonly provenance: (
    sources: ReadonlyMap<string, OpenSource>,
  ) => Promise<ReadonlyMap<string, string>>;
  readonly signal: AbortSignal;
  /** Ends what live sources tell, as if the recording had ended; the run then completes. */
  readonly stop?: AbortSignal;
  /** What live sources wait by; the machine's own where it is left out. */
  readonly clock?: Clock;
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
  /** Where they take those from, and give them back to. */
  readonly threads?: Threads;
  /** Lent to the nodes; changes no number. */
  readonly compute?: NonNullable<NodeContext['compute']>;
  readonly scratch?: NonNullable<NodeContext['scratch']>;
  /** Where a chain of operators may run beside the others; changes no number. */
  readonly thread?: ChainRunner;
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
  /** How the live sources ended. */
  readonly live: readonly LiveReport[];
  readonly loadSeconds: number;
  readonly seconds: number;
  /**
   * Lets the sinks make further files of the results; to be called once, before the run's folder is completed. For sinks
   * that do so, sources that are not live stay open until it has ended, or `close` is called.
   */
  readonly conclude: (run: Omit<FinishedRun, 'stopIfAsked' | 'sources'>) => Promise<void>;
  /** Lets go of the sources. */
  readonly close: () => Promise<void>;
}

/** Raised inside a run that was asked to stop; the message says what became of its files. */
export class Interrupted extends Error {
  constructor(message = 'interrupted; partial files removed') {
    super(message);
  }
}

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
      const { code, message } = note;
      const isKnown = notes.some(
        (known) => known.node === node && known.code === code && known.message === message,
      );
      if (isKnown) return;
      notes.push({ ...note, node });
      capabilities.onNote?.({ ...note, node });
    };
  const sources = new Map<string, OpenSource>();
  const sinks: RunningSink[] = [];
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeAll([...sources.values()]));
  try {
    const run = runOpened(graph, capabilities, sources, sinks, notes, reportFor);
    const result = await run.finally(() => closeAll(sinks.map(({ sink }) => sink)));
    // What sinks say when they conclude joins them.
    if (!isLive(graph)) putInNodeOrder(graph, notes, ({ node }) => node);
    if (isLive(graph) || !sinks.some(({ sink }) => sink.conclude)) await close();
    return { ...result, close, conclude: (of) => result.conclude(of).finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

const closeAll = async (opened: readonly { readonly close?: () => Promise<void> }[]) => {
  for (const one of opened) await one.close?.();
};

async function runOpened(
  graph: Graph,
  capabilities: RunCapabilities,
  sources: Map<string, OpenSource>,
  sinks: RunningSink[],
  notes: readonly NodeNote[],
  reportFor: (node: string) => Report,
): Promise<Omit<RunResult, 'close'>> {
  const { signal, now } = capabilities;
  const stopIfAsked = (): void => {
    if (signal.aborted) throw new Interrupted();
  };
  const began = now();
  const plan = planPasses(graph);
  await prepareNodes(graph);
  const letThreadBe = isLive(graph) ? () => {} : prepareThread(plan, capabilities);
  await openSources(graph, sources, capabilities, reportFor).finally(letThreadBe);
  const watch = new LiveWatch(sources, now);
  const loadSeconds = now() - began;
  const provenance = await capabilities.provenance(sources);
  const { folder, nThreads = 0, threads } = capabilities;
  const report = reportFor;
  const live = isLive(graph);
  const status = live ? { status: () => watch.status() } : {};
  const lent = { nThreads, ...(threads ? { threads } : {}) };
  await openSinks(graph, { folder, sources, provenance, report, ...lent, ...status }, sinks);
  const values = valuesOf(sources);
  const wires = new Map<string, WireCount>();
  const flow = new Flow(capabilities.maxChunksInFlight ?? 2);
  const passes: PassReport[] = [];
  for (const pass of plan) {
    stopIfAsked();
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
      ...(capabilities.thread && !live ? { thread: capabilities.thread } : {}),
    });
    const tasks: Observable<never>[] = [];
    const made = new Map<string, Value>();
    for (const wire of pass.streams) {
      const timed = live && wire.type === 'activation' ? watch.timed<Chunk>() : undefined;
      const write = (chunk: Chunk) => {
        timed?.received();
        return recordAll(sinks, wire, (sink, recorded) => sink.chunk(recorded, chunk));
      };
      const chunks = connected.stream(wire).pipe(timed?.leaving ?? tap());
      tasks.push(chunks.pipe(stage(flow, write), ignoreElements()));
    }
    for (const wire of pass.values) {
      const keep = tap((value: Value) => made.set(keyOf(wire), value));
      // Of a recording that is still running sinks see each value as it stands, not the last one alone.
      const tell = (value: Value) =>
        recordAll(sinks, wire, (sink, recorded) => sink.value(recorded, value));
      const told = live ? stage(flow, tell) : ignoreElements();
      tasks.push(connected.value(wire).pipe(keep, told, ignoreElements()));
    }
    const letGo = watch.stopOn(capabilities.stop);
    await complete(tasks, signal).finally(letGo);
    for (const wire of pass.values) {
      const value = made.get(keyOf(wire));
      if (value === undefined) throw new Error(`pass ${pass.number} ended without ${keyOf(wire)}`);
      values.set(keyOf(wire), value);
      if (live) continue;
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
    stopIfAsked();
    await sink.finish();
  }
  stopIfAsked();
  return {
    graph,
    sources,
    values,
    wires: new Map(inNodeOrder(graph, wires, ([wire]) => wire.slice(0, wire.lastIndexOf('.')))),
    passes,
    notes,
    provenance,
    mostChunksInFlight: flow.most,
    live: watch.reports(),
    loadSeconds,
    seconds: now() - began,
    conclude: (run) => concludeSinks(sinks, { ...run, sources, stopIfAsked }),
  };
}

/** Milliseconds after which a source that is still being opened holds a recording worth a thread, most likely. */
const longToOpen = 100;

/**
 * Has the thread of chains start while a source waits for its disk.
 * @returns what ends that
 */
function prepareThread(plan: readonly Pass[], { thread }: RunCapabilities): () => void {
  if (!thread?.prepare || !plan.some((pass) => findChain(pass, thread.runs))) return () => {};
  const timer = setTimeout(thread.prepare, longToOpen);
  return () => clearTimeout(timer);
}

/** Opens every source into `opened`, so that those which did open are closed when a later one fails. */
async function openSources(
  graph: Graph,
  opened: Map<string, OpenSource>,
  { signal, clock }: RunCapabilities,
  reportFor: (node: string) => Report,
): Promise<void> {
  for (const node of graph.sources) {
    const wanted = wantedOutputs(graph, node.id);
    try {
      const context = { wanted, report: reportFor(node.id), signal, ...(clock && { clock }) };
      opened.set(node.id, await node.definition.open(node.options, context));
    } catch (error) {
      // A source gives up on the signal in its own way.
      throw signal.aborted ? new Interrupted() : withPlace(error, node);
    }
    if (signal.aborted) throw new Interrupted();
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
