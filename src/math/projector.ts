import { ConfigError } from '../errors.ts';
import type { ActivationChunk, Bins, CountsChunk, Moments } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';
import { expectMomentsFit } from './moments.ts';

export type Diagonal = 'zero' | 'keep';

export interface Projector {
  readonly project: (counts: CountsChunk, moments: Moments) => ActivationChunk;
  /** An activation chunk without bins on the given grid. */
  readonly empty: (bins: Bins) => ActivationChunk;
}

/** What of the formula does not change from bin to bin. */
interface Table {
  /** a = w / sd, shape [nUnits, nPatterns]. */
  readonly scaled: Float64Array;
  /** a², or 0 where the diagonal is kept; the same shape. */
  readonly squared: Float64Array;
  /** A = -Σ a·mean and B = Σ (a·mean)², one per pattern. */
  readonly sumAtRest: Float64Array;
  readonly diagonalAtRest: Float64Array;
}

/**
 * Activation strength of each pattern in each bin: (w·z)² − Σᵢ wᵢ²zᵢ², that is zᵀPz where P = wwᵀ
 * with its diagonal set to zero, so that one unit firing alone cannot activate a pattern; `keep`
 * leaves the second term out. As z = (x − mean)/sd, only entries of `counts` cost anything: w·z = A
 * + Σ a·x and the diagonal is B + Σ a²(x² − 2·mean·x). A bin without entries is a constant. Units
 * are added in ascending order. Constant units add nothing. Negative values have meaning and are
 * kept. Memory: two tables of nUnits × nPatterns.
 * Sources: Peyrache et al. 2010, J Comput Neurosci, doi 10.1007/s10827-009-0154-6;
 * Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010;
 * van de Ven et al. 2016, Neuron, doi 10.1016/j.neuron.2016.10.020
 */
export function createProjector(patterns: Patterns, diagonal: Diagonal): Projector {
  const nPatterns = patterns.weights.length;
  let known: Moments | undefined;
  let table: Table | undefined;

  function project(counts: CountsChunk, moments: Moments): ActivationChunk {
    if (moments !== known || table === undefined) {
      expectUnitsFit(patterns, moments);
      known = moments;
      table = createTable(patterns, moments, diagonal);
    }
    expectMomentsFit(moments, counts);
    return { ...gridOf(counts), times: centres(counts), columns: fill(counts, moments, table) };
  }

  function fill(counts: CountsChunk, { mean }: Moments, fixed: Table): Float64Array[] {
    const { nBins, offsets, units, values } = counts;
    const { scaled, squared, sumAtRest, diagonalAtRest } = fixed;
    const atRest = sumAtRest.map((sum, p) => sum * sum - diagonalAtRest[p]);
    const columns = Array.from(atRest, (rest) => new Float64Array(nBins).fill(rest));
    const sums = new Float64Array(nPatterns);
    const diagonals = new Float64Array(nPatterns);
    for (let row = 0; row < nBins; row++) {
      const end = offsets[row + 1];
      let entry = offsets[row];
      if (entry === end) continue;
      sums.set(sumAtRest);
      diagonals.set(diagonalAtRest);
      for (; entry < end; entry++) {
        const unit = units[entry];
        const x = values[entry];
        const quadratic = x * x - 2 * mean[unit] * x;
        const base = unit * nPatterns;
        for (let p = 0; p < nPatterns; p++) {
          sums[p] += scaled[base + p] * x;
          diagonals[p] += squared[base + p] * quadratic;
        }
      }
      for (let p = 0; p < nPatterns; p++) columns[p][row] = sums[p] * sums[p] - diagonals[p];
    }
    return columns;
  }

  function empty(bins: Bins): ActivationChunk {
    const columns = patterns.weights.map(() => new Float64Array(0));
    return { ...gridOf(bins), nBins: 0, times: new Float64Array(0), columns };
  }

  return { project, empty };
}

function createTable(
  { weights }: Patterns,
  { mean, sd, isConstant }: Moments,
  diagonal: Diagonal,
): Table {
  const nUnits = mean.length;
  const nPatterns = weights.length;
  const scaled = new Float64Array(nUnits * nPatterns);
  const squared = new Float64Array(nUnits * nPatterns);
  const sumAtRest = new Float64Array(nPatterns);
  const diagonalAtRest = new Float64Array(nPatterns);
  for (let unit = 0; unit < nUnits; unit++) {
    if (isConstant[unit] === 1 || sd[unit] === 0) continue;
    for (let p = 0; p < nPatterns; p++) {
      const a = weights[p][unit] / sd[unit];
      scaled[unit * nPatterns + p] = a;
      sumAtRest[p] -= a * mean[unit];
      if (diagonal === 'keep') continue;
      squared[unit * nPatterns + p] = a * a;
      diagonalAtRest[p] += (a * mean[unit]) ** 2;
    }
  }
  return { scaled, squared, sumAtRest, diagonalAtRest };
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
