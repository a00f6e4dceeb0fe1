import type { OpenSource } from '../define.ts';
import type { Graph } from '../pipeline/graph.ts';
import { version } from '../version.ts';

/**
 * Key-value pairs for the metadata of every file: what is the same in every run with the same pipeline, data and
 * settings. Paths and settings of mere speed stay out; `run.json` has them.
 */
export function describeProvenance(
  graph: Graph,
  pipelineSha256: string,
  sources: ReadonlyMap<string, OpenSource>,
): Map<string, string> {
  const nodes = [...graph.sources, ...graph.operators, ...graph.sinks].map(
    ({ id, definition, options, inputs }) => ({
      id,
      op: definition.op,
      options: Object.fromEntries(
        Object.entries(options).filter(([key, value]) => {
          const param = definition.params[key];
          return value !== undefined && param?.type !== 'path' && param?.isTuning !== true;
        }),
      ),
      inputs: Object.fromEntries(
        [...inputs].map(([port, wire]) => [port, `${wire.node}.${wire.port}`]),
      ),
    }),
  );
  const parameters = Object.fromEntries(
    [...graph.spec.parameters.values()]
      .filter(({ type }) => type !== 'path')
      .map(({ name, value }) => [name, value]),
  );
  const inputs = [...sources].map(([node, { digests }]) => ({ node, files: digests }));
  return new Map([
    ['rekindle.version', version],
    ['rekindle.pipeline.name', graph.spec.name],
    ['rekindle.pipeline.sha256', pipelineSha256],
    ['rekindle.parameters', JSON.stringify(parameters)],
    ['rekindle.nodes', JSON.stringify(nodes)],
    ['rekindle.inputs', JSON.stringify(inputs)],
  ]);
}
