import type { OperatorFunction } from 'rxjs';
import type { OperatorNode } from '../define.ts';
import type { Report } from '../model/report.ts';
import { isStreamType } from '../model/wires.ts';
import type { Chunk, Value, WireCount } from './build.ts';
import type { Flow } from './flow.ts';
import type { GraphNode, WireId } from './graph.ts';
import type { Pass } from './plan.ts';

/** Operators of a pass in a line, from the spikes of a source to one value; nobody else reads what flows between them. */
export interface Chain {
  readonly nodes: readonly GraphNode<OperatorNode>[];
  readonly input: WireId;
  readonly output: WireId;
}

/** What a pass lends a chain that runs elsewhere. */
export interface ChainEnvironment {
  readonly flow: Flow;
  readonly report: (node: string) => Report;
  readonly count: (wire: string) => WireCount;
}

/** Another thread, in which a chain of operators may run beside the others of its pass. */
export interface ChainRunner {
  /**
   * Whether a node works there, by its stream and options alone, as it does here: `gladly` where that is worth a thread,
   * `along` beside such a node.
   */
  readonly runs: (node: GraphNode<OperatorNode>) => 'gladly' | 'along' | undefined;
  /** Seconds of recording from which on the thread is worth its start. */
  readonly minSeconds: number;
  /** Lets the thread start ahead of a chain that may come. */
  readonly prepare?: () => void;
  /** From the chunks of the chain's input to its value, which comes some time after their end. */
  readonly run: (chain: Chain, environment: ChainEnvironment) => OperatorFunction<Chunk, Value>;
}

/**
 * The first chain of a pass that is worth a thread: a costly operator, all that is before it, and the one behind it, of
 * which nothing comes but a value: the moments of smoothed counts, say. A stream would have to come back.
 */
export function findChain(
  { operators, streams, values }: Pick<Pass, 'operators' | 'streams' | 'values'>,
  runs: ChainRunner['runs'],
): Chain | undefined {
  const nodes = new Map(operators.map((node) => [node.id, node]));
  const recorded = [...streams, ...values];

  /** Outputs of a node that are read in this pass, and who reads them; files are readers that are no node. */
  function outputsOf({ id, definition }: GraphNode<OperatorNode>) {
    return Object.entries(definition.outputs).flatMap(([port, type]) => {
      const isThis = (wire: WireId): boolean => wire.node === id && wire.port === port;
      const readers = operators.filter(({ inputs }) => [...inputs.values()].some(isThis));
      const isRecorded = recorded.some(isThis);
      if (readers.length === 0 && !isRecorded) return [];
      return [{ wire: { node: id, port, type }, readers, isRecorded }];
    });
  }

  /** The only reader of the only output. */
  function readerOf(node: GraphNode<OperatorNode>): GraphNode<OperatorNode> | undefined {
    const [output, ...others] = outputsOf(node);
    if (!output || others.length > 0 || output.isRecorded) return undefined;
    return output.readers.length === 1 ? output.readers[0] : undefined;
  }

  /** The line of nodes from the source to this one. */
  function lineTo(node: GraphNode<OperatorNode>): Chain['nodes'] | undefined {
    const input = streamInto(node);
    if (!input || !runs(node)) return undefined;
    const upstream = nodes.get(input.node);
    if (!upstream) return [node];
    const line = readerOf(upstream) === node ? lineTo(upstream) : undefined;
    return line && [...line, node];
  }

  for (const node of operators) {
    const last = runs(node) === 'gladly' ? readerOf(node) : undefined;
    const line = last && lineTo(last);
    const input = line?.[0] && streamInto(line[0]);
    const [output, ...others] = last ? outputsOf(last) : [];
    if (!line || !input || !output || others.length > 0) continue;
    if (input.type !== 'spikes' || isStreamType(output.wire.type)) continue;
    return { nodes: line, input, output: output.wire };
  }
  return undefined;
}

/** The only stream that a node reads; undefined where it reads several. */
function streamInto({ inputs }: GraphNode<OperatorNode>): WireId | undefined {
  const [stream, ...others] = [...inputs.values()].filter(({ type }) => isStreamType(type));
  return others.length === 0 ? stream : undefined;
}
