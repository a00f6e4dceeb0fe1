import type { AnyNode, OperatorNode, Registry, SourceNode } from '../define.ts';
import {
  ConfigError,
  didYouMean,
  type ErrorDetails,
  maxListed,
  type PipelineError,
  type Position,
  show,
} from '../errors.ts';
import { isStreamType, type WireType } from '../model/wires.ts';
import { type Graph, type GraphNode, isOperator, isSink, isSource, type WireId } from './graph.ts';
import { readOptions } from './options.ts';
import { orderNodes } from './order.ts';
import type { NodeSpec, PipelineSpec, WireRef } from './parse.ts';
import { isWrittenUnread } from './plan.ts';

const maxChain = 50;

/**
 * Gives each node of a pipeline its definition, its options and its connections; every problem is pushed to
 * `problems`, so that one run reports them all.
 */
export function buildGraph(
  spec: PipelineSpec,
  registry: Registry,
  problems: PipelineError[],
): Graph {
  const checker = new GraphChecker(spec, registry, problems);
  return checker.check();
}

class GraphChecker {
  readonly #spec: PipelineSpec;
  readonly #problems: PipelineError[];
  readonly #known: ReadonlyMap<string, AnyNode>;
  readonly #specs: ReadonlyMap<string, NodeSpec>;
  readonly #read = new Set<string>();
  readonly #named = new Set<string>();

  constructor(spec: PipelineSpec, registry: Registry, problems: PipelineError[]) {
    this.#spec = spec;
    this.#problems = problems;
    const nodes: AnyNode[] = [...registry.sources, ...registry.operators, ...registry.sinks];
    this.#known = new Map(nodes.map((node) => [node.op, node]));
    this.#specs = new Map(spec.nodes.map((node) => [node.id, node]));
  }

  check(): Graph {
    const nodes = new Map<string, GraphNode>();
    for (const node of this.#spec.nodes) {
      const definition = this.#definitionOf(node);
      if (definition) nodes.set(node.id, this.#connect(node, definition));
    }
    this.#reportTwins(nodes);
    const ordered = this.#order(nodes);
    this.#fillFromSources(ordered, nodes);
    this.#reportChains(ordered, nodes);
    this.#reportUnread(nodes);
    this.#problems.sort(byPlace);
    const finished = ordered.map(({ id }) => nodes.get(id)).filter((node) => node !== undefined);
    return {
      spec: this.#spec,
      sources: finished.filter(isSource),
      operators: finished.filter(isOperator),
      sinks: finished.filter(isSink),
    };
  }

  #definitionOf(node: NodeSpec): AnyNode | undefined {
    const definition = this.#known.get(node.op.name);
    if (definition || node.op.name === '') return definition;
    // What it would read cannot be told, so nothing it names is called unread.
    for (const { node: id } of [...node.from, ...node.inputs.values()]) this.#named.add(id);
    this.#problem(node, node.op.position, {
      code: 'UNKNOWN_OP',
      found: `op ${show(node.op.name)}`,
      hint: didYouMean(node.op.name, this.#known.keys()),
    });
    return undefined;
  }

  #connect(node: NodeSpec, definition: AnyNode): GraphNode {
    const { options, problems } = readOptions(node, definition);
    for (const { position, details } of problems) this.#problem(node, position, details);
    const inputs = new Map<string, WireId>();
    const recorded: WireId[] = [];
    const isMadeOfResults = definition.kind === 'sink' && definition.isMadeOfResults;
    if (definition.kind === 'source' || isMadeOfResults) {
      const message = isMadeOfResults
        ? 'this sink reads the results of the whole run'
        : 'a source reads no other node';
      for (const ref of [...node.from, ...node.inputs.values()]) {
        this.#problem(node, ref.position, { code: 'NO_INPUTS', message });
      }
    } else if (definition.kind === 'sink') {
      for (const ref of [...node.from, ...node.inputs.values()]) {
        const wire = this.#resolve(node, ref, definition.records);
        if (wire) recorded.push(wire);
      }
    } else this.#connectOperator(node, definition, inputs);
    return { id: node.id, definition, options, inputs, recorded, position: node.position };
  }

  #connectOperator(node: NodeSpec, definition: OperatorNode, inputs: Map<string, WireId>): void {
    const ports = Object.keys(definition.inputs);
    const [firstPort] = ports;
    const [firstRef, secondRef] = node.from;
    const refs = new Map<string, WireRef>(node.inputs);
    if (secondRef) {
      const message = `"from" connects one input; name the others under inputs: ${ports.join(', ')}`;
      this.#problem(node, secondRef.position, { code: 'TOO_MANY_INPUTS', message });
    }
    if (firstRef && firstPort !== undefined) {
      if (refs.has(firstPort)) {
        const message = `input "${firstPort}" is connected twice, by from and by inputs`;
        this.#problem(node, firstRef.position, { code: 'INPUT_TWICE', message });
      }
      refs.set(firstPort, firstRef);
    }
    for (const [port, ref] of refs) {
      const input = Object.hasOwn(definition.inputs, port) ? definition.inputs[port] : undefined;
      if (!input) {
        const position = node.inputs.get(port)?.key ?? ref.position;
        const found = `input ${show(port)}`;
        this.#problem(node, position, {
          code: 'UNKNOWN_INPUT',
          found,
          hint: didYouMean(port, ports),
        });
        continue;
      }
      const wire = this.#resolve(node, ref, [input.type]);
      if (wire) inputs.set(port, wire);
    }
    for (const port of ports) {
      const input = definition.inputs[port];
      if (!input || refs.has(port) || input.isOptional || input.fromSource) continue;
      const how = port === firstPort ? 'from: NODE' : `inputs: { ${port}: NODE }`;
      const message = `input "${port}" (${input.type}) is not connected`;
      this.#problem(node, node.position, {
        code: 'MISSING_INPUT',
        message,
        hint: `connect it with ${how}`,
      });
    }
  }

  #resolve(node: NodeSpec, ref: WireRef, accepted: readonly WireType[]): WireId | undefined {
    const target = this.#specs.get(ref.node);
    if (!target) {
      const others = [...this.#specs.keys()].filter((id) => id !== node.id);
      const found = `node ${show(ref.node)}`;
      // What nobody will read is not worth a search among all nodes.
      const hint = this.#problems.length < maxListed ? { hint: didYouMean(ref.node, others) } : {};
      this.#problem(node, ref.position, { code: 'UNKNOWN_NODE', found, ...hint });
      return undefined;
    }
    const definition = this.#known.get(target.op.name);
    if (!definition) return undefined;
    if (definition.kind === 'sink') {
      const message = `"${ref.node}" is a sink and has no output`;
      this.#problem(node, ref.position, { code: 'NO_OUTPUT', message });
      return undefined;
    }
    const ports = Object.keys(definition.outputs);
    const port = ref.port ?? ports[0] ?? '';
    const other = definition.kind === 'source' ? definition.otherOutputs : undefined;
    const type = Object.hasOwn(definition.outputs, port) ? definition.outputs[port] : other;
    if (!type) {
      this.#named.add(ref.node);
      const found = `output ${show(port)} of "${ref.node}"`;
      this.#problem(node, ref.position, {
        code: 'UNKNOWN_OUTPUT',
        found,
        hint: didYouMean(port, ports),
      });
      return undefined;
    }
    this.#read.add(`${ref.node}.${port}`);
    if (accepted.includes(type)) return { node: ref.node, port, type };
    const fitting = ports.filter((name) => accepted.includes(definition.outputs[name] ?? type));
    const [better] = fitting;
    this.#problem(node, ref.position, {
      code: 'WRONG_TYPE',
      found: `${ref.node}.${port}, which carries ${type}`,
      expected: accepted.join(' or '),
      hint:
        better === undefined ? `no output of "${ref.node}" fits` : `write ${ref.node}.${better}`,
    });
    return undefined;
  }

  /** Inputs before readers; nodes on a cycle are reported and left out. */
  #order(nodes: ReadonlyMap<string, GraphNode>): GraphNode[] {
    const { ordered, cycles } = orderNodes(nodes);
    for (const cycle of cycles) {
      const spec = this.#specs.get(cycle[0] ?? '');
      const message = `the nodes form a cycle: ${cycle.join(' -> ')}`;
      if (spec) this.#problem(spec, spec.position, { code: 'CYCLE', message });
    }
    const onCycle = new Set(cycles.flat());
    return ordered.filter(({ id }) => !onCycle.has(id));
  }

  /** Connects inputs left open to the first source upstream, in the order of the node's ports, that has one to offer. */
  #fillFromSources(ordered: readonly GraphNode[], nodes: Map<string, GraphNode>): void {
    const upstream = new Map<string, readonly GraphNode<SourceNode>[]>();
    for (const node of ordered) {
      if (isSource(node)) upstream.set(node.id, [node]);
      if (!isOperator(node)) continue;
      const ports = Object.entries(node.definition.inputs);
      const feeding = ports.flatMap(
        ([port]) => upstream.get(node.inputs.get(port)?.node ?? '') ?? [],
      );
      const sources = [...new Set(feeding)];
      upstream.set(node.id, sources);
      const inputs = new Map(node.inputs);
      for (const [port, { type, fromSource, isOptional }] of ports) {
        if (inputs.has(port) || !fromSource) continue;
        const [wire] = sources.flatMap((source) => outputOf(source, type));
        if (wire) {
          inputs.set(port, wire);
          this.#read.add(`${wire.node}.${wire.port}`);
        } else if (!isOptional && node.inputs.size > 0) {
          const spec = this.#specs.get(node.id);
          const message = `input "${port}" (${type}) is not connected, and no source provides it`;
          if (spec) this.#problem(spec, node.position, { code: 'MISSING_INPUT', message });
        }
      }
      nodes.set(node.id, { ...node, inputs });
    }
  }

  /** Each node calls the next one: a chain without end would overflow the stack. */
  #reportChains(ordered: readonly GraphNode[], nodes: ReadonlyMap<string, GraphNode>): void {
    const lengths = new Map<string, number>();
    for (const { id, position } of ordered) {
      const inputs = [...(nodes.get(id)?.inputs.values() ?? [])];
      const length = 1 + Math.max(0, ...inputs.map(({ node }) => lengths.get(node) ?? 0));
      lengths.set(id, length);
      const spec = this.#specs.get(id);
      if (length <= maxChain || !spec) continue;
      const found = `a chain of ${length} nodes`;
      const expected = `at most ${maxChain} in a row`;
      this.#problem(spec, position, { code: 'CHAIN_TOO_LONG', found, expected });
      return;
    }
  }

  /** Two sinks of one kind would write the same files. */
  #reportTwins(nodes: ReadonlyMap<string, GraphNode>): void {
    const first = new Map<string, string>();
    for (const node of [...nodes.values()].filter(isSink)) {
      const { op } = node.definition;
      const twin = first.get(op);
      const spec = this.#specs.get(node.id);
      first.set(op, twin ?? node.id);
      if (twin === undefined || !spec) continue;
      const message = `"${twin}" is a ${op} sink already, and both would write the same files`;
      this.#problem(spec, node.position, { code: 'SINK_TWICE', message });
    }
  }

  #reportUnread(nodes: ReadonlyMap<string, GraphNode>): void {
    for (const node of nodes.values()) {
      const { definition } = node;
      if (definition.kind === 'sink') continue;
      const outputs = Object.entries(definition.outputs);
      const [main] = outputs;
      const isRead =
        this.#named.has(node.id) || outputs.some(([port]) => this.#read.has(`${node.id}.${port}`));
      const isWritten = outputs.some(([, type]) => isWrittenUnread(type, nodes.values()));
      if (isRead || isWritten || !main) continue;
      const spec = this.#specs.get(node.id);
      const what = isStreamType(main[1]) ? 'stream' : 'value';
      const message = `nobody reads the ${main[1]} ${what} of this node`;
      const hint = 'connect it to another node, or remove it';
      if (spec) this.#problem(spec, node.position, { code: 'UNUSED_OUTPUT', message, hint });
    }
  }

  #problem(node: NodeSpec, position: Position, details: ErrorDetails) {
    const where = `node ${show(node.id)}${node.op.name === '' ? '' : ` (${node.op.name.slice(0, 40)})`}`;
    this.#problems.push(new ConfigError({ ...details, where, position }));
  }
}

function outputOf({ id, definition }: GraphNode<SourceNode>, wanted: WireType): WireId[] {
  const outputs = Object.entries(definition.outputs).filter(([, type]) => type === wanted);
  return outputs.map(([port, type]) => ({ node: id, port, type }));
}

function byPlace(a: PipelineError, b: PipelineError): number {
  const [p, q] = [a.position, b.position];
  return (p?.line ?? 0) - (q?.line ?? 0) || (p?.column ?? 0) - (q?.column ?? 0);
}
