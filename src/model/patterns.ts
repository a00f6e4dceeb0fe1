import type { Unit } from './units.ts';

/**
 * Assembly patterns and how they were found. Pattern `k` is assembly `k + 1` in every file.
 */
export interface Patterns {
  readonly kind: 'patterns';
  readonly units: readonly Unit[];
  /** One Float64Array of nUnits per pattern; L2 norm 1; the entry of largest absolute value is positive. */
  readonly weights: readonly Float64Array[];
  /** One Uint8Array of nUnits per pattern: 1 for members. */
  readonly members: readonly Uint8Array[];
  /** Per pattern: at least one member, and all members of one sign. */
  readonly valid: readonly boolean[];
  /** Eigenvalue of each pattern; NaN where a pattern has none (ICA). */
  readonly patternEigenvalues: Float64Array;
  /** All eigenvalues, descending. */
  readonly eigenvalues: Float64Array;
  /** Largest eigenvalue expected by chance. */
  readonly bound: number;
  readonly method: string;
  readonly boundMethod: string;
  readonly nBins: number;
  readonly binSize: number;
  /** Indices of units that were constant while fitting; their weights are 0. */
  readonly constantUnits: readonly number[];
  readonly ica: IcaReport | undefined;
  readonly warnings: readonly string[];
}

export interface IcaReport {
  readonly nIterations: number;
  readonly isConverged: boolean;
  /** The stopping statistic after each iteration, max_i | |<w'_i, w_i>| - 1 |. */
  readonly limits: readonly number[];
}
