import type { CountsChunk, Moments } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';

export type Diagonal = 'zero' | 'keep';

/** What of the formula does not change from bin to bin, patterns in groups that are made together. */
export interface StrengthTable {
  readonly nUnits: number;
  readonly nPatterns: number;
  /** Patterns of a group. */
  readonly groupSize: number;
  readonly nGroups: number;
  /** Of each unit, a = w / sd of each pattern, and 0 for those that only fill the last group. */
  readonly gains: Float64Array;
  /** Of each group, A = -Σ a·mean of each pattern and then B = Σ (a·mean)², or 0 where the diagonal is kept. */
  readonly atRest: Float64Array;
  readonly mean: Float64Array;
  readonly diagonal: Diagonal;
}

/** Makes strengths of a number of patterns over a number of units. */
export interface Strengths {
  /** Patterns of a group, as this wants them in the table. */
  readonly groupSize: number;
  /** What `fill` is to go by from now on. */
  readonly load: (table: StrengthTable) => void;
  /** The strengths of all patterns in all rows, one column per pattern. */
  readonly fill: (counts: CountsChunk) => Float64Array[];
}

export function createTable(
  { weights }: Patterns,
  { mean, sd, isConstant }: Moments,
  diagonal: Diagonal,
  groupSize: number,
): StrengthTable {
  const nPatterns = weights.length;
  const nGroups = Math.ceil(nPatterns / groupSize);
  const width = nGroups * groupSize;
  const nUnits = mean.length;
  const gains = new Float64Array(nUnits * width);
  const atRest = new Float64Array(nGroups * groupSize * 2);
  for (let unit = 0; unit < nUnits; unit++) {
    if (isConstant[unit] === 1 || sd[unit] === 0) continue;
    for (let p = 0; p < nPatterns; p++) {
      const a = weights[p][unit] / sd[unit];
      const place = Math.floor(p / groupSize) * groupSize * 2 + (p % groupSize);
      gains[unit * width + p] = a;
      atRest[place] -= a * mean[unit];
      if (diagonal === 'zero') atRest[place + groupSize] += (a * mean[unit]) ** 2;
    }
  }
  return { nUnits, nPatterns, groupSize, nGroups, gains, atRest, mean, diagonal };
}
