import type { Moments, ZscoredChunk } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';
import { numberedUnits, type UnitTable } from '../model/units.ts';
import { type ActiveCounts, selectActive, slotsOf } from './active-counts.ts';
import { countPatterns, type FitSize } from './count-patterns.ts';
import { type CountsStore, createMemoryStore } from './counts-store.ts';
import { ranksAbove, shareWithinGroups, svdThresholds } from './cross-structural.ts';
import type { Eigen } from './eigen.ts';
import type { IcaOptions } from './fast-ica.ts';
import { type Found, nothingFound, orientWeights } from './find-components.ts';
import { expectFinite, expectMoments, expectUnits } from './fit-checks.ts';
import { type MemberRule, reportMembers } from './members.ts';
import type { PatternSearch } from './pattern-search.ts';
import { columnsOf } from './shuffle-columns.ts';
import type { GroupShuffleKind } from './shuffle-groups.ts';
import type { ScaledShuffles } from './shuffle-maxima.ts';
import type { ShuffleGenerator, ShuffleKind } from './shuffle-placement.ts';
import { percentileOf, pValuesOf } from './shuffle-threshold.ts';
import { createSparseSums, type SparseSums } from './sparse-covariance.ts';
import { restartStability, splitHalfStability, warnUnstable } from './stability.ts';

/** How the largest eigenvalue expected by chance is known: by a formula, or from shuffled counts. */
export type Chance =
  | { readonly formula: (nBins: number, nUnits: number) => number }
  | { readonly groupFormula: (nBins: number, sizes: readonly number[]) => number }
  | {
      readonly shuffle: ShuffleKind | GroupShuffleKind;
      readonly generator: ShuffleGenerator;
      readonly seed: number;
      readonly percentile: number;
      /** Whether each eigenvalue is held against those of its own rank, or all against the largest. */
      readonly ranks: 'per-rank' | 'max-stat';
    };

export interface FitterOptions extends IcaOptions {
  /** Names of the method and of the bound, for the record. */
  readonly method: string;
  readonly bound: string;
  readonly chance: Chance;
  readonly countedUnits: 'all' | 'active';
  readonly nAssemblies: number | undefined;
  readonly members: MemberRule;
  readonly stability: 'none' | 'split-half';
  readonly restarts: number;
}

/** What the counts give before the bound is known. */
export interface Detection {
  /** What must be shuffled for the bound; undefined where none is needed. */
  readonly shuffles: ScaledShuffles | undefined;
  /** @param nullValues the largest eigenvalues of each shuffle, where there are shuffles */
  readonly complete: (nullValues: Float64Array | undefined) => Patterns;
}

/**
 * Gathers z-scored chunks, to make patterns of them when they have all been seen.
 * Memory: the store of counts and nUnits² sums; nothing of shape [nBins, nUnits].
 */
export function createPatternFitter(
  options: FitterOptions,
  store: CountsStore = createMemoryStore(),
) {
  let sums: SparseSums | undefined;
  let moments: Moments | undefined;
  let binSize = Number.NaN;

  function push(chunk: ZscoredChunk): void {
    const { counts } = chunk;
    moments = chunk.moments ?? moments;
    // The closing chunk of a stream that had no other knows neither units nor bin size.
    if (counts.nBins === 0) return;
    sums ??= createSparseSums(counts.nUnits);
    expectUnits('the chunk', counts.nUnits, sums.nUnits);
    binSize = counts.binSize;
    sums.add(counts);
    store.push(counts);
  }

  /** @param searchIn how patterns are sought among the units of a table */
  function detect(
    given: UnitTable | undefined,
    searchIn: (table: UnitTable) => PatternSearch,
  ): Detection {
    const nUnits = sums?.nUnits ?? given?.kept.length ?? moments?.sd.length ?? 0;
    const table = given ?? numberedUnits(nUnits);
    const units = table.kept;
    expectUnits('the unit table', units.length, nUnits);
    const total = sums ?? createSparseSums(nUnits);
    const nBins = total.nRows;
    const scales = nBins === 0 ? new Float64Array(nUnits) : expectMoments(moments, nUnits).sd;
    const counts = selectActive(store.rows, total, scales);
    const { active } = counts;
    for (const unit of active) expectFinite(units[unit], total.sums[unit], scales[unit]);
    const search = searchIn(table);
    const eigen = search.eigenOf(counts);
    const eigenvalues = eigen.values.slice(0, Math.min(active.length, nBins));
    const indices = Int32Array.from(units.keys());
    const counted = options.countedUnits === 'all' ? indices : active;

    const shuffles = shufflesOf(options.chance, counts, search, eigenvalues.length);

    function complete(nullValues: Float64Array | undefined): Patterns {
      const nRanks = shuffles?.nRanks ?? 1;
      const nullMaxima = nullValues?.filter((_, i) => i % nRanks === 0);
      const bound = boundOf(options.chance, nBins, counted, search, nullMaxima);
      const bounds = boundsOf(options.chance, nullValues, nRanks);
      const size = { nBins, nUnits, nActive: active.length };
      const { ranks, warning } = chooseRanks(eigenvalues, bound, bounds, options.nAssemblies, size);
      const chosen = select(eigen, ranks);
      const found = find(search, counts, chosen, ranks.length, options);
      const weights = found.vectors.map((vector) => orientWeights(vector, active, nUnits));
      const steadiness = judgeStability(weights, counts, scales, chosen, search, options);
      return {
        kind: 'patterns',
        units,
        weights,
        ...describeMembers(weights, counted, options.members),
        patternEigenvalues: found.patternEigenvalues,
        eigenvalues,
        bound,
        bounds,
        ...describeGroups(weights, search),
        method: options.method,
        boundMethod: options.bound,
        nBins,
        binSize,
        constantUnits: [...indices.filter((unit) => !active.includes(unit))],
        ica: found.ica,
        nullMaxima,
        pValues: nullMaxima && pValuesOf(eigenvalues, nullMaxima),
        stability: steadiness.stability,
        restartStability: steadiness.restarts,
        warnings: [
          ...(warning === undefined ? [] : [warning]),
          ...found.warnings,
          ...steadiness.warnings,
        ],
      };
    }

    return { shuffles, complete };
  }

  return { push, detect };
}

/** The counts to shuffle; nothing is shuffled where no unit varies. */
function shufflesOf(
  chance: Chance,
  counts: ActiveCounts,
  search: PatternSearch,
  nEigenvalues: number,
): ScaledShuffles | undefined {
  if (!('shuffle' in chance) || counts.active.length === 0) return undefined;
  const columns = columnsOf(counts.rows, slotsOf(counts), counts.active.length);
  const { shuffle: kind, generator, seed, ranks } = chance;
  const nRanks = ranks === 'per-rank' ? nEigenvalues : 1;
  return { columns, kind, generator, seed, ...search.shuffleOf(counts), nRanks };
}

function boundOf(
  chance: Chance,
  nBins: number,
  counted: Int32Array,
  { groups }: PatternSearch,
  nullMaxima: Float64Array | undefined,
): number {
  if (nBins === 0) return Number.NaN;
  if ('formula' in chance) return chance.formula(nBins, counted.length);
  if ('shuffle' in chance) {
    return nullMaxima ? percentileOf(nullMaxima, chance.percentile) : Number.NaN;
  }
  const sizes = (groups?.names ?? []).map(
    (_, group) => counted.filter((unit) => groups?.groupOf[unit] === group).length,
  );
  return chance.groupFormula(
    nBins,
    sizes.filter((size) => size > 0),
  );
}

function boundsOf(
  chance: Chance,
  nullValues: Float64Array | undefined,
  nRanks: number,
): Float64Array | undefined {
  if (!('shuffle' in chance) || chance.ranks === 'max-stat' || !nullValues) return undefined;
  const shuffled = Array.from({ length: nullValues.length / nRanks }, (_, i) =>
    nullValues.subarray(i * nRanks, (i + 1) * nRanks),
  );
  return svdThresholds(shuffled, 'per-rank', chance.percentile);
}

/** The ranks of the eigenvalues that make patterns: the first ones, or those above the bound of their rank. */
function chooseRanks(
  eigenvalues: Float64Array,
  bound: number,
  bounds: Float64Array | undefined,
  nAssemblies: number | undefined,
  size: FitSize,
): { ranks: readonly number[]; warning?: string } {
  const { nPatterns, ...rest } = countPatterns(eigenvalues, bound, nAssemblies, size);
  const first = Array.from({ length: nPatterns }, (_, rank) => rank);
  if (!bounds || nAssemblies !== undefined) return { ranks: first, ...rest };
  const ranks = ranksAbove(eigenvalues, bounds);
  const warning = 'no assemblies: no singular value exceeds the bound of its rank';
  return ranks.length === 0 ? { ranks, warning } : { ranks };
}

function select({ values, vectors }: Eigen, ranks: readonly number[]): Eigen {
  return {
    values: Float64Array.from(ranks, (rank) => values[rank]),
    vectors: ranks.map((rank) => vectors[rank]),
  };
}

function find(
  search: PatternSearch,
  counts: ActiveCounts,
  eigen: Eigen,
  nPatterns: number,
  options: FitterOptions,
): Found {
  return nPatterns === 0 ? nothingFound : search.find(counts, eigen, nPatterns, options);
}

function describeGroups(
  weights: readonly Float64Array[],
  { structure, groups }: PatternSearch,
): Pick<Patterns, 'structure' | 'groups' | 'withinShare'> {
  if (!groups) return { structure };
  const { names, groupOf } = groups;
  const shares = weights.map((vector) => shareWithinGroups(vector, groupOf));
  return {
    structure,
    groups: Array.from(groupOf, (group) => names[group]),
    withinShare: Float64Array.from(shares),
  };
}

function describeMembers(
  weights: readonly Float64Array[],
  counted: Int32Array,
  rule: MemberRule,
): Pick<Patterns, 'members' | 'valid' | 'memberRule' | 'memberCounts'> {
  const reports = weights.map((vector) => reportMembers(vector, counted, rule));
  return {
    members: reports.map(({ members }) => members),
    valid: reports.map(({ isValid }) => isValid),
    memberRule: rule,
    memberCounts: {
      otsu: Int32Array.from(reports, ({ nOtsu }) => nOtsu),
      rootN: Int32Array.from(reports, ({ nRootN }) => nRootN),
      twoSd: Int32Array.from(reports, ({ nTwoSd }) => nTwoSd),
      otsuEffectiveness: Float64Array.from(reports, ({ effectiveness }) => effectiveness),
    },
  };
}

function judgeStability(
  weights: readonly Float64Array[],
  counts: ActiveCounts,
  scales: Float64Array,
  eigen: Eigen,
  search: PatternSearch,
  options: FitterOptions,
) {
  const { sums, active } = counts;
  const refit = (seed: number) =>
    find(search, counts, eigen, weights.length, { ...options, seed }).vectors.map((vector) =>
      orientWeights(vector, active, sums.nUnits),
    );
  const stability =
    options.stability === 'none'
      ? undefined
      : splitHalfStability(weights, counts, scales, search, options);
  const restarts =
    options.restarts === 0
      ? undefined
      : restartStability(weights, refit, options.seed, options.restarts);
  const warnings = [
    ...warnUnstable('split-half stability', stability, 0.5),
    ...warnUnstable('stability over restarts', restarts, 0.8),
  ];
  return { stability, restarts, warnings };
}
