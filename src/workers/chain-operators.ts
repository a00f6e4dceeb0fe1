import type { OperatorNode } from '../define.ts';
import { binNode } from '../operators/bin.ts';
import { smoothNode } from '../operators/smooth.ts';
import { zscoreNode } from '../operators/zscore.ts';
import type { ChainRunner } from '../pipeline/chain.ts';

/** Operators that a thread for chains knows. */
export const chainOperators: readonly OperatorNode[] = [binNode, smoothNode, zscoreNode];

/** Smoothing takes longer than what stands beside it; z-scores need more than their stream unless it gives their moments. */
export const runsInChain: ChainRunner['runs'] = ({ definition, options, inputs }) => {
  if (!chainOperators.includes(definition)) return undefined;
  if (definition === smoothNode) return 'gladly';
  if (definition !== zscoreNode) return 'along';
  return options.over === 'stream' && !inputs.has('moments') ? 'along' : undefined;
};
