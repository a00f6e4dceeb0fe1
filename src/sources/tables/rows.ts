import type { InputDigest } from '../../define.ts';
import { InputError, show } from '../../errors.ts';
import type { Report } from '../../model/report.ts';
import { type ColumnNames, type Layout, layOut, readHeader } from './columns.ts';
import { CsvCursor } from './csv-cursor.ts';
import { parseDecimal } from './decimal.ts';
import { OpenTable, placeOf, type TableFile } from './table-file.ts';

/** A value of a table; null where there is none. CSV has texts alone. */
export type Cell = string | number | null;

/** A row of one of the small tables. */
export class TableRow {
  /** Line of a CSV file, row of a Parquet file, from 1. */
  readonly at: number;
  #file: TableFile;
  #layout: Layout;
  #cells: readonly Cell[];

  constructor(file: TableFile, layout: Layout, at: number, cells: readonly Cell[]) {
    this.at = at;
    this.#file = file;
    this.#layout = layout;
    this.#cells = cells;
  }

  /** Null where the column, or its value in this row, is missing. */
  cell(column: string): Cell {
    const index = this.#layout.index.get(column) ?? this.#layout.names.indexOf(column);
    return this.#cells[index] ?? null;
  }

  /** The value as text, empty where there is none. */
  text(column: string): string {
    const cell = this.cell(column) ?? '';
    return Number.isNaN(cell) ? '' : String(cell);
  }

  /** @throws InputError when there is none */
  name(column: string): string {
    const text = this.text(column);
    if (text !== '') return text;
    throw this.error(column, 'BAD_CELL', 'nothing', 'a name');
  }

  /** @throws InputError when it is not a finite number */
  time(column: string): number {
    const cell = this.cell(column);
    const time = typeof cell === 'string' ? parseDecimal(cell) : (cell ?? Number.NaN);
    if (Number.isFinite(time)) return time;
    throw badTime(this.#file, this.at, column, cell);
  }

  /** NaN where the cell is empty or says so. */
  timeOrNaN(column: string): number {
    const cell = this.cell(column);
    const isNone = cell === null || Number.isNaN(cell) || /^(nan|na|null)$/i.test(String(cell));
    return isNone ? Number.NaN : this.time(column);
  }

  /** The columns that were not asked for. */
  further(): Map<string, Cell> {
    return new Map(this.#layout.further.map((name) => [name, this.cell(name)]));
  }

  error(column: string, code: string, found: string, expected: string): InputError {
    const where = placeOf(this.#file, this.at, column);
    return new InputError({ code, where, found, expected });
  }
}

/** The error of a cell that holds no time. */
export function badTime(file: TableFile, at: number, column: string, cell: Cell): InputError {
  const hint =
    typeof cell === 'string' && /^[+-]?\d*,\d+$/.test(cell)
      ? 'write numbers with a decimal point, not with a comma'
      : typeof cell === 'string' && /^[+-]?[\d.]+ *(ms|s)$/.test(cell)
        ? 'times are plain numbers in seconds, without a unit'
        : undefined;
  return new InputError({
    code: 'BAD_TIME',
    where: placeOf(file, at, column),
    found:
      cell === null || cell === '' ? 'nothing' : typeof cell === 'number' ? `${cell}` : show(cell),
    expected: 'a finite number of seconds',
    ...(hint ? { hint } : {}),
  });
}

/** The error of a line that has more or fewer fields than the header. */
export function badFieldCount(cursor: CsvCursor, fields: readonly string[], layout: Layout) {
  const nColumns = layout.names.length;
  const isMore = fields.length > nColumns && cursor.delimiter === 0x2c;
  const { file } = cursor;
  return new InputError({
    code: 'CSV_FIELDS',
    where: placeOf(file, cursor.recordLine),
    found: `${fields.length} fields`,
    expected: `${nColumns}, as in the header`,
    ...(isMore ? { hint: 'numbers need a decimal point: a comma begins the next field' } : {}),
  });
}

export interface TableDigest {
  readonly digest: InputDigest;
  readonly layout: Layout;
}

/**
 * Reads one of the small tables row by row.
 * @param columns those asked for; of the others, `further` says whether rows are to hold them
 * @throws InputError when it cannot be read, or lacks a column
 */
export async function readRows(
  file: TableFile,
  columns: ColumnNames,
  onRow: (row: TableRow) => void,
  { further, report, signal }: ReadOptions,
): Promise<TableDigest> {
  const table = await OpenTable.first(file);
  try {
    const read = file.format === 'csv' ? readCsv : readParquet;
    const layout = await read(table, columns, onRow, { further, report, signal });
    return { digest: await table.digest(), layout };
  } finally {
    await table.close();
  }
}

export interface ReadOptions {
  readonly further: 'read' | 'ignored';
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

/** Notes columns of a table that mean nothing here. */
export function tellIgnored({ name }: TableFile, columns: readonly string[], report: Report): void {
  if (columns.length === 0) return;
  const message = `${name}: columns ${columns.slice(0, 12).join(', ')} are not used`;
  report({ level: 'info', code: 'COLUMNS_IGNORED', message, data: { nColumns: columns.length } });
}

async function readCsv(
  table: OpenTable,
  columns: ColumnNames,
  onRow: (row: TableRow) => void,
  { further, report, signal }: ReadOptions,
): Promise<Layout> {
  const { file } = table;
  const cursor = new CsvCursor(table, signal);
  const layout = await readHeader(cursor, file, columns);
  if (further === 'ignored') tellIgnored(file, layout.further, report);
  for (;;) {
    const fields = cursor.next();
    if (fields === undefined) {
      if (await cursor.fill()) continue;
      return layout;
    }
    if (fields.length !== layout.names.length) throw badFieldCount(cursor, fields, layout);
    const cells = fields.map((field) => (field === '' ? null : field));
    onRow(new TableRow(file, layout, cursor.recordLine, cells));
  }
}

async function readParquet(
  table: OpenTable,
  columns: ColumnNames,
  onRow: (row: TableRow) => void,
  { further, report, signal }: ReadOptions,
): Promise<Layout> {
  const { file } = table;
  const { checkType, ParquetTable } = await import('./parquet-table.ts');
  const parquet = await ParquetTable.open(table);
  const all = layOut(
    file,
    parquet.columns.map(({ name }) => name),
    columns,
  );
  const names = parquet.columns
    .filter(({ name, holds }) => all.index.has(name) || (further === 'read' && holds !== undefined))
    .map(({ name }) => name);
  for (const column of parquet.columns) {
    if (all.index.has(column.name)) checkType(file, column, ['numbers', 'texts', 'flags']);
  }
  const layout = layOut(file, names, columns);
  const unread = all.further.filter((name) => !names.includes(name));
  tellIgnored(file, unread, report);
  for (const group of parquet.groups) {
    signal?.throwIfAborted();
    const read = (await parquet.read(group, names)).map((pieces) => pieces.flatMap((p) => [...p]));
    for (let row = 0; row < group.nRows; row++) {
      const at = group.start + row + 1;
      const cells = read.map((values, column) => toCell(values[row], file, at, names[column]));
      onRow(new TableRow(file, layout, at, cells));
    }
  }
  return layout;
}

function toCell(value: unknown, file: TableFile, at: number, column: string): Cell {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') {
    return BigInt.asIntN(54, value) === value ? Number(value) : String(value);
  }
  const [where, found] = [placeOf(file, at, column), show(value)];
  throw new InputError({ code: 'BAD_CELL', where, found, expected: 'a number or a text' });
}
