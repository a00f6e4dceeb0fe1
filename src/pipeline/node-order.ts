import type { Graph } from './graph.ts';

/**
 * Items in the order of the graph's nodes, those of one node as they came: what takes part in a run tells its story in no
 * order that would be the same in every run.
 */
export function inNodeOrder<T>(
  { sources, operators, sinks }: Graph,
  items: Iterable<T>,
  nodeOf: (item: T) => string,
): T[] {
  const places = new Map([...sources, ...operators, ...sinks].map(({ id }, place) => [id, place]));
  const placeOf = (item: T): number => places.get(nodeOf(item)) ?? places.size;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The same in place. */
export function putInNodeOrder<T>(graph: Graph, items: T[], nodeOf: (item: T) => string): void {
  items.splice(0, items.length, ...inNodeOrder(graph, items, nodeOf));
}
