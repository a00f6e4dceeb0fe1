import {
  defaultIfEmpty,
  defer,
  finalize,
  forkJoin,
  from,
  last,
  map,
  type Observable,
  type OperatorFunction,
  of,
  switchMap,
  take,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError, show } from '../errors.ts';
import { expectGroupsRead, groupParams, groupsOf, labelsInput, labelsOnce } from '../grouping.ts';
import { createMemoryStore, createSpillingStore, type ScratchFile } from '../math/counts-store.ts';
import { crossStructures } from '../math/cross-matrix.ts';
import type { MembershipRule } from '../math/cross-structural.ts';
import { bounds, chanceOf, isShuffle } from '../math/fit-chance.ts';
import { expectFitRules, shuffleBounds } from '../math/fit-rules.ts';
import { createPatternFitter, type FitterOptions } from '../math/pattern-fitter.ts';
import { type PatternSearch, searchAcross, searchAll } from '../math/pattern-search.ts';
import { shuffleNull } from '../math/shuffle-null.ts';
import { type Compute, computeHere } from '../math/tasks.ts';
import type { ZscoredChunk } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';
import { type Report, silent } from '../model/report.ts';
import type { UnitLabels } from '../model/unit-labels.ts';
import type { UnitTable } from '../model/units.ts';
import {
  check,
  choice,
  count,
  number,
  type OptionsOf,
  optional,
  type ParamsOf,
  seed,
  tuning,
} from '../params.ts';

const shuffleParams = {
  nShuffles: count({
    min: 1,
    max: 1_000_000,
    default: 1000,
    doc: 'How many times the counts are shuffled.',
  }),
  percentile: number({
    min: 0,
    max: 100,
    default: 99,
    doc: 'The bound is this percentile of the largest eigenvalues of the shuffles.',
  }),
  shuffleSeed: seed({ default: 0, doc: 'Seed of the shuffles.' }),
  generator: choice({
    of: ['fast', 'numpy'],
    default: 'fast',
    doc: 'Random numbers of the shuffles: fast, or those of neuro_py, which take much longer.',
  }),
};

const acrossParams = {
  structure: choice({
    of: ['all', ...crossStructures],
    default: 'all',
    doc:
      'Pairs of units that make patterns: all; or those of different groups, by their correlations with all else masked, ' +
      'by covariances scaled to the size of groups, or by singular vectors between two groups.',
  }),
  ...groupParams,
  ranks: choice({
    of: ['max-stat', 'per-rank'],
    default: 'max-stat',
    doc: 'With cross-svd and shuffles, singular values against the largest of a shuffle, or each against its own rank.',
  }),
  spans: choice({
    of: ['any', 'absolute', 'relative', 'percentile'],
    default: 'any',
    doc: 'Keeps all patterns, or those that weigh units of two groups above a weight, share or percentile.',
  }),
  spansAbove: optional(
    number({ min: 0, doc: 'With spans: the weight, the share of the largest, or the percentile.' }),
  ),
};

const params = {
  method: choice({
    of: ['ica', 'pca'],
    default: 'ica',
    doc: 'Principal components (pca), or the independent components within them (ica).',
  }),
  bound: choice({
    of: bounds,
    default: 'marchenko-pastur',
    doc:
      'Largest eigenvalue expected by chance; each eigenvalue above it makes one pattern. ' +
      'By a formula, or from counts shuffled over bins or turned in time, by unit or by group.',
  }),
  countedUnits: choice({
    of: ['all', 'active'],
    default: 'all',
    doc: 'Units that formulas of the bound and of members count: all, or those whose counts vary.',
  }),
  nAssemblies: optional(
    count({ min: 1, doc: 'How many patterns to find, whatever the bound says.' }),
  ),
  ...shuffleParams,
  ...acrossParams,
  maxIterations: count({
    min: 1,
    max: 10_000,
    default: 200,
    doc: 'ICA ends after so many iterations.',
  }),
  tolerance: number({
    min: 0,
    max: 1,
    default: 1e-4,
    doc: 'ICA has converged when 1 - |cosine| between iterations is below this in each component.',
  }),
  seed: seed({ default: 0, doc: 'Seed of the random matrix that ICA starts from.' }),
  members: choice({
    of: ['otsu', 'one-over-root-n', 'mean-plus-2-sd'],
    default: 'otsu',
    doc: 'Members by their absolute weight: above the threshold of Otsu, 1/√N, or mean + 2 SD.',
  }),
  stability: choice({
    of: ['none', 'split-half'],
    default: 'none',
    doc: 'Whether patterns are fitted on two halves of the bins too, to see if both find them.',
  }),
  restarts: count({
    max: 10_000,
    default: 0,
    doc: 'ICA from so many other starts, to see if they lead to the same patterns.',
  }),
  countsMemory: tuning(
    count({
      default: 4e6,
      what: 'a number of bytes',
      doc: 'Memory for the counts of the template; more of them go to a scratch file.',
    }),
  ),
};
type Settings = ParamsOf<typeof params>;
export type FitPatternsOptions = OptionsOf<typeof params>;

/** What `fitPatterns` may be told of the recording. */
export interface FitPatternsInputs {
  readonly units?: Observable<UnitTable | undefined> | undefined;
  /** Groups of units, in the place of `groupBy`. */
  readonly labels?: Observable<UnitLabels> | undefined;
}

/** What `fitPatterns` may be lent. */
export interface FitPatternsServices {
  /** Does the work of the shuffles; without it they are made in this thread. */
  readonly compute?: Compute | undefined;
  /** Where counts beyond `countsMemory` go; without it they stay in memory. */
  readonly scratch?: (() => ScratchFile) | undefined;
  readonly report?: Report;
}

function searchIn(
  table: UnitTable,
  settings: Settings,
  labels: UnitLabels | undefined,
  report: Report,
): PatternSearch {
  const { structure, method } = settings;
  if (structure === 'all') return searchAll(method);
  const groups = groupsOf(table, settings, labels, report);
  return searchAcross({ structure, method, rule: ruleOf(settings) }, groups);
}

function ruleOf({ spans, spansAbove = 0 }: Settings): MembershipRule | undefined {
  if (spans === 'any') return undefined;
  return { mode: spans, threshold: spansAbove, percent: spansAbove };
}

/** Options that would be without effect are refused. */
function expectConsistent(settings: Settings, labels?: unknown): void {
  expectFitRules(settings);
  const instead = `structure: ${crossStructures.join(', ')}, which read groups`;
  expectGroupsRead(settings, labels, { isAcross: settings.structure !== 'all', instead });
  const idle = isShuffle(settings.bound)
    ? []
    : namesOf(shuffleParams).filter((name) => settings[name] !== shuffleParams[name].default);
  for (const name of idle) {
    throw new ConfigError({
      code: 'IDLE_OPTION',
      found: `${name}: ${show(settings[name])} with bound: ${settings.bound}`,
      expected: `a bound that is made by shuffling: ${shuffleBounds.join(' or ')}`,
      hint: `leave out ${name}, or choose such a bound`,
    });
  }
  if (settings.restarts > 0 && settings.method !== 'ica') {
    throw new ConfigError({
      code: 'IDLE_OPTION',
      found: `restarts: ${settings.restarts} with method: ${settings.method}`,
      expected:
        'method: ica, which starts from a random matrix; principal components have no start',
      hint: 'leave out restarts',
    });
  }
}

function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(table) as T[];
}

/** One value, made by work that is given up when nobody waits for it any more. */
function fromWork<T>(work: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return defer(() => {
    const abort = new AbortController();
    return from(work(abort.signal)).pipe(finalize(() => abort.abort()));
  });
}

/**
 * Finds assembly patterns: as many as the covariance (ddof 1) of the z-scored counts has eigenvalues above the bound.
 * In: z-scored counts and, optionally, the table that describes their units. Out: one `Patterns`, when the counts end;
 * at once where a formula gives the bound, some time later where shuffles do.
 * The counts are z-scored with the last moments seen and centred by their own means. Units that do not vary over the
 * bins, or whose standard deviation is 0, get weight 0 and are listed. No bins, no unit that varies or no eigenvalue
 * above the bound: no patterns and a warning. Nothing depends on how the counts are cut into chunks, nor on how many
 * threads share the shuffles, to the last bit.
 * With a structure across groups only pairs of units of different groups make patterns (`searchAcross`); groups are told
 * by a column of the unit table or, where they are given, by labels.
 * Memory: 3 bytes per count that is not 0 (2 for up to 256 units, more for counts beyond 255) and 1 per bin, up to
 * `countsMemory` where there is a scratch file for the rest, and nUnits² numbers; for shuffles 12 bytes more per count,
 * without that limit, and as much again per thread.
 * @throws ConfigError when an option is out of range, without effect or at odds with another, a group has no units, or
 *   units and labels do not match as the labels ask
 * @throws NumericError when moments are missing, a number is not finite, there are fewer bins than active units (and
 *   no `nAssemblies`), or `nAssemblies` exceeds the number of components there are
 * @throws InputError when chunks, moments and unit table differ in the number of units, or units that vary are all of
 *   one group
 * Source: Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010
 */
export function fitPatterns(
  options: FitPatternsOptions = {},
  { units = of(undefined), labels }: FitPatternsInputs = {},
  { compute = computeHere, scratch, report = silent }: FitPatternsServices = {},
): OperatorFunction<ZscoredChunk, Patterns> {
  const settings = check(params, options);
  expectConsistent(settings, labels);
  const fitting: FitterOptions = { ...settings, chance: chanceOf(settings) };
  return (zscored) =>
    defer(() => {
      const store = scratch
        ? createSpillingStore(scratch, settings.countsMemory)
        : createMemoryStore();
      const { push, detect } = createPatternFitter(fitting, store);
      return forkJoin({
        table: units.pipe(take(1), defaultIfEmpty(undefined)),
        named: labelsOnce(labels),
        ended: zscored.pipe(map(push), last(null, undefined)),
      }).pipe(
        switchMap(({ table, named }) => {
          const search = (units: UnitTable) => searchIn(units, settings, named, report);
          const { shuffles, complete } = detect(table, search);
          if (!shuffles) return of(complete(undefined));
          const { nShuffles } = settings;
          const maxima = fromWork((signal) => shuffleNull(shuffles, nShuffles, compute, signal));
          return maxima.pipe(map(complete));
        }),
        finalize(store.close),
      );
    });
}

export const fitPatternsNode = defineOperator({
  op: 'fit-patterns',
  summary: 'Finds assembly patterns in z-scored counts.',
  inputs: {
    zscored: { type: 'zscored', need: 'at-end' },
    units: { type: 'units', need: 'at-end', fromSource: true, isOptional: true },
    labels: { ...labelsInput, need: 'at-end' },
  },
  outputs: { patterns: 'patterns' },
  params,
  validate: (options) => expectConsistent(options),
  connect: ({ zscored, ...inputs }, options, { compute, scratch, report }) => ({
    patterns: zscored.pipe(fitPatterns(options, inputs, { compute, scratch, report })),
  }),
});
