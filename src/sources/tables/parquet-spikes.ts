import type { DecodedArray } from 'hyparquet';
import type { Report } from '../../model/report.ts';
import { layOut } from './columns.ts';
import { checkType, type ParquetColumn, ParquetTable, type RowGroup } from './parquet-table.ts';
import { badTime, tellIgnored } from './rows.ts';
import { maxBlock, type ReadSpikesOptions, type SpikeBlock, spikeColumns } from './spike-block.ts';
import type { OpenTable, TableFile } from './table-file.ts';
import type { UnitIds } from './unit-ids.ts';

/**
 * Reads the spikes of a Parquet file, block by block. Memory: the two columns of a row group.
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
  for (const group of parquet.groups) {
    signal?.throwIfAborted();
    const [idPieces, timePieces] = await parquet.read(group, spikeColumns.required);
    const times = toTimes(timePieces, group, file);
    const entries = toEntries(idPieces, group, ids);
    for (let from = 0; from < group.nRows; from += maxBlock) {
      const to = from + maxBlock;
      yield { times: times.subarray(from, to), entries: entries.subarray(from, to) };
    }
  }
}

function tellPrecision({ name }: TableFile, { type }: ParquetColumn, report: Report): void {
  if (type !== 'FLOAT') return;
  const message = `${name}: times are stored as 32 bit numbers, whose steps are 1 ms from 8192 s on`;
  report({ level: 'warning', code: 'TIMES_COARSE', message });
}

function toTimes(
  pieces: readonly DecodedArray[],
  { start, nRows }: RowGroup,
  file: TableFile,
): Float64Array {
  const times = new Float64Array(nRows);
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
  return times;
}

function toEntries(
  pieces: readonly DecodedArray[],
  { start, nRows }: RowGroup,
  ids: UnitIds,
): Int32Array {
  const entries = new Int32Array(nRows);
  let row = 0;
  for (const piece of pieces) {
    if (piece instanceof Int32Array) {
      fillEntries(entries, row, piece, start + 1, ids);
      row += piece.length;
      continue;
    }
    for (let i = 0; i < piece.length; i++) {
      const value: unknown = piece[i];
      const at = start + row + 1;
      entries[row++] =
        typeof value === 'number' && Number.isFinite(value)
          ? ids.ofNumber(value, at)
          : typeof value === 'bigint'
            ? ids.ofNumber(Number(value), at)
            : ids.ofText(typeof value === 'string' ? value : '', at);
    }
  }
  return entries;
}

/** Entries from `at` on, of ids that are whole numbers, as most are. */
function fillEntries(
  entries: Int32Array,
  at: number,
  numbers: Int32Array,
  firstRow: number,
  ids: UnitIds,
): void {
  const { small } = ids;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    const known = number >= 0 && number < small.length ? small[number] : -1;
    entries[at + i] = known < 0 ? ids.ofNumber(number, firstRow + at + i) : known;
  }
}
