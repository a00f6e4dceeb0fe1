import type { Moments } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits } from '../../src/model/units.ts';

/** Patterns of chance: every unit has some weight. */
export function makePatterns(nUnits: number, nPatterns: number, double: () => number): Patterns {
  const weights = Array.from({ length: nPatterns }, () => {
    const vector = Float64Array.from({ length: nUnits }, () => double() - 0.5);
    const length = Math.hypot(...vector);
    return vector.map((entry) => entry / length);
  });
  return {
    kind: 'patterns',
    units: numberedUnits(nUnits).kept,
    weights,
    members: weights.map(() => new Uint8Array(nUnits)),
    valid: weights.map(() => true),
    patternEigenvalues: new Float64Array(nPatterns).fill(Number.NaN),
    eigenvalues: new Float64Array(0),
    bound: Number.NaN,
    method: 'chance',
    boundMethod: 'none',
    nBins: 0,
    binSize: 0.025,
    constantUnits: [],
    ica: undefined,
    warnings: [],
  };
}

/** Moments of counts whose variance is their mean. */
export function makeMoments(nUnits: number, mean: number, nBins: number, binSize: number): Moments {
  return {
    kind: 'moments',
    mean: new Float64Array(nUnits).fill(mean),
    sd: new Float64Array(nUnits).fill(Math.sqrt(mean)),
    isConstant: new Uint8Array(nUnits),
    nBins,
    binSize,
    smoothingSd: 0,
  };
}
