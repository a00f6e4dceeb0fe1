import type { AnyNode, OperatorNode, SinkNode, SourceNode } from '../define.ts';
import type { Position } from '../errors.ts';
import type { WireType } from '../model/wires.ts';
import type { PipelineSpec } from './parse.ts';

/** One output of one node. */
export interface WireId {
  readonly node: string;
  readonly port: string;
  readonly type: WireType;
}

export interface GraphNode<D extends AnyNode = AnyNode> {
  readonly id: string;
  readonly definition: D;
  readonly options: Readonly<Record<string, unknown>>;
  /** What feeds each connected input. */
  readonly inputs: ReadonlyMap<string, WireId>;
  /** Outputs a sink was told to record; empty for "all of the graph". */
  readonly recorded: readonly WireId[];
  readonly position: Position;
}

/** A checked pipeline: every connection typed, nodes ordered so that inputs come before what reads them. */
export interface Graph {
  readonly spec: PipelineSpec;
  readonly sources: readonly GraphNode<SourceNode>[];
  readonly operators: readonly GraphNode<OperatorNode>[];
  readonly sinks: readonly GraphNode<SinkNode>[];
}

export function isSource(node: GraphNode): node is GraphNode<SourceNode> {
  return node.definition.kind === 'source';
}

export function isOperator(node: GraphNode): node is GraphNode<OperatorNode> {
  return node.definition.kind === 'operator';
}

export function isSink(node: GraphNode): node is GraphNode<SinkNode> {
  return node.definition.kind === 'sink';
}
