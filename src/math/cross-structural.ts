import { ConfigError, NumericError } from '../errors.ts';
import { type CrossStructure, type CrossUnits, crossScales } from './cross-matrix.ts';
import type { Eigen } from './eigen.ts';
import { fastIcaOfCombinations, type IcaOptions, type IcaResult } from './fast-ica.ts';
import type { StandardisedRows } from './ica-responses.ts';
import { percentileOf } from './shuffle-threshold.ts';
import { type SparseSums, scaledCovariance } from './sparse-covariance.ts';

/**
 * Largest eigenvalue that a structure has by chance, for two groups of independent units. The block of correlations of
 * n1 with n2 such units over B bins has singular values up to (√n1 + √n2) / √B; `masked-correlation` adds its diagonal
 * of 1, `scaled-covariance` divides by √(n1·n2). Units are taken to be independent within their group as well.
 * @throws ConfigError for other numbers of groups, for which there is no such formula
 * Source: the edge of the singular values of a product of two independent white matrices; it agrees with simulation
 */
export function crossAnalyticBound(
  structure: CrossStructure,
  nBins: number,
  sizes: readonly number[],
): number {
  const [n1 = 0, n2 = 0] = sizes;
  if (sizes.length !== 2) {
    throw new ConfigError({
      code: 'BOUND_NEEDS_TWO_GROUPS',
      found: `bound: cross-analytic with ${sizes.length} groups`,
      expected: 'two groups',
      hint: 'use a bound from shuffled counts, which serves any number of groups',
    });
  }
  const edge = (Math.sqrt(n1) + Math.sqrt(n2)) / Math.sqrt(nBins);
  if (structure === 'masked-correlation') return 1 + edge;
  return structure === 'scaled-covariance' ? edge / Math.sqrt(n1 * n2) : edge;
}

/** How singular values are held against those of shuffled counts: each against its own rank, or all against the largest. */
export type SvdThreshold = 'per-rank' | 'max-stat';

/**
 * One threshold per singular value: a percentile, over shuffles, of the values of its rank or of the largest.
 * @param shuffled singular values of each shuffle, descending
 * @param percent 0 to 100
 */
export function svdThresholds(
  shuffled: readonly Float64Array[],
  mode: SvdThreshold,
  percent: number,
): Float64Array {
  const ranks = shuffled[0] ?? new Float64Array(0);
  return ranks.map((_, rank) => {
    const at = mode === 'per-rank' ? rank : 0;
    return percentileOf(
      Float64Array.from(shuffled, (values) => values[at]),
      percent,
    );
  });
}

/** Ranks, ascending, of the values above their threshold; some may be skipped. */
export function ranksAbove(values: Float64Array, thresholds: Float64Array): number[] {
  return [...values.keys()].filter((rank) => values[rank] > thresholds[rank]);
}

/**
 * Independent components within the first `nPatterns` eigenvectors of a cross structure: the counts are projected on
 * each eigenvector times the root of its eigenvalue, and the components of these projections, carried back to units,
 * are the patterns (neither scaled nor turned).
 * @param data the counts as the detection standardised them
 * @throws NumericError when some of these eigenvalues are not positive
 * Source: neuro_py, cross-structural assemblies by ICA
 */
export function crossIca(
  structure: CrossStructure,
  data: StandardisedRows,
  sums: SparseSums,
  cross: CrossUnits,
  { values, vectors }: Eigen,
  nPatterns: number,
  options: IcaOptions,
): IcaResult {
  const nPositive = values.filter((value) => value > 1e-12 * values[0]).length;
  if (nPatterns > nPositive) {
    throw new NumericError({
      code: 'TOO_MANY_ASSEMBLIES',
      found: `${nPatterns} assemblies across groups`,
      expected: `at most ${nPositive}, which is how many eigenvalues are positive`,
      hint: 'ask for fewer assemblies',
    });
  }
  const scales = crossScales(structure, cross);
  const combinations = vectors.slice(0, nPatterns).map((vector, rank) => {
    const root = Math.sqrt(values[rank]);
    return vector.map((entry) => entry * root);
  });
  const covariance = scaledCovariance(sums, cross.units, scales);
  return fastIcaOfCombinations({ ...data, scales }, combinations, covariance, options);
}

/** How strongly a pattern must weigh a unit for its group to count as part of the assembly. */
export interface MembershipRule {
  readonly mode: 'absolute' | 'relative' | 'percentile';
  /** An absolute weight, or a share of the pattern's largest; `percentile` does not read it. */
  readonly threshold: number;
  /** 0 to 100; only `percentile` reads it. */
  readonly percent: number;
}

/**
 * Whether a pattern reaches into two groups or more: they have a unit whose absolute weight exceeds the threshold.
 * @param groupOf group of each entry of `weights`
 */
export function spansGroups(
  weights: ArrayLike<number>,
  groupOf: ArrayLike<number>,
  { mode, threshold, percent }: MembershipRule,
): boolean {
  const sizes = Float64Array.from(weights, Math.abs);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const limit =
    mode === 'absolute'
      ? threshold
      : mode === 'relative'
        ? threshold * largest
        : percentileOf(sizes, percent);
  const reached = new Set(Array.from(groupOf).filter((_, i) => sizes[i] > limit));
  return reached.size > 1;
}

/**
 * The part of Σ|wᵢwⱼ|, over pairs of different units, that lies within groups: 0 for a pattern whose pairs all cross,
 * 1 for one that lies in a single group, NaN for a single unit.
 */
export function shareWithinGroups(weights: ArrayLike<number>, groupOf: ArrayLike<number>): number {
  let total = 0;
  let squares = 0;
  const sums = new Map<number, number>();
  for (let i = 0; i < weights.length; i++) {
    const size = Math.abs(weights[i]);
    total += size;
    squares += size * size;
    sums.set(groupOf[i], (sums.get(groupOf[i]) ?? 0) + size);
  }
  let within = 0;
  for (const sum of sums.values()) within += sum * sum;
  return (within - squares) / (total * total - squares);
}
