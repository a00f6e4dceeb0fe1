import type { FileWriter, RunFolder } from '../define.ts';
import { type RecordingRows, rowKinds } from '../model/recording-rows.ts';
import type { Unit } from '../model/units.ts';
import type { ColumnSpec } from './parquet-column.ts';
import { createParquetFile, type ParquetFile } from './parquet-file.ts';

const spikeColumns: readonly ColumnSpec[] = [
  { name: 'unit_id', type: 'int32' },
  { name: 'time', type: 'float64' },
];

/** What was recorded, when it is written. */
export interface RecordedPart {
  readonly folder: string;
  readonly nSpikes: number;
  readonly nLate: number;
  readonly nEvents: number;
  /** The runs of consecutive time, in seconds. */
  readonly runs: readonly { readonly start: number; readonly end: number }[];
}

export interface RecordingWriter {
  /** Adds rows of a recording's journal. */
  readonly write: (rows: RecordingRows) => Promise<void>;
  readonly finish: () => Promise<readonly RecordedPart[]>;
}

interface Part {
  readonly folder: string;
  readonly spikes: ParquetFile;
  late: ParquetFile | undefined;
  nSpikes: number;
  nLate: number;
  readonly runs: { start: number; end: number }[];
  readonly events: { name: string; start: number; stop: number }[];
}

/**
 * Writes what a live run saw as a folder of tables, `recording`, that can be run again: spikes in the order of time,
 * units, and the runs of consecutive time, as epochs `run1` and on and as the state `LIVE`: a pipeline that keeps that
 * state bins each run from its own start, as the live run did. Lines that went up and down are events, `ttl1` and on,
 * those without a line are `triggers`. Spikes that came too late are in the table
 * `late`, beside the others. Each time the clock began again the tables go on in another folder, `recording-2` and on,
 * for times mean something else in it.
 * Memory: a row group of spikes; 24 bytes per event and run.
 */
export function createRecordingWriter(
  folder: RunFolder,
  units: readonly Unit[],
  metadata: ReadonlyMap<string, string>,
): RecordingWriter {
  const parts: Part[] = [];
  const open = async (): Promise<Part> => {
    const name = parts.length === 0 ? 'recording' : `recording-${parts.length + 1}`;
    const spikes = await createSpikeFile(`${name}/spikes.parquet`);
    const counts = { nSpikes: 0, nLate: 0 };
    const part: Part = { folder: name, spikes, late: undefined, ...counts, runs: [], events: [] };
    parts.push(part);
    return part;
  };
  const createSpikeFile = async (name: string) =>
    createParquetFile(await folder.create(name), spikeColumns, { name, metadata });

  const write = async ({ kinds, times, units: ids }: RecordingRows): Promise<void> => {
    for (let i = 0; i < kinds.length; ) {
      let end = i + 1;
      while (end < kinds.length && kinds[end] === kinds[i]) end++;
      const slice = [ids.subarray(i, end), times.subarray(i, end)] as const;
      await writeSame(kinds[i], slice);
      i = end;
    }
  };
  const writeSame = async (
    kind: number,
    [ids, times]: readonly [Int32Array, Float64Array],
  ): Promise<void> => {
    if (kind === rowKinds.begin) {
      for (const start of times) {
        const last = parts.at(-1);
        const isAgain = last !== undefined && start < (last.runs.at(-1)?.end ?? start);
        const part = last === undefined || isAgain ? await open() : last;
        part.runs.push({ start, end: start });
      }
      return;
    }
    const part = parts.at(-1) ?? (await open());
    const run = part.runs.at(-1);
    if (kind === rowKinds.until && run) run.end = times[times.length - 1];
    else if (kind === rowKinds.spike) {
      part.nSpikes += times.length;
      await part.spikes.write([ids, times], times.length);
    } else if (kind === rowKinds.late) {
      part.late ??= await createSpikeFile(`${part.folder}/late.parquet`);
      part.nLate += times.length;
      await part.late.write([ids, times], times.length);
    } else addLines(part, kind, ids, times);
  };

  const finish = async (): Promise<RecordedPart[]> => {
    const written: RecordedPart[] = [];
    for (const part of parts) {
      await part.spikes.finish();
      await part.late?.finish();
      const { folder: name, nSpikes, nLate, runs, events } = part;
      const create = (table: string) => folder.create(`${name}/${table}.csv`);
      await writeCsv(await create('units'), unitRows(units));
      const epochs = runs.map(({ start, end }, i) => [`run${i + 1}`, start, end, 'live']);
      await writeCsv(await create('epochs'), [['name', 'start', 'stop', 'environment'], ...epochs]);
      const states = runs.map(({ start, end }) => ['LIVE', start, end]);
      await writeCsv(await create('states'), [['state', 'start', 'stop'], ...states]);
      const rows = events.map(({ name, start, stop }) => [name, start, '', orNothing(stop)]);
      await writeCsv(await create('events'), [['name', 'start', 'peak', 'stop'], ...rows]);
      written.push({ folder: name, nSpikes, nLate, nEvents: events.length, runs });
    }
    return written;
  };
  return { write, finish };
}

function addLines({ events }: Part, kind: number, lines: Int32Array, times: Float64Array): void {
  for (let i = 0; i < times.length; i++) {
    const name = lines[i] > 0 ? `ttl${lines[i]}` : 'triggers';
    if (kind === rowKinds.lineOn) {
      events.push({ name, start: times[i], stop: Number.NaN });
      continue;
    }
    const open = events.findLast((event) => event.name === name);
    if (open && Number.isNaN(open.stop)) open.stop = times[i];
  }
}

function orNothing(value: number): number | string {
  return Number.isNaN(value) ? '' : value;
}

type Row = readonly (string | number)[];

function unitRows(units: readonly Unit[]): Row[] {
  const rows = units.map(({ id, region, cellType }) => [id, region, cellType]);
  return [['unit_id', 'region', 'cell_type'], ...rows];
}

async function writeCsv(writer: FileWriter, rows: readonly Row[]): Promise<void> {
  const lines = rows.map((row) => row.map((cell) => quoted(String(cell))).join(','));
  await writer.write(new TextEncoder().encode(`${lines.join('\n')}\n`));
  await writer.close();
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
