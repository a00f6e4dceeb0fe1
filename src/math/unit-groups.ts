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
 * @param parts as in `groupByLabel`
 * @throws ConfigError for a column that no unit has, or a part that no unit's value contains
 */
export function groupUnits(
  units: readonly Unit[],
  column: string,
  parts?: readonly string[],
): UnitGroups {
  expectColumn(units, column);
  const values = units.map((unit) => valueIn(column, unit));
  return groupByLabel(values, column, parts);
}

/**
 * Parts units by a label each.
 * @param labels one per unit; empty for one that has none, which is of the group `unknown`
 * @param what names the labels, for messages
 * @param parts without them each label is a group; with them a unit belongs to the first part that its label contains,
 *   and to `unknown` when it contains none
 * @throws ConfigError for a part that no label contains
 */
export function groupByLabel(
  labels: readonly string[],
  what: string,
  parts?: readonly string[],
): UnitGroups {
  if (parts) expectParts(parts, labels, what);
  const groups = labels.map((label) => {
    const name = parts ? parts.find((part) => label.includes(part)) : label;
    return name === undefined || name === '' ? unknownGroup : name;
  });
  const names = [...new Set(groups)].sort();
  return { names, groupOf: Int32Array.from(groups, (name) => names.indexOf(name)) };
}

function valueIn(column: string, unit: Unit): string {
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

function expectParts(parts: readonly string[], labels: readonly string[], what: string): void {
  const first = (label: string) => parts.find((part) => label.includes(part));
  const used = new Set(labels.map(first));
  const idle = parts.find((part) => !used.has(part));
  if (idle === undefined || labels.length === 0) return;
  throw new ConfigError({
    code: 'EMPTY_GROUP',
    found: `no unit in group ${show(idle)}`,
    expected: `units whose ${what} contains it`,
    hint: didYouMean(idle, new Set(labels)),
  });
}
