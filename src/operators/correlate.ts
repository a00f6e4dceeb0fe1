import {
  combineLatest,
  defaultIfEmpty,
  defer,
  last,
  map,
  type Observable,
  type OperatorFunction,
  of,
  take,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { InputError, NumericError } from '../errors.ts';
import { expectGroupsRead, groupParams, groupsOf, labelsInput, labelsOnce } from '../grouping.ts';
import { standardisedCovariance } from '../math/correlation.ts';
import { createSparseSums, type SparseSums } from '../math/sparse-covariance.ts';
import type { Moments, ZscoredChunk } from '../model/chunk.ts';
import type { Correlation } from '../model/correlation.ts';
import { type Report, silent } from '../model/report.ts';
import type { UnitLabels } from '../model/unit-labels.ts';
import { numberedUnits, type UnitTable } from '../model/units.ts';
import { check, choice, type OptionsOf, type ParamsOf } from '../params.ts';

const params = {
  pairs: choice({
    of: ['all', 'cross'],
    default: 'all',
    doc: 'Pairs of units that count: all, or those of different groups.',
  }),
  ...groupParams,
};
export type CorrelateOptions = OptionsOf<typeof params>;
type Settings = ParamsOf<typeof params>;

/** What `correlate` may be told of the recording. */
export interface CorrelateInputs {
  readonly units?: Observable<UnitTable | undefined> | undefined;
  /** Groups of units, in the place of `groupBy`. */
  readonly labels?: Observable<UnitLabels> | undefined;
}

/** Gathers z-scored chunks, to correlate units when they have all been seen. Memory: nUnits² sums. */
export function createCorrelator(settings: Settings, report: Report) {
  let sums: SparseSums | undefined;
  let moments: Moments | undefined;
  let grid: Pick<Correlation, 'binSize' | 'smoothingSd' | 'smoothingSide'> = {
    binSize: 0,
    smoothingSd: 0,
  };

  function push(chunk: ZscoredChunk): void {
    const { counts } = chunk;
    moments = chunk.moments ?? moments;
    if (counts.nBins === 0) return;
    sums ??= createSparseSums(counts.nUnits);
    expectUnits('the chunk', counts.nUnits, sums.nUnits);
    const { binSize, smoothingSd, smoothingSide } = counts;
    grid = { binSize, smoothingSd, smoothingSide };
    sums.add(counts);
  }

  function finish(given: UnitTable | undefined, labels: UnitLabels | undefined): Correlation {
    const nUnits = sums?.nUnits ?? given?.kept.length ?? moments?.sd.length ?? 0;
    const table = given ?? numberedUnits(nUnits);
    const units = table.kept;
    expectUnits('the unit table', units.length, nUnits);
    const total = sums ?? createSparseSums(nUnits);
    // The closing moments of a stream without bins know no units.
    const known = total.nRows === 0 ? noMoments(nUnits) : moments;
    if (!known) throw momentsUnknown();
    expectUnits('the moments', known.sd.length, nUnits);
    const groups = settings.pairs === 'cross' ? groupNames(table, labels) : undefined;
    const found = standardisedCovariance(total, known);
    return { kind: 'correlation', units, groups, ...found, nBins: total.nRows, ...grid };
  }

  function groupNames(table: UnitTable, labels: UnitLabels | undefined): string[] {
    const { names, groupOf } = groupsOf(table, settings, labels, report);
    return Array.from(groupOf, (group) => names[group]);
  }

  return { push, finish };
}

/**
 * Correlates units over all bins: mean and covariance of the z-scored counts, from sums over the few counts that are
 * not 0.
 * In: z-scored counts and, optionally, the table that describes their units. Out: one `Correlation`, when the counts
 * end. Constant units correlate with nothing; a note counts them (`UNCORRELATED_UNITS`). Nothing depends on how the
 * counts are cut into chunks.
 * Memory: nUnits² sums.
 * @throws ConfigError for groups that are not there
 * @throws NumericError when moments are missing
 */
export function correlate(
  options: CorrelateOptions = {},
  { units = of(undefined), labels }: CorrelateInputs = {},
  report: Report = silent,
): OperatorFunction<ZscoredChunk, Correlation> {
  const settings = check(params, options);
  expectConsistent(settings, labels);
  return (zscored) =>
    defer(() => {
      const { push, finish } = createCorrelator(settings, report);
      const ended = zscored.pipe(map(push), last(null, undefined));
      const table = units.pipe(take(1), defaultIfEmpty(undefined));
      return combineLatest([table, labelsOnce(labels), ended]).pipe(
        map(([described, named]) => {
          const correlation = finish(described, named);
          tellConstant(correlation, report);
          return correlation;
        }),
      );
    });
}

function tellConstant({ isConstant }: Correlation, report: Report): void {
  const nConstant = isConstant.reduce((sum, flag) => sum + flag, 0);
  if (nConstant === 0) return;
  const message = `${nConstant} of ${isConstant.length} units do not vary and correlate with none`;
  const data = { nConstant, nUnits: isConstant.length };
  report({ level: 'info', code: 'UNCORRELATED_UNITS', message, data });
}

function expectConsistent(settings: Settings, labels?: unknown): void {
  const instead = 'pairs: cross, which keeps only pairs of different groups';
  expectGroupsRead(settings, labels, { isAcross: settings.pairs === 'cross', instead });
}

function noMoments(nUnits: number): Moments {
  return {
    kind: 'moments',
    mean: new Float64Array(nUnits),
    sd: new Float64Array(nUnits),
    isConstant: new Uint8Array(nUnits).fill(1),
    nBins: 0,
    binSize: 0,
    smoothingSd: 0,
  };
}

function momentsUnknown(): NumericError {
  return new NumericError({
    code: 'NO_MOMENTS',
    found: 'counts without means and standard deviations',
    expected: 'moments with each chunk, or in a closing chunk',
    hint: 'put a zscore node before correlate',
  });
}

function expectUnits(where: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new InputError({
    code: 'UNIT_COUNT',
    where,
    found: `${found} units`,
    expected: `${expected}, as in the first chunk`,
  });
}

export const correlateNode = defineOperator({
  op: 'correlate',
  summary: 'Correlates units over all bins.',
  inputs: {
    zscored: { type: 'zscored', need: 'at-end' },
    units: { type: 'units', need: 'at-end', fromSource: true, isOptional: true },
    labels: { ...labelsInput, need: 'at-end' },
  },
  outputs: { correlation: 'correlation' },
  params,
  validate: (options) => expectConsistent(options),
  connect: ({ zscored, ...inputs }, options, { report }) => ({
    correlation: zscored.pipe(correlate(options, inputs, report)),
  }),
});
