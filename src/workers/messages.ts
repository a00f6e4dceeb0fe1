import type { Failure } from './failure.ts';

/** To a worker: take up a job, do one of its items, forget it. */
export type Order =
  | {
      readonly kind: 'begin';
      readonly job: number;
      readonly name: string;
      readonly common: unknown;
    }
  | { readonly kind: 'item'; readonly job: number; readonly index: number; readonly item: unknown }
  | { readonly kind: 'end'; readonly job: number };

/** From a worker: what came of one item. */
export type Answer =
  | {
      readonly kind: 'done';
      readonly job: number;
      readonly index: number;
      readonly result: unknown;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly failure: Failure };
