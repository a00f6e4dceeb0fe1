import { mats } from './mat-target.ts';
import { momentsFiles } from './moments-target.ts';
import { pipelines } from './pipelines-target.ts';
import type { Scratch } from './scratch.ts';
import { tables } from './tables-target.ts';

/** One damaged input, and what reads it. */
export interface Case {
  /** Returns what an accepted case is counted as. */
  readonly run: () => Promise<string>;
}

export interface Target {
  /** Why there is nothing to be tried; undefined where there is. */
  readonly missing?: () => Promise<string | undefined>;
  /** The case of a seed: always the same. */
  readonly make: (seed: number, scratch: Scratch) => Promise<Case>;
}

export const targets = { pipelines, mat: mats, tables, moments: momentsFiles } as const;
export type TargetName = keyof typeof targets;
export const targetNames = Object.keys(targets) as TargetName[];
