import type { CrossStructure } from './cross-matrix.ts';
import { crossAnalyticBound } from './cross-structural.ts';
import { shuffleBounds } from './fit-rules.ts';
import { marchenkoPasturBound, neuroPyTracyWidomBound } from './marchenko-pastur.ts';
import type { Chance } from './pattern-fitter.ts';
import type { ShuffleGenerator } from './shuffle-placement.ts';
import { tracyWidomBound95, tracyWidomBound99 } from './tracy-widom.ts';

const formulas = {
  'marchenko-pastur': marchenkoPasturBound,
  'neuro-py-tracy-widom': neuroPyTracyWidomBound,
  'tracy-widom-95': tracyWidomBound95,
  'tracy-widom-99': tracyWidomBound99,
} satisfies Record<string, (nBins: number, nUnits: number) => number>;
type Formula = keyof typeof formulas;
type ShuffleBound = (typeof shuffleBounds)[number];

/** Every way to know the largest eigenvalue expected by chance. */
export const bounds = [
  ...(Object.keys(formulas) as Formula[]),
  'cross-analytic' as const,
  ...shuffleBounds,
];

/** Those options of a fit that say what chance does. */
export interface ChanceOptions {
  readonly bound: Formula | 'cross-analytic' | ShuffleBound;
  readonly structure: 'all' | CrossStructure;
  readonly generator: ShuffleGenerator;
  readonly shuffleSeed: number;
  readonly percentile: number;
  readonly ranks: 'max-stat' | 'per-rank';
}

export function isShuffle(bound: string): bound is ShuffleBound {
  return shuffleBounds.some((kind) => kind === bound);
}

/** How the bound is known: by a formula, or from shuffled counts. */
export function chanceOf(options: ChanceOptions): Chance {
  const { bound, structure, generator, shuffleSeed, percentile, ranks } = options;
  if (isShuffle(bound)) return { shuffle: bound, generator, seed: shuffleSeed, percentile, ranks };
  if (bound !== 'cross-analytic') return { formula: formulas[bound] };
  return {
    groupFormula: (nBins, sizes) =>
      structure === 'all' ? Number.NaN : crossAnalyticBound(structure, nBins, sizes),
  };
}
