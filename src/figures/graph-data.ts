/** A node of a pipeline, as far as it is drawn. */
export interface DrawnNode {
  readonly id: string;
  readonly op: string;
  readonly kind: string;
  /** Passes it takes part in, from 1; none for sources and sinks. */
  readonly passes: readonly number[];
}

/** A wire from an output of one node to an input of another. */
export interface DrawnWire {
  readonly from: string;
  readonly port: string;
  readonly to: string;
  /** Input that it goes to; empty for a sink. */
  readonly input: string;
  /** What it carries. */
  readonly type: string;
}

export interface GraphData {
  readonly name: string;
  readonly nodes: readonly DrawnNode[];
  readonly wires: readonly DrawnWire[];
  readonly nPasses: number;
}

/** A node as `run.json` has it. */
interface DescribedNode {
  readonly id: string;
  readonly op: string;
  readonly kind: string;
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly records: readonly string[];
}

/** The graph of a run, from what `run.json` says of its nodes and passes. */
export function graphData(
  name: string,
  nodes: readonly DescribedNode[],
  passes: readonly { readonly number: number; readonly nodes: readonly string[] }[],
): GraphData {
  const outputs = new Map(
    nodes.flatMap(({ id, outputs }) => [...outputs].map(([port, type]) => [`${id}.${port}`, type])),
  );
  const wireOf = (wire: string, to: string, input: string): DrawnWire => {
    const dot = wire.indexOf('.');
    const [from, port] = [wire.slice(0, dot), wire.slice(dot + 1)];
    return { from, port, to, input, type: outputs.get(wire) ?? port };
  };
  // A sink that records nothing of what flows reads what the others have written.
  const writers = nodes.filter(({ kind, records }) => kind === 'sink' && records.length > 0);
  const readers = nodes.filter(({ kind, records }) => kind === 'sink' && records.length === 0);
  const read = readers.flatMap(({ id: to }) =>
    writers.map(({ id: from }) => ({ from, port: 'files', to, input: '', type: 'files' })),
  );
  return {
    name,
    nodes: nodes.map(({ id, op, kind }) => ({
      id,
      op,
      kind,
      passes: passes.filter((pass) => pass.nodes.includes(id)).map(({ number }) => number),
    })),
    wires: nodes
      .flatMap(({ id, inputs, records }) => [
        ...[...inputs].map(([input, wire]) => wireOf(wire, id, input)),
        ...records.map((wire) => wireOf(wire, id, '')),
      ])
      .concat(read),
    nPasses: passes.length,
  };
}
