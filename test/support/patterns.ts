import type { Moments } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits, type Unit, type UnitTable } from '../../src/model/units.ts';

/** Units of these regions; ids count from 1 where none are given. */
export function unitsOf(regions: readonly string[], ids?: readonly number[]): Unit[] {
  const { kept } = numberedUnits(regions.length);
  return kept.map((unit, i) => ({ ...unit, region: regions[i] ?? '', id: ids?.[i] ?? unit.id }));
}

export function tableOf(units: readonly Unit[]): UnitTable {
  return { kind: 'units', kept: units, excluded: [] };
}

/** Patterns of these weights and nothing else worth knowing. */
export function patternsOf(
  weights: readonly ArrayLike<number>[],
  units: readonly Unit[] = numberedUnits(weights[0]?.length ?? 0).kept,
): Patterns {
  return {
    kind: 'patterns',
    units,
    weights: weights.map((row) => Float64Array.from(row)),
    members: weights.map(() => new Uint8Array(units.length)),
    valid: weights.map(() => true),
    patternEigenvalues: new Float64Array(weights.length).fill(Number.NaN),
    eigenvalues: new Float64Array(0),
    bound: 1,
    method: 'ica',
    boundMethod: 'marchenko-pastur',
    nBins: 1,
    binSize: 0.01,
    constantUnits: [],
    ica: undefined,
    warnings: [],
  };
}

/** Moments with which a z-score is the count itself, in bins of 10 ms. */
export function plainMoments(nUnits: number): Moments {
  return {
    kind: 'moments',
    mean: new Float64Array(nUnits),
    sd: new Float64Array(nUnits).fill(1),
    isConstant: new Uint8Array(nUnits),
    nBins: 1,
    binSize: 0.01,
    smoothingSd: 0,
  };
}
