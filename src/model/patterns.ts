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
  /** Largest eigenvalue of each shuffle, in the order of the shuffles, where the bound was made by shuffling. */
  readonly nullMaxima?: Float64Array | undefined;
  /** Per eigenvalue, where there are `nullMaxima`: (1 + how many of them reach it) / (1 + how many there are). */
  readonly pValues?: Float64Array | undefined;
  /** One bound per eigenvalue, where each has its own; `bound` is then the first. */
  readonly bounds?: Float64Array | undefined;
  /** Which pairs of units made the patterns: all, or those of different groups in one way or another. */
  readonly structure?: string;
  /** Group of each unit, where only pairs of different groups made the patterns. */
  readonly groups?: readonly string[] | undefined;
  /** Per pattern, where there are groups: the part of Σ|wᵢwⱼ| that lies within groups. */
  readonly withinShare?: Float64Array | undefined;
  /** Which rule made `members`. */
  readonly memberRule?: string;
  /** How many members each rule would find. */
  readonly memberCounts?: MemberCounts;
  /** Per pattern, |cosine| between its matches in two halves of the bins, where that was asked for. */
  readonly stability?: Float64Array | undefined;
  /** Per pattern, mean |cosine| with its matches from other starts of ICA, where that was asked for. */
  readonly restartStability?: Float64Array | undefined;
}

/** One entry per pattern. */
export interface MemberCounts {
  readonly otsu: Int32Array;
  /** Absolute weight above 1/√N. */
  readonly rootN: Int32Array;
  /** Absolute weight more than two standard deviations above the mean. */
  readonly twoSd: Int32Array;
  /** How well Otsu's threshold divides the weights: 1 for two clean classes; NaN when all are equal. */
  readonly otsuEffectiveness: Float64Array;
}

export interface IcaReport {
  readonly nIterations: number;
  readonly isConverged: boolean;
  /** The stopping statistic after each iteration, max_i | |<w'_i, w_i>| - 1 |. */
  readonly limits: readonly number[];
}
