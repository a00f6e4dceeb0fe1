import { share } from 'rxjs';
import { defineOperator, type OperatorNode } from '../define.ts';
import { createMomentsGatherer } from '../math/moments.ts';
import { binNode } from '../operators/bin.ts';
import { smoothAside, smoothNode } from '../operators/smooth.ts';
import { momentsIn, zscoreAside, zscoreNode } from '../operators/zscore.ts';
import type { ChainRunner } from '../pipeline/chain.ts';
import type { GraphNode } from '../pipeline/graph.ts';

/** Operators that a thread for chains knows. */
export const chainOperators: readonly OperatorNode[] = [binNode, smoothNode, zscoreNode];

/** Smoothing takes longer than what stands beside it; z-scores need more than their stream unless it gives their moments. */
export const runsInChain: ChainRunner['runs'] = ({ definition, options, inputs }) => {
  if (!chainOperators.includes(definition)) return undefined;
  if (definition === smoothNode) return 'gladly';
  if (definition !== zscoreNode) return 'along';
  return options.over === 'stream' && !inputs.has('moments') ? 'along' : undefined;
};

/**
 * The same nodes, but smoothed counts that are read for their moments alone are never put in rows: the same values, bit by
 * bit, and the same notes and counts of what flowed, in half the time.
 */
export function withoutRows(
  nodes: readonly GraphNode<OperatorNode>[],
): readonly GraphNode<OperatorNode>[] {
  const [smoothing, scaling] = nodes.slice(-2);
  const isSmoothed = smoothing?.definition === smoothNode && smoothing.options.side === 'both';
  if (!isSmoothed || scaling?.definition !== zscoreNode) return nodes;
  const gatherer = createMomentsGatherer();
  const smooth = defineOperator({
    ...smoothNode,
    connect: ({ counts }, options) => ({
      counts: counts.pipe(smoothAside(options, gatherer.aside)),
    }),
  });
  const zscore = defineOperator({
    ...zscoreNode,
    connect: ({ counts }, _, { report }) => {
      const zscored = counts.pipe(zscoreAside(gatherer, report), share());
      return { zscored, moments: momentsIn(zscored) };
    },
  });
  return [
    ...nodes.slice(0, -2),
    { ...smoothing, definition: smooth },
    { ...scaling, definition: zscore },
  ];
}
