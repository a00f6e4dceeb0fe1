import { join } from 'node:path';
import { resolvePaths, withDefaultSink } from '../../src/commands/load.ts';
import { type PipelineError, ProblemList } from '../../src/errors.ts';
import { buildGraph } from '../../src/pipeline/check.ts';
import type { Graph } from '../../src/pipeline/graph.ts';
import { parsePipeline } from '../../src/pipeline/parse.ts';
import { planPasses } from '../../src/pipeline/plan.ts';
import { Interrupted, runGraph } from '../../src/pipeline/run.ts';
import { builtins } from '../../src/registry.ts';
import { createMemoryFolder } from '../support/memory-folder.ts';
import { Dice } from './dice.ts';
import { root } from './pipeline-bases.ts';
import { mutatedPipeline } from './pipeline-mutations.ts';
import type { Target } from './targets.ts';

const mostRunMs = 4000;

/** Pipelines: checked, and run on the sample where there is nothing wrong with them. */
export const pipelines: Target = {
  make: async (seed, scratch) => {
    const dice = new Dice(seed, 'pipelines');
    const text = mutatedPipeline(dice).replaceAll('TRAPS', await scratch.traps());
    return { run: () => checkAndRun(text) };
  },
};

export async function checkAndRun(text: string): Promise<string> {
  const problems: PipelineError[] = [];
  const spec = parsePipeline(text, 'fuzz.yaml', new Map(), problems);
  const graph = spec && buildGraph(spec, builtins, problems);
  if (graph && problems.length === 0) planPasses(graph, problems);
  if (!graph || problems.length > 0) throw new ProblemList(problems);
  if (!isShort(graph)) return 'checked';
  return await run(resolvePaths(withDefaultSink(graph), join(root, 'pipelines')));
}

/** Whether a run takes about a second at most. */
function isShort({ operators }: Graph): boolean {
  if (operators.length > 40) return false;
  return operators.every(({ options }) => {
    const { bound, ...settings } = options as Partial<Record<string, unknown>>;
    const { binSize, maxIterations, nShuffles, restarts } = settings as Partial<
      Record<string, number>
    >;
    const isShuffled = bound === 'bin-shuffle' || bound === 'circular-shift';
    return (
      (binSize ?? 1) >= 0.005 &&
      (maxIterations ?? 0) <= 1000 &&
      (restarts ?? 0) <= 20 &&
      (!isShuffled || (nShuffles ?? 0) <= 100)
    );
  });
}

/** A run that takes longer is asked to stop, and must. */
async function run(graph: Graph): Promise<string> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), mostRunMs);
  try {
    const { values } = await runGraph(graph, {
      folder: createMemoryFolder(),
      provenance: async () => new Map(),
      signal: stop.signal,
      now: () => performance.now() / 1000,
      peakMemory: () => 0,
    });
    return values.size > 0 ? 'run' : 'run without values';
  } catch (error) {
    if (error instanceof Interrupted || stop.signal.aborted) return 'stopped';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
