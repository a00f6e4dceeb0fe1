import {
  defaultIfEmpty,
  defer,
  forkJoin,
  last,
  map,
  type Observable,
  type OperatorFunction,
  of,
  take,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { InputError, NumericError } from '../errors.ts';
import { countPatterns } from '../math/count-patterns.ts';
import { type CountsStore, createMemoryStore } from '../math/counts-store.ts';
import { type Eigen, symmetricEigen } from '../math/eigen.ts';
import { fastIca, type IcaOptions, type StandardisedRows } from '../math/fast-ica.ts';
import { marchenkoPasturBound, neuroPyTracyWidomBound } from '../math/marchenko-pastur.ts';
import { findMembers } from '../math/otsu.ts';
import { createSparseSums, type SparseSums, scaledCovariance } from '../math/sparse-covariance.ts';
import type { Moments, ZscoredChunk } from '../model/chunk.ts';
import type { IcaReport, Patterns } from '../model/patterns.ts';
import { numberedUnits, type Unit, type UnitTable } from '../model/units.ts';
import {
  check,
  choice,
  count,
  number,
  type OptionsOf,
  optional,
  type ParamsOf,
  seed,
} from '../params.ts';

type Bound = (nBins: number, nUnits: number) => number;
type Method = (data: StandardisedRows, eigen: Eigen, nPatterns: number, ica: IcaOptions) => Found;

/** What a fitting method finds: per pattern a vector over the active units, of any length and sign. */
interface Found {
  readonly vectors: readonly Float64Array[];
  readonly patternEigenvalues: Float64Array;
  readonly ica: IcaReport | undefined;
  readonly warnings: readonly string[];
}

const methods = { ica: fitIca, pca: fitPca } satisfies Record<string, Method>;
const bounds = {
  'marchenko-pastur': marchenkoPasturBound,
  'neuro-py-tracy-widom': neuroPyTracyWidomBound,
} satisfies Record<string, Bound>;

const params = {
  method: choice({
    of: namesOf(methods),
    default: 'ica',
    doc: 'Principal components (pca), or the independent components within them (ica).',
  }),
  bound: choice({
    of: namesOf(bounds),
    default: 'marchenko-pastur',
    doc: 'Largest eigenvalue expected by chance; each eigenvalue above it makes one pattern.',
  }),
  countedUnits: choice({
    of: ['all', 'active'],
    default: 'all',
    doc: 'Units that the bound counts: all, or only those whose counts vary.',
  }),
  nAssemblies: optional(
    count({ min: 1, doc: 'How many patterns to find, whatever the bound says.' }),
  ),
  maxIterations: count({ min: 1, default: 200, doc: 'ICA ends after so many iterations.' }),
  tolerance: number({
    min: 0,
    max: 1,
    default: 1e-4,
    doc: 'ICA has converged when 1 - |cosine| between iterations is below this in each component.',
  }),
  seed: seed({ default: 0, doc: 'Seed of the random matrix that ICA starts from.' }),
};
export type FitPatternsOptions = OptionsOf<typeof params>;

function fitPca(_: StandardisedRows, { values, vectors }: Eigen, nPatterns: number): Found {
  const patternEigenvalues = values.slice(0, nPatterns);
  return { vectors: vectors.slice(0, nPatterns), patternEigenvalues, ica: undefined, warnings: [] };
}

function fitIca(...[data, eigen, nPatterns, options]: Parameters<Method>): Found {
  const { components, ...ica } = fastIca(data, eigen, nPatterns, options);
  const warnings: string[] = [];
  const isLoose = ([first]: Float64Array) => Math.abs(first) < 1e-6;
  const loose = eigen.vectors.slice(0, nPatterns).findIndex(isLoose);
  if (loose >= 0) {
    warnings.push(
      `ICA: the first active unit has next to no part in principal component ${loose + 1}, so the sign of that ` +
        'component, and with it the order of the assemblies, hangs on rounding',
    );
  }
  if (!ica.isConverged) {
    warnings.push(
      `ICA has not converged in ${ica.nIterations} iterations: the last one turned a component by ` +
        `${ica.limits.at(-1)?.toPrecision(3)}, the tolerance is ${options.tolerance}`,
    );
  }
  const patternEigenvalues = new Float64Array(nPatterns).fill(Number.NaN);
  return { vectors: components, patternEigenvalues, ica, warnings };
}

/**
 * Gathers z-scored chunks, to make patterns of them when they have all been seen.
 * Memory: the store of counts and nUnits² sums; nothing of shape [nBins, nUnits].
 */
export function createPatternFitter(
  options: ParamsOf<typeof params>,
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

  function finish(table: UnitTable | undefined): Patterns {
    const nUnits = sums?.nUnits ?? table?.kept.length ?? moments?.sd.length ?? 0;
    const units = (table ?? numberedUnits(nUnits)).kept;
    expectUnits('the unit table', units.length, nUnits);
    const total = sums ?? createSparseSums(nUnits);
    const nBins = total.nRows;
    const scales = nBins === 0 ? new Float64Array(nUnits) : expectMoments(moments, nUnits).sd;

    const indices = Int32Array.from(units.keys());
    const isConstant = total.isConstant();
    const active = indices.filter((unit) => isConstant[unit] === 0 && scales[unit] !== 0);
    const constantUnits = [...indices.filter((unit) => !active.includes(unit))];
    for (const unit of active) expectFinite(units[unit], total.sums[unit], scales[unit]);

    const activeScales = Float64Array.from(active, (unit) => scales[unit]);
    const eigen = symmetricEigen(scaledCovariance(total, active, activeScales), active.length);
    const eigenvalues = eigen.values.slice(0, Math.min(active.length, nBins));
    const nCounted = options.countedUnits === 'all' ? nUnits : active.length;
    const bound = nBins === 0 ? Number.NaN : bounds[options.bound](nBins, nCounted);
    const size = { nBins, nUnits, nActive: active.length };
    const { nPatterns, warning } = countPatterns(eigenvalues, bound, options.nAssemblies, size);

    const slots = new Int32Array(nUnits).fill(active.length);
    active.forEach((unit, slot) => {
      slots[unit] = slot;
    });
    const means = Float64Array.from(active, (unit) => total.sums[unit] / nBins);
    const data = { rows: store.rows, nRows: nBins, slots, means, scales: activeScales };
    const found =
      nPatterns === 0 ? nothing : methods[options.method](data, eigen, nPatterns, options);
    const weights = found.vectors.map((vector) => orient(vector, active, nUnits));
    const otsu = weights.map(findMembers);
    return {
      kind: 'patterns',
      units,
      weights,
      members: otsu.map(({ members }) => members),
      valid: otsu.map(({ isValid }) => isValid),
      patternEigenvalues: found.patternEigenvalues,
      eigenvalues,
      bound,
      method: options.method,
      boundMethod: options.bound,
      nBins,
      binSize,
      constantUnits,
      ica: found.ica,
      warnings: [...(warning === undefined ? [] : [warning]), ...found.warnings],
    };
  }

  return { push, finish };
}

const nothing: Found = {
  vectors: [],
  patternEigenvalues: new Float64Array(0),
  ica: undefined,
  warnings: [],
};

/** Weights over all units: L2 norm 1, the (first) entry of largest absolute value positive. */
function orient(vector: Float64Array, active: Int32Array, nUnits: number): Float64Array {
  let square = 0;
  let largest = 0;
  for (const entry of vector) {
    square += entry * entry;
    if (Math.abs(entry) > Math.abs(largest)) largest = entry;
  }
  if (!(square > 0 && square < Number.POSITIVE_INFINITY)) {
    const message = 'a pattern came out without direction';
    throw new NumericError({ code: 'NOT_FINITE', message, found: `squared length ${square}` });
  }
  const factor = Math.sign(largest) * Math.sqrt(square);
  const weights = new Float64Array(nUnits);
  active.forEach((unit, slot) => {
    weights[unit] = vector[slot] / factor;
  });
  return weights;
}

function expectMoments(moments: Moments | undefined, nUnits: number): Moments {
  if (moments) {
    expectUnits('the moments', moments.sd.length, nUnits);
    return moments;
  }
  throw new NumericError({
    code: 'NO_MOMENTS',
    found: 'counts without means and standard deviations',
    expected: 'moments with each chunk, or in a closing chunk',
    hint: 'put a zscore node before fit-patterns',
  });
}

function expectUnits(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new InputError({
    code: 'UNIT_COUNT',
    where: what,
    found: `${found} units`,
    expected: `${expected}, as in the first chunk`,
  });
}

function expectFinite({ id }: Unit, sum: number, sd: number): void {
  if (Number.isFinite(sum) && Number.isFinite(sd)) return;
  throw new NumericError({
    code: 'NOT_FINITE',
    where: `unit ${id}`,
    found: `counts with sum ${sum} and standard deviation ${sd}`,
    expected: 'finite numbers',
  });
}

function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(table) as T[];
}

/**
 * Finds assembly patterns: as many as the covariance (ddof 1) of the z-scored counts has eigenvalues above the bound.
 * In: z-scored counts and, optionally, the table that describes their units. Out: one `Patterns`, when the counts end.
 * The counts are z-scored with the last moments seen and centred by their own means. Units that do not vary over the
 * bins, or whose standard deviation is 0, get weight 0 and are listed. No bins, no unit that varies or no eigenvalue
 * above the bound: no patterns and a warning. Nothing depends on how the counts are cut into chunks, to the last bit.
 * Memory: 12 bytes per count that is not 0, 4 per bin, and nUnits² numbers.
 * @throws ConfigError when an option is out of range
 * @throws NumericError when moments are missing, a number is not finite, there are fewer bins than active units (and
 *   no `nAssemblies`), or `nAssemblies` exceeds the number of components there are
 * @throws InputError when chunks, moments and unit table differ in the number of units
 * Source: Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010
 */
export function fitPatterns(
  options: FitPatternsOptions = {},
  units: Observable<UnitTable | undefined> = of(undefined),
): OperatorFunction<ZscoredChunk, Patterns> {
  const settings = check(params, options);
  return (zscored) =>
    defer(() => {
      const { push, finish } = createPatternFitter(settings);
      return forkJoin({
        table: units.pipe(take(1), defaultIfEmpty(undefined)),
        ended: zscored.pipe(map(push), last(null, undefined)),
      }).pipe(map(({ table }) => finish(table)));
    });
}

export const fitPatternsNode = defineOperator({
  op: 'fit-patterns',
  summary: 'Finds assembly patterns in z-scored counts.',
  inputs: {
    zscored: { type: 'zscored', need: 'at-end' },
    units: { type: 'units', need: 'at-end', fromSource: true, isOptional: true },
  },
  outputs: { patterns: 'patterns' },
  params,
  connect: ({ zscored, units }, options) => ({
    patterns: zscored.pipe(fitPatterns(options, units)),
  }),
});
