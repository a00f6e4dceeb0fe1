import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { defineSource, type Registry } from '../../../src/define.ts';
import { type PipelineError, ProblemList } from '../../../src/errors.ts';
import { path } from '../../../src/params.ts';
import { buildGraph } from '../../../src/pipeline/check.ts';
import type { Graph } from '../../../src/pipeline/graph.ts';
import { parsePipeline } from '../../../src/pipeline/parse.ts';
import { type RunResult, runGraph } from '../../../src/pipeline/run.ts';
import { builtins } from '../../../src/registry.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';
import { readSpikes } from './ready.ts';

interface Options extends ProbeOptions {
  /** File of the pipeline. */
  readonly pipeline: string;
  readonly sets: Readonly<Record<string, string>>;
  /** Without it the node `smoothed` is taken out and its reader connected to what it read. */
  readonly isSmoothed: boolean;
  /** Folder of ready spikes, for pipelines that name the source `ready`. */
  readonly ready?: string;
}

/** A whole graph as a run runs it, without a sink. */
export async function measure(options: Options): Promise<Measured> {
  const graph = loadGraph(options);
  const clock = createClock();
  const result = await clock.runAsync(() => runWithoutSink(graph));
  const { passes, loadSeconds, wires } = result;
  const parts = Object.fromEntries(
    passes.map(({ number, seconds }) => [`pass${number}Seconds`, seconds]),
  );
  const activity = wires.get('activity.activation');
  const counts = { loadSeconds, ...parts, nBins: activity?.nBins ?? 0 };
  return { ...clock.total(), counts };
}

function loadGraph({ pipeline, sets, isSmoothed, ready }: Options): Graph {
  const text = readFileSync(pipeline, 'utf8');
  const problems: PipelineError[] = [];
  const edited = isSmoothed ? text : withoutSmoothing(text);
  const spec = parsePipeline(edited, pipeline, new Map(Object.entries(sets)), problems);
  const graph = spec && buildGraph(spec, ready ? withReady(ready) : builtins, problems);
  if (!graph || problems.length > 0) throw new ProblemList(problems);
  return { ...graph, sinks: [] };
}

function withoutSmoothing(text: string): string {
  const { nodes, ...rest } = parse(text) as { nodes: Record<string, Record<string, unknown>> };
  const { smoothed, ...others } = nodes;
  for (const [id, node] of Object.entries(others)) {
    if (node.from === 'smoothed') others[id] = { ...node, from: smoothed.from };
  }
  return stringify({ ...rest, nodes: others });
}

function withReady(folder: string): Registry {
  const { chunks, units, start, end } = readSpikes(folder);
  const ready = defineSource({
    op: 'ready',
    summary: 'Spikes that are in memory already.',
    outputs: { spikes: 'spikes', units: 'units' },
    params: { path: path({ doc: 'Not looked at.', default: '.' }) },
    open: async () => ({
      values: { units },
      streams: { spikes: () => chunks() },
      digests: [],
      paths: [],
      span: { start, end },
    }),
  });
  return { ...builtins, sources: [...builtins.sources, ready] };
}

function runWithoutSink(graph: Graph): Promise<RunResult> {
  return runGraph(graph, {
    folder: { create: () => Promise.reject(new Error('nothing is to be written')) },
    provenance: async () => new Map(),
    signal: new AbortController().signal,
    now: () => performance.now() / 1000,
    peakMemory: () => 0,
  });
}
