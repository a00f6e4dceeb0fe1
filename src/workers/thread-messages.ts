import type { EncodeAnswer, EncodeOrder } from '../sinks/encoding-order.ts';
import type { ChainAnswer, ChainOrder } from './chain-messages.ts';

/** To a thread: an order, and whose work it is. */
export type ThreadMessage =
  | { readonly work: 'chain'; readonly order: ChainOrder }
  | { readonly work: 'encoding'; readonly order: EncodeOrder };

/** From a thread: what another who had it before may still get is not for who has it now. */
export type ThreadAnswer =
  | { readonly work: 'chain'; readonly answer: ChainAnswer }
  | { readonly work: 'encoding'; readonly answer: EncodeAnswer };
