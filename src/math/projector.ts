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

/** Rows that all patterns are made of in turn, while their entries are at hand. */
const blockRows = 256;

/** What of the formula does not change from bin to bin; patterns in groups of four, which share what is read of a unit. */
interface Table {
  readonly nGroups: number;
  /** Of each unit, a = w / sd of each pattern, and 0 for those that only fill the last group. */
  readonly gains: Float64Array;
  /** Of each group, A = -Σ a·mean four times and then B = Σ (a·mean)² four times, or 0 where the diagonal is kept. */
  readonly atRest: Float64Array;
}

/**
 * Activation strength of each pattern in each bin: (w·z)² − Σᵢ wᵢ²zᵢ², that is zᵀPz where P = wwᵀ
 * with its diagonal set to zero, so that one unit firing alone cannot activate a pattern; `keep`
 * leaves the second term out. As z = (x − mean)/sd, only entries of `counts` cost anything: w·z = A
 * + Σ a·x and the diagonal is B + Σ a²(x² − 2·mean·x). A bin without entries is a constant. Units
 * are added in ascending order. Constant units add nothing. Negative values have meaning and are
 * kept. Memory: a table of nUnits × nPatterns, and 12 bytes per entry of 256 rows.
 * Sources: Peyrache et al. 2010, J Comput Neurosci, doi 10.1007/s10827-009-0154-6;
 * Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010;
 * van de Ven et al. 2016, Neuron, doi 10.1016/j.neuron.2016.10.020
 */
export function createProjector(patterns: Patterns, diagonal: Diagonal): Projector {
  const nPatterns = patterns.weights.length;
  let known: Moments | undefined;
  let table: Table | undefined;
  let places = new Int32Array(0);
  let quadratics = new Float64Array(0);

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
    const { nBins } = counts;
    const { nGroups } = table;
    const width = nGroups * 4;
    // Column after column; the last group may have patterns that are none, whose columns are left out.
    const strengths = new Float64Array(width * nBins);
    for (let row = 0; row < nBins; row += blockRows) {
      fillBlock(counts, mean, table, row, Math.min(nBins, row + blockRows), strengths);
    }
    return Array.from({ length: nPatterns }, (_, p) =>
      strengths.subarray(p * nBins, (p + 1) * nBins),
    );
  }

  function fillBlock(
    { nBins, offsets, units, values }: CountsChunk,
    mean: Float64Array,
    { gains, atRest, nGroups }: Table,
    firstRow: number,
    endRow: number,
    strengths: Float64Array,
  ): void {
    const width = nGroups * 4;
    const firstEntry = offsets[firstRow];
    prepare(units, values, firstEntry, offsets[endRow], mean, width);
    // Local names: what a loop reads through a closure is looked up again each time.
    const gainsAt = places;
    const ofDiagonal = quadratics;
    for (let group = 0; group < nGroups; group++) {
      const first = group * 4;
      const at = group * 8;
      // One by one: as an iterator gives them, they would not be known to be numbers, nor all that is added to them.
      const A0 = atRest[at];
      const A1 = atRest[at + 1];
      const A2 = atRest[at + 2];
      const A3 = atRest[at + 3];
      const B0 = atRest[at + 4];
      const B1 = atRest[at + 5];
      const B2 = atRest[at + 6];
      const B3 = atRest[at + 7];
      let cell = first * nBins + firstRow;
      let entry = firstEntry;
      for (let row = firstRow; row < endRow; row++, cell++) {
        const end = offsets[row + 1];
        let s0 = A0;
        let s1 = A1;
        let s2 = A2;
        let s3 = A3;
        let d0 = B0;
        let d1 = B1;
        let d2 = B2;
        let d3 = B3;
        for (; entry < end; entry++) {
          const place = gainsAt[entry - firstEntry] + first;
          const x = values[entry];
          const q = ofDiagonal[entry - firstEntry];
          const a0 = gains[place];
          const a1 = gains[place + 1];
          const a2 = gains[place + 2];
          const a3 = gains[place + 3];
          s0 += a0 * x;
          s1 += a1 * x;
          s2 += a2 * x;
          s3 += a3 * x;
          d0 += a0 * a0 * q;
          d1 += a1 * a1 * q;
          d2 += a2 * a2 * q;
          d3 += a3 * a3 * q;
        }
        strengths[cell] = s0 * s0 - d0;
        strengths[cell + nBins] = s1 * s1 - d1;
        strengths[cell + 2 * nBins] = s2 * s2 - d2;
        strengths[cell + 3 * nBins] = s3 * s3 - d3;
      }
    }
  }

  /** Of each entry, what all patterns share: where its unit's gains stand, and what those add to the diagonal. */
  function prepare(
    units: Int32Array,
    values: Float64Array,
    from: number,
    to: number,
    mean: Float64Array,
    width: number,
  ): void {
    if (to - from > places.length) {
      places = new Int32Array(2 * (to - from));
      quadratics = new Float64Array(2 * (to - from));
    }
    for (let entry = from; entry < to; entry++) {
      const unit = units[entry];
      const x = values[entry];
      places[entry - from] = unit * width;
      // Where the diagonal is kept, nothing is taken off: 0 for all.
      quadratics[entry - from] = diagonal === 'keep' ? 0 : x * x - 2 * mean[unit] * x;
    }
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
  const gains = new Float64Array(mean.length * nGroups * 4);
  const atRest = new Float64Array(nGroups * 8);
  for (let unit = 0; unit < mean.length; unit++) {
    if (isConstant[unit] === 1 || sd[unit] === 0) continue;
    for (let p = 0; p < weights.length; p++) {
      const a = weights[p][unit] / sd[unit];
      const place = (p >> 2) * 8 + (p & 3);
      gains[unit * nGroups * 4 + p] = a;
      atRest[place] -= a * mean[unit];
      if (diagonal === 'zero') atRest[place + 4] += (a * mean[unit]) ** 2;
    }
  }
  return { nGroups, gains, atRest };
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
