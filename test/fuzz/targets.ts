import type { Scratch } from './scratch.ts';

/** One damaged input, and what reads it. */
export interface Case {
  /** Returns what an accepted case is counted as. */
  readonly run: () => Promise<string>;
}

export interface Target {
  /** The case of a seed: always the same. */
  readonly make: (seed: number, scratch: Scratch) => Promise<Case>;
}

/** Loaded one by one: each brings a good part of the tree. */
const loaders = {
  pipelines: async () => (await import('./pipelines-target.ts')).pipelines,
  mat: async () => (await import('./mat-target.ts')).mats,
  tables: async () => (await import('./tables-target.ts')).tables,
  moments: async () => (await import('./moments-target.ts')).momentsFiles,
  rigs: async () => (await import('./rigs-target.ts')).rigs,
  lines: async () => (await import('./lines-target.ts')).lines,
} satisfies Record<string, () => Promise<Target>>;

export type TargetName = keyof typeof loaders;
export const targetNames = Object.keys(loaders) as TargetName[];

export function loadTarget(name: TargetName): Promise<Target> {
  return loaders[name]();
}
