import { NumericError } from '../errors.ts';

/** The size of the data that patterns are sought in. */
export interface FitSize {
  readonly nBins: number;
  readonly nUnits: number;
  /** Units whose counts vary. */
  readonly nActive: number;
}

export interface PatternCount {
  readonly nPatterns: number;
  /** Why there are none, in words. */
  readonly warning?: string;
}

/**
 * How many patterns there are: as many as eigenvalues above the bound, or `nAssemblies` where that is given.
 * @param eigenvalues of the active units' covariance, descending
 * @throws NumericError when there are fewer bins than active units (the bound then has no meaning), or fewer
 *   components than `nAssemblies`
 */
export function countPatterns(
  eigenvalues: Float64Array,
  bound: number,
  nAssemblies: number | undefined,
  { nBins, nUnits, nActive }: FitSize,
): PatternCount {
  if (nBins === 0) return { nPatterns: 0, warning: 'no assemblies: there are no bins to fit on' };
  if (nActive === 0) {
    const warning = `no assemblies: none of ${nUnits} units varies over the ${nBins} bins fitted`;
    return { nPatterns: 0, warning };
  }
  if (nAssemblies !== undefined) {
    // Vectors of eigenvalues that are 0 but for rounding are arbitrary.
    const rank = eigenvalues.filter((value) => value > 1e-10 * eigenvalues[0]).length;
    if (nAssemblies <= rank) return { nPatterns: nAssemblies };
    throw new NumericError({
      code: 'TOO_MANY_ASSEMBLIES',
      found: `nAssemblies ${nAssemblies}`,
      expected: `at most ${rank}, which is how many components ${nActive} active units have over ${nBins} bins`,
      hint: 'ask for fewer assemblies, or leave nAssemblies out and let the bound say how many',
    });
  }
  if (nBins < nActive) {
    throw new NumericError({
      code: 'TOO_FEW_BINS',
      found: `${nBins} bins for ${nActive} active units`,
      expected: 'at least as many bins as active units: with fewer the bound has no meaning',
      hint: 'fit on a longer epoch or on shorter bins, or give nAssemblies',
    });
  }
  const nPatterns = eigenvalues.filter((value) => value > bound).length;
  if (nPatterns > 0) return { nPatterns };
  const [largest, limit] = [eigenvalues[0], bound].map((value) => value.toPrecision(6));
  return {
    nPatterns,
    warning: `no assemblies: the largest eigenvalue, ${largest}, does not exceed the bound, ${limit}`,
  };
}
