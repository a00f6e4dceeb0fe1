import { loadPipeline } from './load.ts';
import { renderPlan } from './plan-text.ts';

/** `rekindle check`: the exit code, or throws what `cli.ts` prints. */
export async function checkCommand(
  file: string,
  options: { readonly set?: readonly string[]; readonly plan?: true },
): Promise<number> {
  const { graph } = await loadPipeline(file, options.set);
  const nNodes = graph.spec.nodes.length;
  process.stdout.write(`${file}: no problems (${nNodes} node${nNodes === 1 ? '' : 's'})\n`);
  if (options.plan) process.stdout.write(`${await renderPlan(graph)}\n`);
  return 0;
}
