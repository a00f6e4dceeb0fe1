import { type Layout, readHeader } from './columns.ts';
import { CsvCursor, maxLine } from './csv-cursor.ts';
import { DecimalReader, parseDecimal } from './decimal.ts';
import { badFieldCount, badTime, tellIgnored } from './rows.ts';
import { maxBlock, type ReadSpikesOptions, type SpikeBlock, spikeColumns } from './spike-block.ts';
import type { OpenTable } from './table-file.ts';
import type { UnitIds } from './unit-ids.ts';

const [space, quote, carriageReturn, lineFeed, zero] = [0x20, 0x22, 0x0d, 0x0a, 0x30];

/**
 * Reads the spikes of a CSV file, block by block. Plain lines are read from the bytes; one with quotes, spaces or a
 * problem goes through the reader that all tables share.
 * @throws InputError for what is no CSV, no time or no id, with line and column
 */
export async function* readCsvSpikes(
  table: OpenTable,
  ids: UnitIds,
  { report, signal }: ReadSpikesOptions,
): AsyncGenerator<SpikeBlock> {
  const cursor = new CsvCursor(table, signal);
  const layout = await readHeader(cursor, table.file, spikeColumns);
  tellIgnored(table.file, layout.further, report);
  // No line is shorter than `1,1` and its end.
  const capacity = Math.min(maxBlock, Math.ceil(table.stamp.size / 4));
  const reader = new LineReader(cursor, layout, ids, capacity);
  for (let isMore = true; isMore; ) {
    reader.begin();
    while (!reader.isFull) {
      reader.readPlainLines();
      if (reader.isFull || reader.readLine()) continue;
      isMore = await cursor.fill();
      if (!isMore) break;
    }
    yield reader.block();
  }
  if (cursor.endsWithLine) return;
  const message = `${table.file.name}: the last line has no end, as in a file that was cut short`;
  report({ level: 'info', code: 'LAST_LINE_OPEN', message });
}

class LineReader {
  #cursor: CsvCursor;
  #layout: Layout;
  #ids: UnitIds;
  #unitColumn: number;
  #timeColumn: number;
  #capacity: number;
  #decimals = new DecimalReader();
  #times: Float64Array;
  #entries: Int32Array;
  #n = 0;

  constructor(cursor: CsvCursor, layout: Layout, ids: UnitIds, capacity: number) {
    this.#cursor = cursor;
    this.#layout = layout;
    this.#ids = ids;
    this.#capacity = capacity;
    this.#times = new Float64Array(capacity);
    this.#entries = new Int32Array(capacity);
    this.#unitColumn = layout.index.get('unit_id') ?? -1;
    this.#timeColumn = layout.index.get('time') ?? -1;
  }

  get isFull(): boolean {
    return this.#n >= this.#capacity;
  }

  begin(): void {
    this.#n = 0;
  }

  block(): SpikeBlock {
    return {
      times: this.#times.subarray(0, this.#n),
      entries: this.#entries.subarray(0, this.#n),
    };
  }

  /** The next line, whatever it holds; false when no whole one has been read. */
  readLine(): boolean {
    const cursor = this.#cursor;
    const fields = cursor.next();
    if (fields === undefined) return false;
    if (fields.length !== this.#layout.names.length) {
      throw badFieldCount(cursor, fields, this.#layout);
    }
    const text = fields[this.#timeColumn];
    const time = parseDecimal(text);
    if (!Number.isFinite(time)) throw badTime(cursor.file, cursor.recordLine, 'time', text);
    this.#times[this.#n] = time;
    this.#entries[this.#n] = this.#ids.ofText(fields[this.#unitColumn], cursor.recordLine);
    this.#n++;
    return true;
  }

  /** Lines up to the first that is not plain, or not read to its end. */
  readPlainLines(): void {
    const { bytes, end, delimiter } = this.#cursor;
    const { small } = this.#ids;
    const [times, entries, decimals] = [this.#times, this.#entries, this.#decimals];
    const [unitColumn, timeColumn] = [this.#unitColumn, this.#timeColumn];
    const last = this.#layout.names.length - 1;
    let { at, line } = this.#cursor;
    let n = this.#n;
    lines: while (n < times.length) {
      let next = at;
      let entry = -1;
      let time = Number.NaN;
      for (let column = 0; column <= last; column++) {
        const from = next;
        if (column === timeColumn) {
          time = decimals.read(bytes, from, end);
          next = decimals.at;
        } else {
          let id = 0;
          for (; next < end; next++) {
            const byte = bytes[next];
            if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
            if (byte <= space || byte === quote || byte >= 0x7f) break lines;
            id = id * 10 + byte - zero;
            if (byte < zero || byte > zero + 9 || id > 0xffff) id = Number.NaN;
          }
          if (column === unitColumn) {
            // `01` and `1` may be different texts.
            const isPlain = id >= 0 && (next === from + 1 || (next > from && bytes[from] !== zero));
            entry = isPlain ? small[id] : -1;
            if (entry < 0) {
              if (next >= end || next === from) break lines;
              entry = this.#ids.ofText(bytes.toString('latin1', from, next), line);
              if (isPlain) small[id] = entry;
            }
          }
        }
        if (column === last && next < end && bytes[next] === carriageReturn) next++;
        if (next >= end || bytes[next] !== (column === last ? lineFeed : delimiter)) break lines;
        next++;
      }
      if (!Number.isFinite(time) || next - at > maxLine) break;
      times[n] = time;
      entries[n] = entry;
      n++;
      at = next;
      line++;
    }
    this.#n = n;
    this.#cursor.at = at;
    this.#cursor.line = line;
  }
}
