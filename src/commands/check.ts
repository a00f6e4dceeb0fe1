import { extname, resolve } from 'node:path';
import { ConfigError, show } from '../errors.ts';
import { openCanvas } from '../figures/canvas.ts';
import { drawGraph } from '../figures/graph.ts';
import { type GraphData, graphData } from '../figures/graph-data.ts';
import { toMermaid } from '../figures/mermaid.ts';
import type { Graph } from '../pipeline/graph.ts';
import { planPasses } from '../pipeline/plan.ts';
import { describeNodes } from './graph-nodes.ts';
import { loadPipeline } from './load.ts';
import { renderPlan } from './plan-text.ts';
import { save } from './plot.ts';

/** `rekindle check`: the exit code, or throws what `cli.ts` prints. */
export async function checkCommand(
  file: string,
  options: {
    readonly set?: readonly string[];
    readonly plan?: true;
    readonly graph?: true | string;
  },
): Promise<number> {
  if (typeof options.graph === 'string') expectSvg(options.graph);
  const { graph } = await loadPipeline(file, options.set);
  const data = drawnGraph(graph);
  if (options.graph === true) {
    // Nothing but the graph, so that it can be piped.
    process.stdout.write(toMermaid(data));
  } else {
    const nNodes = graph.spec.nodes.length;
    process.stdout.write(`${file}: no problems (${nNodes} node${nNodes === 1 ? '' : 's'})\n`);
  }
  if (typeof options.graph === 'string') {
    await save(resolve(options.graph), drawGraph(data, await openCanvas()));
    process.stdout.write(`${options.graph}: the graph as SVG\n`);
  }
  if (options.plan) process.stdout.write(`${await renderPlan(graph)}\n`);
  return 0;
}

/** Anything else may well be the pipeline, or a file that is worth more. */
function expectSvg(file: string): void {
  if (extname(file).toLowerCase() === '.svg') return;
  throw new ConfigError({
    code: 'UNKNOWN_FORMAT',
    where: '--graph',
    found: show(file),
    expected: 'a file that ends with .svg, or nothing for Mermaid',
  });
}

function drawnGraph(graph: Graph): GraphData {
  const nodes = describeNodes(graph).map((node) => ({
    ...node,
    inputs: new Map(Object.entries(node.inputs)),
    outputs: new Map<string, string>(Object.entries(node.outputs)),
  }));
  const passes = planPasses(graph).map(({ number, operators }) => {
    return { number, nodes: operators.map(({ id }) => id) };
  });
  return graphData(graph.spec.name, nodes, passes);
}
