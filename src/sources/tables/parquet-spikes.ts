import type { DecodedArray } from 'hyparquet';
import type { Report } from '../../model/report.ts';
import { layOut } from './columns.ts';
import { checkType, type ParquetColumn, ParquetTable, type RowGroup } from './parquet-table.ts';
import { badTime, tellIgnored } from './rows.ts';
import { maxBlock, type ReadSpikesOptions, type SpikeBlock, spikeColumns } from './spike-block.ts';
import type { OpenTable, TableFile } from './table-file.ts';
import type { UnitIds } from './unit-ids.ts';

/**
 * Reads the spikes of a Parquet file, block by block. Memory: 20 bytes per row of the largest row group, and one of its columns
 * as the file has it with a page of it decompressed; of columns that `readNumbers` does not read, all pages.
 * @throws InputError for a damaged file, and for what is no time or no id, with row and column
 */
export async function* readParquetSpikes(
  table: OpenTable,
  ids: UnitIds,
  { report, signal }: ReadSpikesOptions,
): AsyncGenerator<SpikeBlock> {
  const { file } = table;
  const parquet = await ParquetTable.open(table);
  const names = parquet.columns.map(({ name }) => name);
  tellIgnored(file, layOut(file, names, spikeColumns).further, report);
  for (const column of parquet.columns) {
    if (column.name === 'unit_id') checkType(file, column, ['numbers', 'texts']);
    if (column.name !== 'time') continue;
    checkType(file, column, ['numbers']);
    tellPrecision(file, column, report);
  }
  const mostRows = parquet.groups.reduce((most, { nRows }) => Math.max(most, nRows), 0);
  const [times, numbers] = [new Float64Array(mostRows), new Float64Array(mostRows)];
  const entries = new Int32Array(mostRows);
  for (const group of parquet.groups) {
    signal?.throwIfAborted();
    if (await parquet.readNumbers(group, 'unit_id', numbers)) {
      findEntries(numbers, entries, group, ids);
    } else {
      const [pieces] = await parquet.read(group, ['unit_id']);
      toEntries(pieces, entries, group, ids);
    }
    if (await parquet.readNumbers(group, 'time', times)) checkTimes(times, group, file);
    else {
      const [pieces] = await parquet.read(group, ['time']);
      toTimes(pieces, times, group, file);
    }
    for (let from = 0; from < group.nRows; from += maxBlock) {
      const to = Math.min(group.nRows, from + maxBlock);
      yield { times: times.subarray(from, to), entries: entries.subarray(from, to) };
    }
  }
}

function tellPrecision({ name }: TableFile, { type }: ParquetColumn, report: Report): void {
  if (type !== 'FLOAT') return;
  const message = `${name}: times are stored as 32 bit numbers, whose steps are 1 ms from 8192 s on`;
  report({ level: 'warning', code: 'TIMES_COARSE', message });
}

function checkTimes(times: Float64Array, { start, nRows }: RowGroup, file: TableFile): void {
  for (let row = 0; row < nRows; row++) {
    if (!Number.isFinite(times[row])) throw badTime(file, start + row + 1, 'time', times[row]);
  }
}

/** Times that are stored otherwise, or are missing. */
function toTimes(
  pieces: readonly DecodedArray[],
  times: Float64Array,
  { start }: RowGroup,
  file: TableFile,
): void {
  let row = 0;
  for (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) {
      const value: unknown = piece[i];
      const time = typeof value === 'bigint' ? Number(value) : value;
      if (typeof time !== 'number' || !Number.isFinite(time)) {
        throw badTime(file, start + row + 1, 'time', typeof time === 'number' ? time : null);
      }
      times[row++] = time;
    }
  }
}

/** Entries of ids that are numbers; most are small and whole. */
function findEntries(
  numbers: Float64Array,
  entries: Int32Array,
  { start, nRows }: RowGroup,
  ids: UnitIds,
): void {
  const { small } = ids;
  for (let row = 0; row < nRows; row++) {
    const number = numbers[row];
    const whole = number | 0;
    const isSmall = whole === number && whole >= 0 && whole < small.length;
    const known = isSmall ? small[whole] : -1;
    entries[row] = known < 0 ? entryOf(number, start + row + 1, ids) : known;
  }
}

function entryOf(value: unknown, at: number, ids: UnitIds): number {
  if (typeof value === 'bigint') return ids.ofNumber(Number(value), at);
  if (typeof value === 'number' && Number.isFinite(value)) return ids.ofNumber(value, at);
  return ids.ofText(typeof value === 'string' ? value : '', at);
}

/** Entries of ids that are texts, or stored otherwise, or missing. */
function toEntries(
  pieces: readonly DecodedArray[],
  entries: Int32Array,
  { start }: RowGroup,
  ids: UnitIds,
): void {
  let row = 0;
  for (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) {
      entries[row] = entryOf(piece[i], start + row + 1, ids);
      row++;
    }
  }
}
