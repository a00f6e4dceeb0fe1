import type { Unit } from './units.ts';

/** How the z-scored counts of units vary together over some bins. */
export interface Correlation {
  readonly kind: 'correlation';
  readonly units: readonly Unit[];
  /** Group of each unit where only pairs of different groups are of interest. */
  readonly groups: readonly string[] | undefined;
  /** Mean of each unit's z-scores; 0 but for rounding where mean and SD were taken over the same bins. */
  readonly mean: Float64Array;
  /** Covariance of z-scores, ddof 0, row-major, shape [nUnits, nUnits]; 0 for constant units. */
  readonly covariance: Float64Array;
  /** 1 for units that do not vary over the bins: they correlate with nothing. */
  readonly isConstant: Uint8Array;
  readonly nBins: number;
  readonly binSize: number;
  readonly smoothingSd: number;
  readonly smoothingSide?: 'causal' | undefined;
}

/** Pearson correlation of two units; NaN where one does not vary. */
export function correlationOf({ covariance, isConstant }: Correlation, a: number, b: number) {
  const n = isConstant.length;
  if (isConstant[a] === 1 || isConstant[b] === 1) return Number.NaN;
  if (a === b) return 1;
  return covariance[a * n + b] / Math.sqrt(covariance[a * n + a] * covariance[b * n + b]);
}
