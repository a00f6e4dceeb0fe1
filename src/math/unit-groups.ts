import { ConfigError, didYouMean, show } from '../errors.ts';
import type { Unit } from '../model/units.ts';

/** Units parted into groups: brain regions, say. */
export interface UnitGroups {
  /** Names of the groups that have units, sorted. */
  readonly names: readonly string[];
  /** Group of each unit, an index into `names`. */
  readonly groupOf: Int32Array;
}

/** The group of units that say nothing of themselves, or nothing that was asked for. */
export const unknownGroup = 'unknown';

/**
 * Parts units by what a column of the unit table says of them.
 * @param column `region`, `cellType`, or the name of a further column
 * @param labels without them each value is a group; with them a unit belongs to the first label that its value
 *   contains, and to `unknown` when it contains none
 * @throws ConfigError for a column that no unit has, or a label that no unit's value contains
 */
export function groupUnits(
  units: readonly Unit[],
  column: string,
  labels?: readonly string[],
): UnitGroups {
  expectColumn(units, column);
  const values = units.map((unit) => labelOf(unit, column));
  if (labels) expectLabels(labels, values, column);
  const groups = values.map((value) => {
    const name = labels ? labels.find((label) => value.includes(label)) : value;
    return name === undefined || name === '' ? unknownGroup : name;
  });
  const names = [...new Set(groups)].sort();
  return { names, groupOf: Int32Array.from(groups, (name) => names.indexOf(name)) };
}

function labelOf(unit: Unit, column: string): string {
  if (column === 'region') return unit.region;
  if (column === 'cellType') return unit.cellType;
  return String(unit.attributes.get(column) ?? '');
}

function expectColumn(units: readonly Unit[], column: string): void {
  const known = new Set(['region', 'cellType']);
  for (const { attributes } of units) for (const name of attributes.keys()) known.add(name);
  if (known.has(column) || units.length === 0) return;
  throw new ConfigError({
    code: 'UNKNOWN_COLUMN',
    found: `units grouped by ${show(column)}`,
    expected: 'a column of the unit table',
    hint: didYouMean(column, known),
  });
}

function expectLabels(labels: readonly string[], values: readonly string[], column: string): void {
  const first = (value: string) => labels.find((label) => value.includes(label));
  const used = new Set(values.map(first));
  const idle = labels.find((label) => !used.has(label));
  if (idle === undefined || values.length === 0) return;
  throw new ConfigError({
    code: 'EMPTY_GROUP',
    found: `no unit in group ${show(idle)}`,
    expected: `units whose ${column} contains it`,
    hint: didYouMean(idle, new Set(values)),
  });
}
