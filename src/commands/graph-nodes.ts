import type { WireType } from '../model/wires.ts';
import type { Graph, GraphNode, WireId } from '../pipeline/graph.ts';

/** The nodes of a graph with all that is needed to draw it, as `run.json` lists them. */
export function describeNodes(graph: Graph) {
  return [...graph.sources, ...graph.operators, ...graph.sinks].map((node) => {
    const { id, definition, options, inputs, recorded } = node;
    return {
      id,
      op: definition.op,
      kind: definition.kind,
      options,
      inputs: Object.fromEntries([...inputs].map(([port, wire]) => [port, wireName(wire)])),
      outputs: outputsOf(graph, node),
      records: (recorded.length > 0 ? recorded : recordable(graph, node)).map(wireName),
    };
  });
}

/** Types of a node's outputs by port, of a source those besides that depend on the data and are read. */
function outputsOf(graph: Graph, { id, definition }: GraphNode): Record<string, WireType> {
  if (definition.kind === 'sink') return {};
  const read = graph.operators
    .flatMap(({ inputs }) => [...inputs.values()])
    .filter(({ node }) => node === id)
    .map(({ port, type }) => [port, type] as const);
  return { ...definition.outputs, ...Object.fromEntries(read) };
}

/** What a sink records that was not told. */
function recordable(graph: Graph, { definition }: GraphNode): WireId[] {
  if (definition.kind !== 'sink') return [];
  return graph.operators.flatMap(({ id, definition: { outputs } }) =>
    Object.entries(outputs)
      .filter(([, type]) => definition.records.includes(type))
      .map(([port, type]) => ({ node: id, port, type })),
  );
}

function wireName({ node, port }: WireId): string {
  return `${node}.${port}`;
}
