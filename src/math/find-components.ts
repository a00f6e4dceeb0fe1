import { NumericError } from '../errors.ts';
import type { IcaReport } from '../model/patterns.ts';
import type { ActiveCounts } from './active-counts.ts';
import { standardise } from './active-counts.ts';
import type { Eigen } from './eigen.ts';
import { fastIca, type IcaOptions, warnUnconverged } from './fast-ica.ts';

/** What a fitting method finds: per pattern a vector over the active units, of any length and sign. */
export interface Found {
  readonly vectors: readonly Float64Array[];
  readonly patternEigenvalues: Float64Array;
  readonly ica: IcaReport | undefined;
  readonly warnings: readonly string[];
}

/** @param eigen of the active units' covariance with ddof 1; at least `nPatterns` of its values are positive */
export type Method = (
  counts: ActiveCounts,
  eigen: Eigen,
  nPatterns: number,
  options: IcaOptions,
) => Found;

export const nothingFound: Found = {
  vectors: [],
  patternEigenvalues: new Float64Array(0),
  ica: undefined,
  warnings: [],
};

/** Principal components, the largest eigenvalue first. */
export function findPrincipal(
  _: ActiveCounts,
  { values, vectors }: Eigen,
  nPatterns: number,
): Found {
  const patternEigenvalues = values.slice(0, nPatterns);
  return { vectors: vectors.slice(0, nPatterns), patternEigenvalues, ica: undefined, warnings: [] };
}

/** Independent components within the first principal ones; no component has an eigenvalue of its own. */
export function findIndependent(...[counts, eigen, nPatterns, options]: Parameters<Method>): Found {
  const { components, ...ica } = fastIca(standardise(counts), eigen, nPatterns, options);
  const warnings: string[] = [];
  const isLoose = ([first]: Float64Array) => Math.abs(first) < 1e-6;
  const loose = eigen.vectors.slice(0, nPatterns).findIndex(isLoose);
  if (loose >= 0) {
    warnings.push(
      `ICA: the first active unit has next to no part in principal component ${loose + 1}, so the sign of that ` +
        'component, and with it the order of the assemblies, hangs on rounding',
    );
  }
  warnings.push(...warnUnconverged(ica, options));
  const patternEigenvalues = new Float64Array(nPatterns).fill(Number.NaN);
  return { vectors: components, patternEigenvalues, ica, warnings };
}

/** Weights over all units: L2 norm 1, the (first) entry of largest absolute value positive. */
export function orientWeights(
  vector: Float64Array,
  active: Int32Array,
  nUnits: number,
): Float64Array {
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
