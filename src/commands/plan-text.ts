import type { OpenSource } from '../define.ts';
import { PipelineError } from '../errors.ts';
import { parseEpochExpression, resolveEpochs } from '../model/epoch-expression.ts';
import {
  type Intervals,
  intersectIntervals,
  mergeIntervals,
  totalDuration,
} from '../model/epochs.ts';
import type { Value } from '../pipeline/build.ts';
import type { Graph, GraphNode } from '../pipeline/graph.ts';
import { type Pass, planPasses, sourcesOf, wantedOutputs } from '../pipeline/plan.ts';

/**
 * The passes of a run, with the bins, memory and output size to expect. The recording's epochs are read for that; where
 * they cannot be, or the recording is live, the passes are printed without figures and the reason with them.
 */
export async function renderPlan(graph: Graph): Promise<string> {
  const plan = planPasses(graph);
  if (graph.sources.some(({ definition }) => definition.isLive)) {
    const passes = plan.flatMap((pass) => renderPass(graph, pass, plan.length, undefined));
    return [...passes, 'without figures, because a live recording has no end yet'].join('\n');
  }
  const { sources, problem } = await openSources(graph);
  const spans = sources && expectSpans(graph, sources);
  const lines = plan.flatMap((pass) => renderPass(graph, pass, plan.length, spans));
  if (sources && spans) lines.push(...renderMemory(graph, sources, spans));
  for (const source of sources?.values() ?? []) await source.close?.();
  if (problem) lines.push(`without figures, because the recording cannot be read: ${problem}`);
  return lines.join('\n');
}

/** What of the recording each node works on, and its bin size from the first bin node on. */
interface Expected {
  readonly intervals: Intervals;
  readonly nSpikes: number;
  readonly binSize: number | undefined;
}

async function openSources(
  graph: Graph,
): Promise<{ sources?: Map<string, OpenSource>; problem?: string }> {
  const sources = new Map<string, OpenSource>();
  try {
    for (const { id, definition, options } of graph.sources) {
      const signal = new AbortController().signal;
      const context = { wanted: wantedOutputs(graph, id), report: () => {}, signal };
      sources.set(id, await definition.open(options, context));
    }
    return { sources };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { problem: error.message };
  }
}

function expectSpans(
  graph: Graph,
  sources: ReadonlyMap<string, OpenSource>,
): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [id, { span, values }] of sources) {
    const units = Object.values(values).find((value: Value) => value.kind === 'units');
    const nSpikes =
      units?.kind === 'units' ? units.kept.reduce((sum, unit) => sum + unit.nSpikes, 0) : 0;
    expected.set(id, { intervals: span ? [span] : [], nSpikes, binSize: undefined });
  }
  for (const node of graph.operators) {
    const feeding = [...node.inputs.values()].map((wire) => expected.get(wire.node)).find(Boolean);
    if (feeding) expected.set(node.id, expectNode(node, feeding, sources));
  }
  return expected;
}

function expectNode(
  node: GraphNode,
  feeding: Expected,
  sources: ReadonlyMap<string, OpenSource>,
): Expected {
  const { keep, binSize } = node.options;
  if (node.definition.op === 'bin' && typeof binSize === 'number') return { ...feeding, binSize };
  const epochsWire = [...node.inputs.values()].find(({ type }) => type === 'epochs');
  const epochs = epochsWire && sources.get(epochsWire.node)?.values[epochsWire.port];
  if (
    node.definition.op !== 'epoch-filter' ||
    typeof keep !== 'string' ||
    epochs?.kind !== 'epochs'
  )
    return feeding;
  const kept = mergeIntervals(resolveEpochs(parseEpochExpression(keep), epochs));
  const intervals = intersectIntervals(feeding.intervals, kept);
  const share = totalDuration(intervals) / Math.max(totalDuration(feeding.intervals), 1e-12);
  return { intervals, nSpikes: Math.round(feeding.nSpikes * share), binSize: feeding.binSize };
}

function countBins({ intervals, binSize }: Expected): number | undefined {
  if (binSize === undefined) return undefined;
  return intervals.reduce((sum, { start, end }) => sum + Math.floor((end - start) / binSize), 0);
}

function renderPass(
  graph: Graph,
  pass: Pass,
  nPasses: number,
  spans: ReadonlyMap<string, Expected> | undefined,
): string[] {
  const sources = [...sourcesOf(graph, pass)].join(', ');
  const lines = [`pass ${pass.number} of ${nPasses}, reading ${sources || 'nothing'}`];
  const made = new Set([...pass.values, ...pass.streams].map(({ node }) => node));
  for (const node of pass.operators) {
    const expected = spans?.get(node.id);
    const nBins = expected && countBins(expected);
    const bins =
      nBins === undefined ? '' : `  ${nBins.toLocaleString('en')} bins of ${expected?.binSize} s`;
    const what = [...pass.values, ...pass.streams]
      .filter((wire) => wire.node === node.id)
      .map(({ port }) => port);
    const makes = made.has(node.id) ? `  -> ${what.join(', ')}` : '';
    lines.push(`  ${node.id.padEnd(14)} ${node.definition.op.padEnd(17)}${bins}${makes}`);
  }
  return lines;
}

function renderMemory(
  graph: Graph,
  sources: ReadonlyMap<string, OpenSource>,
  spans: ReadonlyMap<string, Expected>,
): string[] {
  const lines: string[] = [];
  for (const id of sources.keys()) {
    const nSpikes = spans.get(id)?.nSpikes ?? 0;
    lines.push(
      `memory  ${id}: ${nSpikes.toLocaleString('en')} spikes at 12 bytes, ${megabytes(nSpikes * 12)} MB`,
    );
  }
  for (const { id, definition } of graph.operators) {
    const expected = spans.get(id);
    if (definition.op !== 'fit-patterns' || !expected) continue;
    const bytes = expected.nSpikes * 12 + (countBins(expected) ?? 0) * 4;
    lines.push(`memory  ${id}: the counts it fits, at most ${megabytes(bytes)} MB`);
  }
  for (const { id, definition } of graph.operators) {
    const nBins =
      definition.op === 'project'
        ? countBins(spans.get(id) ?? { intervals: [], nSpikes: 0, binSize: undefined })
        : undefined;
    if (nBins === undefined) continue;
    lines.push(
      `output  ${id}: ${megabytes(nBins * 8)} MB for the times and as much for each assembly, before compression`,
    );
  }
  return lines;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
