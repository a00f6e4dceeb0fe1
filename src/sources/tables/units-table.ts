import { InputError } from '../../errors.ts';
import type { Unit, UnitTable } from '../../model/units.ts';
import { firstDefined, labelFilter } from '../unit-filter.ts';
import { parseDecimal } from './decimal.ts';
import { type Cell, type ReadOptions, readRows, type TableDigest } from './rows.ts';
import type { TableFile } from './table-file.ts';
import { type IdEntry, nameUnits, type UnitNames } from './unit-ids.ts';

export interface UnitOptions {
  readonly brainRegion: readonly string[] | undefined;
  readonly cellType: readonly string[] | undefined;
}

/** A unit before its spikes are counted. */
export interface ListedUnit {
  readonly unit: Omit<Unit, 'nSpikes'>;
  /** Why it is left out; undefined when it is kept. */
  readonly reason: string | undefined;
}

/** Units in the order of streams and tables, and how spikes name them. */
export interface ListedUnits {
  readonly units: readonly ListedUnit[];
  readonly indexOf: UnitNames['indexOf'];
}

const columns = { required: ['unit_id'], optional: ['region', 'cell_type'] };

/**
 * Reads the table of units: id, region, cell type, and every further column as an attribute, a number where all its values
 * are. What a unit lacks is left out of its attributes.
 * @throws InputError when ids are missing, no ids or stand twice, or a filter asks for a column that is not there
 */
export async function readUnits(
  file: TableFile,
  options: UnitOptions,
  reading: Omit<ReadOptions, 'further'>,
): Promise<TableDigest & ListedUnits> {
  const entries: IdEntry[] = [];
  const labels: { region: string; cellType: string }[] = [];
  const rows: Map<string, Cell>[] = [];
  const read = await readRows(
    file,
    columns,
    (row) => {
      const text = row.text('unit_id');
      if (text === '') throw row.error('unit_id', 'BAD_UNIT_ID', 'nothing', 'the id of a unit');
      entries.push({ text, at: row.at });
      labels.push({ region: row.text('region'), cellType: row.text('cell_type') });
      rows.push(row.further());
    },
    { ...reading, further: 'read' },
  );
  if (options.brainRegion) requireColumn(file, read, 'region');
  if (options.cellType) requireColumn(file, read, 'cell_type');
  const names = nameUnits(entries, file);
  const isNumeric = new Map(
    read.layout.further.map((name) => [
      name,
      rows.every((row) => {
        const cell = row.get(name);
        return typeof cell !== 'string' || !Number.isNaN(parseDecimal(cell));
      }),
    ]),
  );
  const filters = [
    labelFilter(
      'cell type',
      labels.map(({ cellType }) => cellType),
      options.cellType,
    ),
    labelFilter(
      'brain region',
      labels.map(({ region }) => region),
      options.brainRegion,
    ),
  ];
  const units = names.units.map((name, index) => {
    const attributes = new Map<string, string | number>();
    for (const [key, cell] of rows[index]) {
      if (cell !== null && !Number.isNaN(cell)) {
        attributes.set(key, isNumeric.get(key) ? Number(cell) : String(cell));
      }
    }
    const unit = { ...name, ...labels[index], attributes };
    return { unit, reason: firstDefined(filters, index) };
  });
  return { ...read, units, indexOf: names.indexOf };
}

/**
 * Units that no table describes, from the ids of their spikes.
 * @throws InputError when an id is a number, but no unit's
 */
export function unitsOfIds(entries: readonly IdEntry[], file: TableFile): ListedUnits {
  const { units, indexOf } = nameUnits(entries, file);
  const described = units.map((name) => ({
    unit: { ...name, region: '', cellType: '', attributes: new Map() },
    reason: undefined,
  }));
  return { units: described, indexOf };
}

/** @param nSpikes spikes of each unit */
export function tabulateUnits(units: readonly ListedUnit[], nSpikes: ArrayLike<number>): UnitTable {
  const counted = units.map(({ unit, reason }, index) => ({
    unit: { ...unit, nSpikes: nSpikes[index] },
    reason,
  }));
  return {
    kind: 'units',
    kept: counted.flatMap(({ unit, reason }) => (reason === undefined ? [unit] : [])),
    excluded: counted.flatMap(({ unit, reason }) =>
      reason === undefined ? [] : [{ unit, reason }],
    ),
  };
}

function requireColumn({ path }: TableFile, { layout }: TableDigest, name: string): void {
  if (layout.index.has(name)) return;
  throw new InputError({
    code: 'COLUMN_MISSING',
    where: `${path}, column ${name}`,
    found: 'no such column',
    expected: 'one label per unit, for a filter asks for them',
  });
}
