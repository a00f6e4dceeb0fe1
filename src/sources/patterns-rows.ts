import { InputError } from '../errors.ts';
import { findMembers } from '../math/otsu.ts';
import type { Patterns } from '../model/patterns.ts';
import type { Unit } from '../model/units.ts';
import { placeOf, type TableFile } from './tables/table-file.ts';

/** One weight, as a file has it. */
export interface PatternRow {
  /** Line of a CSV file, row of a Parquet file. */
  readonly at: number;
  readonly assembly: number;
  readonly unitId: number;
  readonly weight: number;
  readonly region: string;
  readonly cellType: string;
  /** Undefined where the file does not say. */
  readonly isMember: boolean | undefined;
}

/**
 * Patterns from their rows. Units stand in the order in which rows name them first, assemblies in that of their numbers.
 * @throws InputError for a unit twice in an assembly, an assembly of zeros, units with two regions, or members that only
 *   some rows tell
 */
export function assemblePatterns(rows: readonly PatternRow[], file: TableFile): Patterns {
  const places = placeUnits(rows, file);
  const units = unitsOf(rows, places);
  const numbers = [...new Set(rows.map(({ assembly }) => assembly))].sort((a, b) => a - b);
  const slots = new Map(numbers.map((number, k) => [number, k]));
  const weights = numbers.map(() => new Float64Array(units.length).fill(Number.NaN));
  const told = numbers.map(() => new Uint8Array(units.length));
  for (const row of rows) {
    const [k, unit] = [slots.get(row.assembly) ?? -1, places.get(row.unitId) ?? -1];
    if (!Number.isNaN(weights[k][unit])) {
      throw bad(file, row, 'unit_id', `unit ${row.unitId} twice in assembly ${row.assembly}`);
    }
    weights[k][unit] = row.weight;
    if (row.isMember === true) told[k][unit] = 1;
  }
  const warnings = [...tellNumbers(numbers), ...fillGaps(weights), ...normalise(weights, numbers)];
  const otsu = weights.map(findMembers);
  const hasMembers = tellsMembers(rows, file);
  const members = hasMembers ? told : otsu.map((found) => found.members);
  return {
    kind: 'patterns',
    units,
    weights,
    members,
    valid: members.map((row, k) => isOfOneSign(weights[k], row)),
    patternEigenvalues: new Float64Array(weights.length).fill(Number.NaN),
    eigenvalues: new Float64Array(0),
    bound: Number.NaN,
    method: 'file',
    boundMethod: 'file',
    nBins: 0,
    binSize: Number.NaN,
    constantUnits: [],
    ica: undefined,
    warnings,
  };
}

function placeUnits(rows: readonly PatternRow[], file: TableFile): Map<number, number> {
  const places = new Map<number, number>();
  const first = new Map<number, PatternRow>();
  for (const row of rows) {
    const known = first.get(row.unitId) ?? row;
    first.set(row.unitId, known);
    if (!places.has(row.unitId)) places.set(row.unitId, places.size);
    if (known.region !== row.region) {
      throw bad(file, row, 'region', `unit ${row.unitId} in two regions`);
    }
    if (known.cellType !== row.cellType) {
      throw bad(file, row, 'cell_type', `unit ${row.unitId} of two cell types`);
    }
  }
  return places;
}

function unitsOf(rows: readonly PatternRow[], places: ReadonlyMap<number, number>): Unit[] {
  const units: Unit[] = [];
  for (const { unitId: id, region, cellType } of rows) {
    const place = places.get(id) ?? -1;
    units[place] ??= { id, label: '', region, cellType, nSpikes: 0, attributes: new Map() };
  }
  return units;
}

/** Assemblies are numbered from 1 in every file; other numbers are told. */
function tellNumbers(numbers: readonly number[]): string[] {
  if (numbers.every((number, k) => number === k + 1)) return [];
  const shown = numbers.slice(0, 12).join(', ');
  return [`assemblies ${shown} of the file are numbered from 1 here, in this order`];
}

function fillGaps(weights: readonly Float64Array[]): string[] {
  let nGaps = 0;
  for (const row of weights) {
    row.forEach((weight, unit) => {
      if (!Number.isNaN(weight)) return;
      row[unit] = 0;
      nGaps++;
    });
  }
  return nGaps === 0 ? [] : [`${nGaps} weights are not in the file and count as 0`];
}

/** Length 1, the first of the largest entries positive; a pattern that is so already keeps its bits. */
function normalise(weights: readonly Float64Array[], numbers: readonly number[]): string[] {
  let nScaled = 0;
  let nTurned = 0;
  weights.forEach((row, k) => {
    const square = row.reduce((sum, weight) => sum + weight * weight, 0);
    const largest = row.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    if (!(square > 0 && square < Number.POSITIVE_INFINITY)) {
      throw new InputError({
        code: 'BAD_PATTERNS',
        where: `assembly ${numbers[k]}`,
        found: `squared weights that add up to ${square}`,
        expected: 'a sum above 0',
      });
    }
    const length = Math.abs(square - 1) < 1e-9 ? 1 : Math.sqrt(square);
    if (length !== 1) nScaled++;
    if (largest < 0) nTurned++;
    if (length === 1 && largest > 0) return;
    const factor = Math.sign(largest) * length;
    row.forEach((weight, unit) => {
      row[unit] = weight / factor;
    });
  });
  const n = weights.length;
  return [
    ...(nScaled > 0 ? [`${nScaled} of ${n} patterns were scaled to length 1`] : []),
    ...(nTurned > 0 ? [`${nTurned} of ${n} patterns were turned: largest weight positive`] : []),
  ];
}

function tellsMembers(rows: readonly PatternRow[], file: TableFile): boolean {
  const [first] = rows;
  const tells = first?.isMember !== undefined;
  const odd = rows.find(({ isMember }) => (isMember !== undefined) !== tells);
  if (odd) throw bad(file, odd, 'member', 'members in some rows and not in others');
  return tells;
}

/** At least one member, and all members of one sign. */
function isOfOneSign(weights: Float64Array, members: Uint8Array): boolean {
  const isPositive = weights.some((weight, unit) => members[unit] === 1 && weight > 0);
  const isNegative = weights.some((weight, unit) => members[unit] === 1 && weight < 0);
  return isPositive !== isNegative;
}

function bad(file: TableFile, { at }: PatternRow, column: string, found: string): InputError {
  const where = placeOf(file, at, column);
  const expected = 'one row per assembly and unit';
  return new InputError({ code: 'BAD_PATTERNS', where, found, expected });
}
