import { InputError } from '../errors.ts';
import type { Span } from '../model/chunk.ts';
import type { Report } from '../model/report.ts';
import { lowerBound } from '../model/spike-trains.ts';
import type { Unit, UnitTable } from '../model/units.ts';
import {
  badField,
  elementsOf,
  fieldOf,
  isEmpty,
  numberOf,
  numbersOf,
  type Placed,
  requiredField,
  textOf,
  vectorOf,
} from './mat/accessors.ts';
import { firstDefined, labelFilter, tellNoUnits } from './unit-filter.ts';

/** Per-unit fields that go along with a unit as they are. */
const attributeFields = [
  'shankID',
  'electrodeGroup',
  'spikeGroup',
  'maxWaveformCh1',
  'cluID',
  'sessionName',
];

/** Fields of `cell_metrics` that are read. */
export const metricsFields = [
  'UID',
  'brainRegion',
  'putativeCellType',
  'spikes.times',
  'tags.Bad',
  'general.cellCount',
  ...attributeFields,
];

export interface UnitOptions {
  readonly brainRegion: readonly string[] | undefined;
  readonly cellType: readonly string[] | undefined;
  readonly excludeBad: boolean;
}

/** A unit before the span of the recording is known. */
export interface MeasuredUnit {
  readonly unit: Omit<Unit, 'nSpikes'>;
  /** Ascending, in seconds. */
  readonly train: Float64Array;
  /** Why it is left out; undefined when it is kept. */
  readonly reason: string | undefined;
}

/**
 * Units in file order with their spikes, and which filter leaves each one out: cell type, brain region, tag "Bad".
 * That no unit is left is a result, told with a warning of what there is.
 * @throws InputError when fields contradict each other
 */
export function readUnits(metrics: Placed, options: UnitOptions, report: Report): MeasuredUnit[] {
  const trains = readTrains(metrics, report);
  const nUnits = trains.length;
  checkCellCount(metrics, nUnits);
  const ids = readIds(metrics, nUnits, report);
  const regions = readLabels(metrics, 'brainRegion', nUnits, options.brainRegion, report);
  const cellTypes = readLabels(metrics, 'putativeCellType', nUnits, options.cellType, report);
  const bad = readBad(metrics, ids, report);
  const attributes = attributeFields.map((name) => readAttribute(metrics, name, nUnits, report));
  const filters = [
    labelFilter('cell type', cellTypes, options.cellType),
    labelFilter('brain region', regions, options.brainRegion),
    (index: number) => (options.excludeBad && bad.has(ids[index]) ? 'tagged bad' : undefined),
  ];
  const units = trains.map((train, index) => ({
    unit: {
      id: ids[index],
      label: '',
      region: regions[index],
      cellType: cellTypes[index],
      attributes: new Map(attributes.flatMap((attribute) => attribute?.[index] ?? [])),
    },
    train,
    reason: firstDefined(filters, index),
  }));
  if (units.every(({ reason }) => reason !== undefined)) tellNoUnits(metrics.where, units, report);
  return units;
}

/** The table of units, their spikes counted within a span. */
export function tabulateUnits(measured: readonly MeasuredUnit[], { start, end }: Span): UnitTable {
  const rows = measured.map(({ unit, train, reason }) => ({
    unit: { ...unit, nSpikes: lowerBound(train, end) - lowerBound(train, start) },
    reason,
  }));
  return {
    kind: 'units',
    kept: rows.flatMap(({ unit, reason }) => (reason === undefined ? [unit] : [])),
    excluded: rows.flatMap(({ unit, reason }) => (reason === undefined ? [] : [{ unit, reason }])),
  };
}

/** Spike times of each unit, ascending; rows and columns are read alike, an empty matrix is a silent unit. */
function readTrains(metrics: Placed, report: Report): Float64Array[] {
  const cells = elementsOf(requiredField(requiredField(metrics, 'spikes'), 'times'));
  let nUnsorted = 0;
  const trains = cells.map((cell) => {
    const times = vectorOf(cell);
    let isSorted = true;
    for (let i = 0; i < times.length; i++) {
      if (!Number.isFinite(times[i])) {
        throw badField(cell, `${times[i]} as spike ${i + 1}`, 'finite times in seconds');
      }
      if (i > 0 && times[i] < times[i - 1]) isSorted = false;
    }
    if (isSorted) return times;
    nUnsorted++;
    return times.slice().sort();
  });
  if (nUnsorted > 0) {
    const message = `spike times of ${nUnsorted} of ${trains.length} units were not in order of time; sorted`;
    report({ level: 'warning', code: 'SPIKES_SORTED', message, data: { nUnits: nUnsorted } });
  }
  return trains;
}

function checkCellCount(metrics: Placed, nUnits: number): void {
  const general = fieldOf(metrics, 'general');
  const field = general && !isEmpty(general) ? fieldOf(general, 'cellCount') : undefined;
  if (field === undefined || isEmpty(field)) return;
  const nCells = numberOf(field);
  if (nCells !== nUnits) throw badField(field, `${nCells}`, `${nUnits}, as spikes.times has`);
}

function readIds(metrics: Placed, nUnits: number, report: Report): number[] {
  const field = fieldOf(metrics, 'UID');
  if (field === undefined || isEmpty(field)) {
    const message = `${metrics.where}.UID is missing; units are numbered from 1`;
    report({ level: 'warning', code: 'IDS_MISSING', message });
    return Array.from({ length: nUnits }, (_, index) => index + 1);
  }
  const ids = Array.from(
    field.value.kind === 'cell' ? elementsOf(field).map(numberOf) : vectorOf(field),
  );
  expectLength(field, ids.length, nUnits);
  const seen = new Set<number>();
  for (const id of ids) {
    if ((id | 0) !== id) throw badField(field, `${id}`, 'whole numbers of 32 bits');
    if (seen.has(id)) throw badField(field, `${id} twice`, 'a different number for each unit');
    seen.add(id);
  }
  return ids;
}

/** One text per unit; where the field is missing all are empty, which is an error if a filter needs them. */
function readLabels(
  metrics: Placed,
  name: string,
  nUnits: number,
  patterns: readonly string[] | undefined,
  report: Report,
): string[] {
  const field = fieldOf(metrics, name);
  if (field === undefined || (nUnits > 0 && isEmpty(field))) {
    if (patterns !== undefined) {
      throw new InputError({
        code: 'FIELD_MISSING',
        where: `${metrics.where}.${name}`,
        found: 'no such field, or an empty one',
        expected: 'one label per unit, for a filter asks for them',
      });
    }
    const message = `${metrics.where}.${name} is missing; it is empty for all units`;
    report({ level: 'warning', code: 'LABELS_MISSING', message });
    return Array.from({ length: nUnits }, () => '');
  }
  const labels = textsOf(field);
  expectLength(field, labels.length, nUnits);
  return labels;
}

/** The items of a cell, or the rows of a char matrix without their filling. */
function textsOf(field: Placed): string[] {
  const { value } = field;
  return value.kind === 'char'
    ? value.rows.map((row) => row.trimEnd())
    : elementsOf(field).map(textOf);
}

/** Ids of units that carry the tag "Bad". */
function readBad(metrics: Placed, ids: readonly number[], report: Report): Set<number> {
  const tags = fieldOf(metrics, 'tags');
  if (tags === undefined || isEmpty(tags) || tags.value.kind !== 'struct') return new Set();
  const field = fieldOf(tags, 'Bad');
  if (field === undefined || isEmpty(field)) return new Set();
  const bad = new Set(numbersOf(field));
  const strangers = [...bad].filter((id) => !ids.includes(id));
  if (strangers.length > 0) {
    const message = `${field.where} names ${strangers.length} ids that no unit has, such as ${strangers[0]}`;
    report({ level: 'warning', code: 'TAG_UNKNOWN_UNIT', message });
  }
  return bad;
}

/** Name and value for each unit; undefined where the field is missing or is not one value per unit. */
function readAttribute(
  metrics: Placed,
  name: string,
  nUnits: number,
  report: Report,
): [string, string | number][][] | undefined {
  const field = fieldOf(metrics, name);
  if (field === undefined || isEmpty(field)) return undefined;
  try {
    const values = field.value.kind === 'numeric' ? [...vectorOf(field)] : textsOf(field);
    expectLength(field, values.length, nUnits);
    return values.map((value) => [[name, value]]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message = `${error.message}; the column is left out`;
    report({ level: 'warning', code: 'ATTRIBUTE_SKIPPED', message });
    return undefined;
  }
}

function expectLength(field: Placed, found: number, nUnits: number): void {
  if (found === nUnits) return;
  throw badField(field, `${found} values`, `${nUnits}, one for each cell of spikes.times`);
}
