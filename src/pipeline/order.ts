import type { GraphNode } from './graph.ts';

/** Orders nodes so that inputs come before what reads them, and names each cycle once, from its first node back to it. */
export function orderNodes(nodes: ReadonlyMap<string, GraphNode>): {
  ordered: GraphNode[];
  cycles: string[][];
} {
  const ordered: GraphNode[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (node: GraphNode, path: readonly string[]): void => {
    if (state.get(node.id) === 'done') return;
    if (state.get(node.id) === 'open') {
      const cycle = [...path.slice(path.indexOf(node.id)), node.id];
      if (!cycle.some((id) => cycles.flat().includes(id))) cycles.push(cycle);
      return;
    }
    state.set(node.id, 'open');
    for (const wire of [...node.inputs.values(), ...node.recorded]) {
      const upstream = nodes.get(wire.node);
      if (upstream) visit(upstream, [...path, node.id]);
    }
    state.set(node.id, 'done');
    ordered.push(node);
  };
  for (const node of nodes.values()) visit(node, []);
  return { ordered, cycles };
}
