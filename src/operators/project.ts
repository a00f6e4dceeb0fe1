import {
  combineLatest,
  concat,
  concatMap,
  defer,
  EMPTY,
  map,
  type Observable,
  type OperatorFunction,
  of,
  switchMap,
  take,
  throwIfEmpty,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { expectGroupsRead, groupParams, groupsOf, labelsInput, labelsOnce } from '../grouping.ts';
import { createCrossPairsProjector, createCrossProductProjector } from '../math/group-projector.ts';
import { expectMatch, type MatchedPatterns, matchUnits } from '../math/match-units.ts';
import { createProjector, type Projector } from '../math/projector.ts';
import type { UnitGroups } from '../math/unit-groups.ts';
import type { ActivationChunk, Bins, ZscoredChunk } from '../model/chunk.ts';
import type { Correlation } from '../model/correlation.ts';
import type { Patterns } from '../model/patterns.ts';
import { type Report, silent } from '../model/report.ts';
import type { UnitLabels } from '../model/unit-labels.ts';
import type { UnitTable } from '../model/units.ts';
import { check, choice, type OptionsOf, type ParamsOf } from '../params.ts';

const params = {
  diagonal: choice({
    of: ['zero', 'keep'],
    default: 'zero',
    doc: 'Whether a unit that fires alone can activate a pattern (keep) or not (zero).',
  }),
  pairs: choice({
    of: ['all', 'cross'],
    default: 'all',
    doc: 'Pairs of units that activate a pattern: all, or those of different groups.',
  }),
  strength: choice({
    of: ['quadratic', 'cross-product'],
    default: 'quadratic',
    doc: 'Sum over pairs of units; or the product of two groups, each z-scored, as neuro_py has it for cross_svd.',
  }),
  ...groupParams,
  missingUnits: choice({
    of: ['error', 'zero'],
    default: 'error',
    doc: 'Units of the patterns that the recording has not: refused, or taken as silent.',
  }),
  extraUnits: choice({
    of: ['error', 'ignore'],
    default: 'error',
    doc: 'Units of the recording that the patterns do not know: refused, or left out.',
  }),
};
export type ProjectOptions = OptionsOf<typeof params>;
type Settings = ParamsOf<typeof params>;

/** What `project` may be told of the recording. */
export interface ProjectInputs {
  /** Its units: the patterns are matched to them by id. */
  readonly units?: Observable<UnitTable> | undefined;
  /** Correlation of the z-scored counts, for `strength: cross-product`. */
  readonly correlation?: Observable<Correlation> | undefined;
  /** Groups of units, in the place of `groupBy`. */
  readonly labels?: Observable<UnitLabels> | undefined;
}

const noBins: Bins = {
  start: 0,
  end: 0,
  origin: 0,
  step: 0,
  binSize: 0,
  firstBin: 0,
  nBins: 0,
};

/**
 * Activation strength of each pattern in each bin (formulas and sources: `createProjector`,
 * `createCrossPairsProjector`, `createCrossProductProjector`).
 * In: z-scored counts, each chunk with its moments, and the patterns, which come first. Out:
 * activation without unit, one column per pattern. A chunk without bins gives nothing; a stream
 * without bins gives one chunk without bins, so that the number of patterns is known. Units that
 * patterns and recording do not share are refused or, by option, left out and counted in a note
 * (`UNITS_MISSING`, `UNITS_EXTRA`). Memory: nothing beyond a chunk but the weights.
 * @throws ConfigError for chunks without moments, patterns, moments or correlations of other units,
 * bins or smoothing, and options that do not go together
 */
export function project(
  options: ProjectOptions,
  patterns$: Observable<Patterns>,
  { units, correlation, labels }: ProjectInputs = {},
  report: Report = silent,
): OperatorFunction<ZscoredChunk, ActivationChunk> {
  const settings = check(params, options);
  expectConsistent(settings, labels);
  expectInputs(settings, correlation);
  const given$ = combineLatest([
    patterns$.pipe(take(1), throwIfEmpty(neverCame('NO_PATTERNS', 'the patterns never came'))),
    units ? units.pipe(take(1)) : of(undefined),
    correlation
      ? correlation.pipe(take(1), throwIfEmpty(neverCame('NO_CORRELATION', 'it never came')))
      : of(undefined),
    labelsOnce(labels),
  ]);
  return (zscored) =>
    given$.pipe(
      take(1),
      map(([patterns, table, known, named]) => {
        const matched = table ? match(patterns, table, settings, report) : patterns;
        const described = table ?? { kind: 'units', kept: matched.units, excluded: [] };
        const part = () => groupsOf(described, settings, named, report);
        return chooseProjector(matched, settings, known, part);
      }),
      switchMap((projector) => {
        let hasBins = false;
        let grid = noBins;
        const activation = zscored.pipe(
          concatMap(({ counts, moments }) => {
            grid = counts;
            if (counts.nBins === 0) return EMPTY;
            if (moments === undefined) throw momentsUnknown();
            hasBins = true;
            return of(projector.project(counts, moments));
          }),
        );
        const ifEmpty = defer(() => (hasBins ? EMPTY : of(projector.empty(grid))));
        return concat(activation, ifEmpty);
      }),
    );
}

function match(
  patterns: Patterns,
  { kept }: UnitTable,
  settings: Settings,
  report: Report,
): Patterns {
  const matched = matchUnits(patterns, kept);
  expectMatch(matched, settings);
  tellMatch(matched, report);
  return matched.patterns;
}

function chooseProjector(
  patterns: Patterns,
  { diagonal, pairs, strength }: Settings,
  correlation: Correlation | undefined,
  part: () => UnitGroups,
): Projector {
  if (pairs === 'all' && !correlation) return createProjector(patterns, diagonal);
  return strength === 'cross-product' && correlation
    ? createCrossProductProjector(patterns, part(), correlation)
    : createCrossPairsProjector(patterns, part());
}

function tellMatch({ patterns, missing, extra, largestLoss }: MatchedPatterns, report: Report) {
  if (patterns.weights.length === 0) return;
  if (missing.length > 0) {
    const percent = (100 * largestLoss).toFixed(1);
    const message =
      `${missing.length} units of the patterns are not in the recording and count as silent: up to ${percent} % of a ` +
      "pattern's squared weights";
    const data = { nMissing: missing.length, largestLoss };
    report({ level: 'warning', code: 'UNITS_MISSING', message, data });
  }
  if (extra.length > 0) {
    const message = `${extra.length} of ${patterns.units.length} units are not in the patterns and add nothing`;
    report({ level: 'info', code: 'UNITS_EXTRA', message, data: { nExtra: extra.length } });
  }
}

function expectConsistent(settings: Settings, labels?: unknown): void {
  const { diagonal, pairs, strength } = settings;
  const isAcross = pairs === 'cross' || strength === 'cross-product';
  if (isAcross && diagonal === 'keep') {
    throw new ConfigError({
      code: 'DIAGONAL_ACROSS',
      message: 'a unit is not of another group than itself',
      found: `diagonal: keep with ${pairs === 'cross' ? 'pairs: cross' : 'strength: cross-product'}`,
      expected: 'diagonal: zero',
    });
  }
  const instead = 'pairs: cross or strength: cross-product, which read groups';
  expectGroupsRead(settings, labels, { isAcross, instead });
}

function expectInputs({ strength }: Settings, correlation: unknown): void {
  const isNeeded = strength === 'cross-product';
  if (isNeeded === (correlation !== undefined)) return;
  throw new ConfigError({
    code: isNeeded ? 'NO_CORRELATION' : 'CORRELATION_UNUSED',
    found: isNeeded
      ? 'strength: cross-product without a correlation'
      : `a correlation with strength: ${strength}`,
    expected: isNeeded
      ? 'the correlation of the z-scored counts, for the SD of each group'
      : 'strength: cross-product, which reads it',
    hint: isNeeded
      ? 'correlate the same z-scored counts, and connect that node to the input "correlation"'
      : 'leave the input "correlation" unconnected',
  });
}

function neverCame(code: string, message: string): () => ConfigError {
  return () => new ConfigError({ code, message });
}

function momentsUnknown(): ConfigError {
  return new ConfigError({
    code: 'MOMENTS_UNKNOWN',
    message: 'mean and SD are still being gathered from this very stream',
    found: 'z-scored counts without moments',
    expected: 'moments with every chunk',
    hint: 'read the stream twice: zscore(options, moments$) with the moments of the first time',
  });
}

export const projectNode = defineOperator({
  op: 'project',
  summary: 'Activation strength of each pattern in each bin.',
  inputs: {
    zscored: { type: 'zscored', need: 'each-bin' },
    patterns: { type: 'patterns', need: 'each-bin' },
    correlation: { type: 'correlation', need: 'each-bin', isOptional: true },
    units: { type: 'units', isOptional: true, fromSource: true },
    labels: { ...labelsInput, need: 'each-bin' },
  },
  outputs: { activation: 'activation' },
  params,
  validate: (options) => expectConsistent(options),
  connect: ({ zscored, patterns, ...inputs }, options, { report }) => ({
    activation: zscored.pipe(project(options, patterns, inputs, report)),
  }),
});
