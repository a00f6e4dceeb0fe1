import type { FileWriter, RunFolder } from '../define.ts';
import type { SimulatedSession } from '../simulation/session.ts';
import { statesOf } from '../simulation/states.ts';
import { toSeconds } from '../simulation/ticks.ts';
import type { ColumnSpec } from './parquet-column.ts';
import { createParquetFile } from './parquet-file.ts';
import type { SessionWriter } from './session-folder.ts';

const spikeColumns: readonly ColumnSpec[] = [
  { name: 'unit_id', type: 'int32' },
  { name: 'time', type: 'float64' },
];

/** Nobody recovers a simulation, and the footers of a long recording would be a good part of it. */
const fileOptions = { checkpointRowGroups: 0 };

/**
 * Writes a recording as plain tables: `spikes.parquet` in order of time, and `units`, `epochs`, `states` and `events`
 * as CSV. Tables know no tags: the cell type of a bad unit is `Unclassified`, so that a filter by cell type leaves it
 * out of them as its tag does elsewhere.
 * Memory: one row group of spikes.
 */
export async function openTablesWriter(
  session: SimulatedSession,
  folder: RunFolder,
): Promise<SessionWriter> {
  for (const [name, rows] of tablesOf(session)) await writeCsv(await folder.create(name), rows);
  const { seed, preset } = session.settings;
  const metadata = new Map([['rekindle.simulation', JSON.stringify({ preset, seed })]]);
  const name = 'spikes.parquet';
  const writer = await folder.create(name);
  const spikes = await createParquetFile(writer, spikeColumns, { name, metadata }, fileOptions);
  const ids = Int32Array.from(session.units, ({ id }) => id);
  return {
    block: ({ spikes: { times, units } }) =>
      spikes.write([units.map((unit) => ids[unit]), times], times.length),
    finish: () => spikes.finish(),
  };
}

const pieceLength = 1 << 16;

type Row = readonly (string | number | boolean)[];

function tablesOf(session: SimulatedSession): [string, Iterable<Row>][] {
  return [
    ['units.csv', unitRows(session)],
    ['epochs.csv', epochRows(session)],
    ['states.csv', stateRows(session)],
    ['events.csv', eventRows(session)],
  ];
}

function* unitRows({ units }: SimulatedSession): Generator<Row> {
  yield ['unit_id', 'region', 'cell_type', 'shank', 'bad'];
  for (const { id, region, cellType, shank, isBad } of units) {
    yield [id, region, isBad ? 'Unclassified' : cellType, shank, isBad];
  }
}

function* epochRows({ schedule }: SimulatedSession): Generator<Row> {
  yield ['name', 'start', 'stop', 'environment'];
  for (const { name, start, end, environment } of schedule.epochs) {
    yield [name, toSeconds(start), toSeconds(end), environment];
  }
}

function* stateRows(session: SimulatedSession): Generator<Row> {
  yield ['state', 'start', 'stop'];
  for (const [state, spans] of statesOf(session)) {
    for (const { start, end } of spans) yield [state, start, end];
  }
}

function* eventRows({ schedule }: SimulatedSession): Generator<Row> {
  yield ['name', 'start', 'peak', 'stop'];
  for (const { start, peak, end } of schedule.ripples) {
    yield ['ripples', toSeconds(start), toSeconds(peak), toSeconds(end)];
  }
}

/** Names and labels of a simulated recording need no quotes; numbers are written so that they read back the same. */
async function writeCsv(writer: FileWriter, rows: Iterable<Row>): Promise<void> {
  const encoder = new TextEncoder();
  let text = '';
  for (const row of rows) {
    text += `${row.join(',')}\n`;
    if (text.length < pieceLength) continue;
    await writer.write(encoder.encode(text));
    text = '';
  }
  await writer.write(encoder.encode(text));
  await writer.close();
}
