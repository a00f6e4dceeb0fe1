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

/** What of the formula does not change from bin to bin; patterns in groups of four, which share what is read of a unit. */
interface Table {
  readonly nGroups: number;
  /** Of each unit and group, a = w / sd four times and then a² four times, or 0 where the diagonal is kept. */
  readonly perUnit: Float64Array;
  /** Of each group, A = -Σ a·mean four times and then B = Σ (a·mean)² four times. */
  readonly atRest: Float64Array;
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

  function fill(counts: CountsChunk, { mean }: Moments, table: Table): Float64Array[] {
    const { nBins, offsets, units, values } = counts;
    const { perUnit, atRest, nGroups } = table;
    // Column after column; the last group may have patterns that are none, whose columns are left out.
    const strengths = new Float64Array(nGroups * 4 * nBins);
    for (let p = 0; p < nPatterns; p++) {
      strengths.fill(restOf(table, p), p * nBins, (p + 1) * nBins);
    }
    let bases = new Int32Array(64);
    let xs = new Float64Array(64);
    let quadratics = new Float64Array(64);
    for (let row = 0; row < nBins; row++) {
      const first = offsets[row];
      const n = offsets[row + 1] - first;
      if (n === 0) continue;
      if (n > bases.length) {
        bases = new Int32Array(2 * n);
        xs = new Float64Array(2 * n);
        quadratics = new Float64Array(2 * n);
      }
      for (let i = 0; i < n; i++) {
        const unit = units[first + i];
        const x = values[first + i];
        bases[i] = unit * nGroups * 8;
        xs[i] = x;
        quadratics[i] = x * x - 2 * mean[unit] * x;
      }
      for (let group = 0; group < nGroups; group++) {
        const at = group * 8;
        let s0 = atRest[at];
        let s1 = atRest[at + 1];
        let s2 = atRest[at + 2];
        let s3 = atRest[at + 3];
        let d0 = atRest[at + 4];
        let d1 = atRest[at + 5];
        let d2 = atRest[at + 6];
        let d3 = atRest[at + 7];
        for (let i = 0; i < n; i++) {
          const base = bases[i] + at;
          const x = xs[i];
          const q = quadratics[i];
          s0 += perUnit[base] * x;
          s1 += perUnit[base + 1] * x;
          s2 += perUnit[base + 2] * x;
          s3 += perUnit[base + 3] * x;
          d0 += perUnit[base + 4] * q;
          d1 += perUnit[base + 5] * q;
          d2 += perUnit[base + 6] * q;
          d3 += perUnit[base + 7] * q;
        }
        const cell = group * 4 * nBins + row;
        strengths[cell] = s0 * s0 - d0;
        strengths[cell + nBins] = s1 * s1 - d1;
        strengths[cell + 2 * nBins] = s2 * s2 - d2;
        strengths[cell + 3 * nBins] = s3 * s3 - d3;
      }
    }
    return Array.from({ length: nPatterns }, (_, p) =>
      strengths.subarray(p * nBins, (p + 1) * nBins),
    );
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
  const nGroups = Math.ceil(weights.length / 4);
  const perUnit = new Float64Array(mean.length * nGroups * 8);
  const atRest = new Float64Array(nGroups * 8);
  for (let unit = 0; unit < mean.length; unit++) {
    if (isConstant[unit] === 1 || sd[unit] === 0) continue;
    for (let p = 0; p < weights.length; p++) {
      const at = placeOf(p);
      const a = weights[p][unit] / sd[unit];
      perUnit[unit * nGroups * 8 + at] = a;
      atRest[at] -= a * mean[unit];
      if (diagonal === 'keep') continue;
      perUnit[unit * nGroups * 8 + at + 4] = a * a;
      atRest[at + 4] += (a * mean[unit]) ** 2;
    }
  }
  return { nGroups, perUnit, atRest };
}

/** Where a pattern's a, and A, stand among those of all; a² and B come four places later. */
function placeOf(pattern: number): number {
  return (pattern >> 2) * 8 + (pattern & 3);
}

/** The strength in a bin without entries. */
function restOf({ atRest }: Table, pattern: number): number {
  const at = placeOf(pattern);
  return atRest[at] * atRest[at] - atRest[at + 4];
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
