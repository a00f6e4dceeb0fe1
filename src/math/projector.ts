import { ConfigError } from '../errors.ts';
import type { ActivationChunk, Bins, CountsChunk, Moments } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';
import { expectMomentsFit } from './moments.ts';
import { createTable, type Diagonal, type Strengths } from './strengths.ts';
import { createPlainStrengths } from './strengths-plain.ts';
import { createSimdStrengths } from './strengths-simd.ts';

export interface Projector {
  readonly project: (counts: CountsChunk, moments: Moments) => ActivationChunk;
  /** An activation chunk without bins on the given grid. */
  readonly empty: (bins: Bins) => ActivationChunk;
}

/**
 * Activation strength of each pattern in each bin: (w·z)² − Σᵢ wᵢ²zᵢ², that is zᵀPz where P = wwᵀ
 * with its diagonal set to zero, so that one unit firing alone cannot activate a pattern; `keep`
 * leaves the second term out. As z = (x − mean)/sd, only entries of `counts` cost anything: w·z = A
 * + Σ a·x and the diagonal is B + Σ a²(x² − 2·mean·x). A bin without entries is a constant. Units
 * are added in ascending order. Constant units add nothing. Negative values have meaning and are
 * kept. Memory: a table of nUnits × nPatterns, twice, and what belongs to some hundred rows.
 * Sources: Peyrache et al. 2010, J Comput Neurosci, doi 10.1007/s10827-009-0154-6;
 * Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010;
 * van de Ven et al. 2016, Neuron, doi 10.1016/j.neuron.2016.10.020
 */
export function createProjector(patterns: Patterns, diagonal: Diagonal): Projector {
  let known: Moments | undefined;
  let strengths: Strengths | undefined;

  function project(counts: CountsChunk, moments: Moments): ActivationChunk {
    if (moments !== known || !strengths) {
      expectUnitsFit(patterns, moments);
      known = moments;
      const { length: nUnits } = moments.mean;
      const { length: nPatterns } = patterns.weights;
      strengths ??= createSimdStrengths(nUnits, nPatterns) ?? createPlainStrengths();
      strengths.load(createTable(patterns, moments, diagonal, strengths.groupSize));
    }
    expectMomentsFit(moments, counts);
    return { ...gridOf(counts), times: centres(counts), columns: strengths.fill(counts) };
  }

  function empty(bins: Bins): ActivationChunk {
    const columns = patterns.weights.map(() => new Float64Array(0));
    return { ...gridOf(bins), nBins: 0, times: new Float64Array(0), columns };
  }

  return { project, empty };
}

/** The place of bins in time, as an activation chunk has it. */
export function gridOf({ start, end, origin, step, binSize, firstBin, nBins }: Bins) {
  return { kind: 'activation', start, end, origin, step, binSize, firstBin, nBins } as const;
}

/** Middle of each bin: its edge and half the bin size, in this order of operations. */
export function centres({ origin, step, binSize, firstBin, nBins }: Bins): Float64Array {
  const times = new Float64Array(nBins);
  for (let row = 0; row < nBins; row++) times[row] = origin + (firstBin + row) * step + binSize / 2;
  return times;
}

/** @throws ConfigError when patterns and moments are not over the same units */
export function expectUnitsFit({ units, weights }: Patterns, { mean, unitIds }: Moments): void {
  if (weights.length === 0) return;
  const nUnits = mean.length;
  const other = weights.find(({ length }) => length !== nUnits)?.length ?? units.length;
  const isSame =
    other === nUnits && (unitIds === undefined || units.every(({ id }, i) => id === unitIds[i]));
  if (isSame) return;
  throw new ConfigError({
    code: 'PATTERNS_MISMATCH',
    message: 'the patterns belong to other units than the counts',
    found: other === nUnits ? 'patterns over units with other ids' : `patterns over ${other} units`,
    expected: `the ${nUnits} units of the counts, in their order`,
    hint: 'fit and project on spikes of the same source with the same choice of units',
  });
}
