import type { Position } from '../errors.ts';
import type { SpikeChunk } from '../model/chunk.ts';
import type { Note } from '../model/report.ts';
import type { Value, WireCount } from '../pipeline/build.ts';
import type { WireId } from '../pipeline/graph.ts';
import type { Failure } from './failure.ts';

/** A node as it is sent to the thread, which knows the operator by its name. */
export interface SentNode {
  readonly id: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly (readonly [string, WireId])[];
  readonly position: Position;
}

/** To the thread. */
export type ChainOrder =
  /** There is nothing to do yet. */
  | { readonly kind: 'prepare' }
  | {
      readonly kind: 'begin';
      readonly job: number;
      readonly nodes: readonly SentNode[];
      readonly input: WireId;
      readonly output: WireId;
    }
  | { readonly kind: 'chunk'; readonly job: number; readonly chunk: SpikeChunk }
  /** The stream has ended. */
  | { readonly kind: 'end'; readonly job: number }
  /** Nobody waits for the output any more. */
  | { readonly kind: 'abandon'; readonly job: number };

/** From the thread. */
export type ChainAnswer =
  | { readonly kind: 'made'; readonly job: number; readonly value: Value }
  /** A chunk has been worked through. */
  | { readonly kind: 'taken'; readonly job: number }
  | { readonly kind: 'note'; readonly job: number; readonly node: string; readonly note: Note }
  | {
      readonly kind: 'done';
      readonly job: number;
      readonly counts: readonly (readonly [string, WireCount])[];
    }
  | { readonly kind: 'failed'; readonly job: number; readonly failure: Failure };
