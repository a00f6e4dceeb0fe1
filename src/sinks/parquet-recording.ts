import type { Epoch, Epochs } from '../model/epochs.ts';
import type { Events, Psth } from '../model/events.ts';
import type { Unit, UnitTable } from '../model/units.ts';
import type { Cell, ColumnSpec } from './parquet-column.ts';
import type { Table } from './parquet-file.ts';
import { type Made, nanToNull, orNull } from './parquet-tables.ts';

/**
 * The units that were kept, in the order streams number them, then those that were not, with the reason. The recording's
 * further columns follow in the order of their names, under those names: float64 where every value is a number, else
 * utf8; a name that is taken, whatever its case, gets a number.
 */
export function unitsTable({ kept, excluded }: UnitTable): Table {
  const units: { unit: Unit; reason: string | null }[] = [
    ...kept.map((unit) => ({ unit, reason: null })),
    ...excluded,
  ];
  const fixed: ColumnSpec[] = [
    { name: 'unit_id', type: 'int32' },
    { name: 'unit_label', type: 'utf8', isNullable: true },
    { name: 'region', type: 'utf8', isNullable: true },
    { name: 'cell_type', type: 'utf8', isNullable: true },
    { name: 'n_spikes', type: 'int32' },
    { name: 'kept', type: 'boolean' },
    { name: 'reason', type: 'utf8', isNullable: true },
  ];
  const attributes = [...new Set(units.flatMap(({ unit }) => [...unit.attributes.keys()]))].sort();
  const taken = new Set(fixed.map(({ name }) => name));
  const further = attributes.map((attribute): ColumnSpec => {
    const isText = units.some(({ unit }) => typeof unit.attributes.get(attribute) === 'string');
    const name = freeName(attribute, taken);
    return { name, type: isText ? 'utf8' : 'float64', isNullable: true };
  });
  const rows = units.map(({ unit, reason }): Cell[] => [
    unit.id,
    orNull(unit.label),
    orNull(unit.region),
    orNull(unit.cellType),
    unit.nSpikes,
    reason === null,
    reason,
    ...attributes.map((attribute, index) => {
      const value = unit.attributes.get(attribute) ?? null;
      return value === null || further[index]?.type === 'float64' ? value : String(value);
    }),
  ]);
  return { columns: [...fixed, ...further], rows };
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
  taken.add(name.toLowerCase());
  return name;
}

/**
 * Epochs as recorded, epochs as the run counts them (repeats joined) and states. A role (`pre`, `task`, `post`) stands at
 * the joined epochs it belongs to.
 */
export function epochsTable({ recorded, epochs, states, roles }: Epochs): Table {
  const row = (kind: string, { name, environment, start, end }: Epoch, role: string | null) => [
    kind,
    name,
    orNull(environment),
    role,
    start,
    end,
  ];
  const roleOf = (index: number) =>
    (['pre', 'task', 'post'] as const).find((role) => roles?.[role] === index) ?? null;
  const stateRows = [...states].flatMap(([name, intervals]) =>
    intervals.map((span) => row('state', { name, environment: '', ...span }, null)),
  );
  const columns: ColumnSpec[] = [
    { name: 'kind', type: 'utf8' },
    { name: 'name', type: 'utf8' },
    { name: 'environment', type: 'utf8', isNullable: true },
    { name: 'role', type: 'utf8', isNullable: true },
    { name: 'start', type: 'float64' },
    { name: 'stop', type: 'float64' },
  ];
  const rows: Cell[][] = [
    ...recorded.map((epoch) => row('recorded', epoch, null)),
    ...epochs.map((epoch, index) => row('epoch', epoch, roleOf(index))),
    ...stateRows,
  ];
  return { columns, rows };
}

/**
 * Event sets of the recording (kind `recorded`) and the times each event-align node aligned to (kind `aligned`, named by
 * the node; they have a start alone). A peak or stop that an event does not have is null.
 */
export function eventsTable(sets: readonly Events[], psths: readonly Made<Psth>[]): Table {
  // A long recording has hundreds of thousands: one row at a time.
  function* rows(): Generator<Cell[]> {
    for (const { name, starts, peaks, stops } of sets) {
      for (const [i, start] of starts.entries()) {
        const peak = nanToNull(peaks[i] ?? NaN);
        yield ['recorded', name, start, peak, nanToNull(stops[i] ?? NaN)];
      }
    }
    for (const { node, value } of psths) {
      for (const time of value.eventTimes) yield ['aligned', node, time, null, null];
    }
  }
  const nRecorded = sets.reduce((sum, { starts }) => sum + starts.length, 0);
  const nAligned = psths.reduce((sum, { value }) => sum + value.eventTimes.length, 0);
  const columns: ColumnSpec[] = [
    { name: 'kind', type: 'utf8' },
    { name: 'events', type: 'utf8' },
    { name: 'start', type: 'float64' },
    { name: 'peak', type: 'float64', isNullable: true },
    { name: 'stop', type: 'float64', isNullable: true },
  ];
  return { columns, rows: { length: nRecorded + nAligned, [Symbol.iterator]: rows } };
}
