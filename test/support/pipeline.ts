import type { PipelineError } from '../../src/errors.ts';
import { buildGraph } from '../../src/pipeline/check.ts';
import type { Graph } from '../../src/pipeline/graph.ts';
import { parsePipeline } from '../../src/pipeline/parse.ts';
import { planPasses } from '../../src/pipeline/plan.ts';
import { builtins } from '../../src/registry.ts';

/** Checks a pipeline text as the command does; problems as "line:column CODE". */
export function checkText(
  text: string,
  sets: Readonly<Record<string, string>> = {},
): { graph: Graph | undefined; problems: PipelineError[]; places: string[] } {
  const problems: PipelineError[] = [];
  const spec = parsePipeline(text, 'test.yaml', new Map(Object.entries(sets)), problems);
  const graph = spec && buildGraph(spec, builtins, problems);
  if (graph && problems.length === 0) planPasses(graph, problems);
  const places = problems.map(
    ({ position, code }) => `${position ? `${position.line}:${position.column}` : '-'} ${code}`,
  );
  return { graph, problems, places };
}

/** A small pipeline without problems, to be spoiled by a test. */
export const soundPipeline = `version: 1
name: sound
parameters:
  session: { type: path, default: ../data-samples/sim_small_11 }
  binSize: { type: seconds, default: 0.01 }
nodes:
  recording: { op: cellexplorer, path: '\${session}', brainRegion: CA1, cellType: Pyr }
  task: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  taskCounts: { op: bin, from: task, binSize: 0.025 }
  taskZ: { op: zscore, from: taskCounts }
  templates: { op: fit-patterns, from: taskZ }
  counts: { op: bin, from: recording.spikes, binSize: '\${binSize}' }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  post: { op: event-align, inputs: { activation: activity, events: recording.ripples }, in: post & NREMstate }
`;
