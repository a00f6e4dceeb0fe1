import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { InputError } from '../errors.ts';
import type { Span, SpikeChunk } from '../model/chunk.ts';
import type { Epoch, Epochs } from '../model/epochs.ts';
import type { Events } from '../model/events.ts';
import { type Report, silent } from '../model/report.ts';
import type { UnitTable } from '../model/units.ts';
import {
  check,
  choice,
  count,
  type OptionsOf,
  optional,
  type ParamsOf,
  path,
  tuning,
} from '../params.ts';
import { assembleEpochs, checkDuration } from './session-epochs.ts';
import { chunkSeconds, roleParams, unitParams } from './session-params.ts';
import { chooseEvents } from './tables/event-outputs.ts';
import { findTables, type TableFiles, tablesOf } from './tables/folder.ts';
import {
  countWithin,
  keptSpikes,
  type ScannedSpikes,
  scanSpikes,
  spanOfSpikes,
  toSource,
} from './tables/scan-spikes.ts';
import { readEpochs, readEvents, readStates } from './tables/session-tables.ts';
import { openSpikeStream } from './tables/spike-stream.ts';
import { readUnits, tabulateUnits } from './tables/units-table.ts';
import { tellNoUnits } from './unit-filter.ts';

const params = {
  path: path({ doc: 'Folder of the tables, each a CSV or a Parquet file.' }),
  ...unitParams,
  support: choice({
    of: ['session', 'spikes'],
    default: 'session',
    doc: 'Span of the spikes: from the first epoch to the last, or from the first kept spike to the last.',
  }),
  ...roleParams,
  chunkSeconds,
  mergeMemory: tuning(
    count({
      min: 1 << 16,
      default: 256e6,
      what: 'a number of bytes',
      doc: 'Memory to sort spikes in that are not in the order of time; more of them go through a scratch file.',
    }),
  ),
  scratch: tuning(
    optional(path({ doc: "Folder for the scratch file; the system's own by default." })),
  ),
};
export type TablesOptions = OptionsOf<typeof params> & { readonly path: string };
type Settings = ParamsOf<typeof params>;

/** An opened folder of tables. */
export interface TablesSession extends OpenSource {
  /** Further event sets stand beside these, each under its name. */
  readonly values: Readonly<Record<string, UnitTable | Epochs | Events>> & {
    readonly units: UnitTable;
    readonly epochs: Epochs;
    readonly ripples: Events;
  };
  readonly streams: { readonly spikes: () => AsyncIterable<SpikeChunk> };
  readonly span: Span;
  readonly close: () => Promise<void>;
}

/**
 * Opens a folder of tables, each a CSV file with a header or a Parquet file: `spikes` (unit_id, time), and where they are
 * there `units` (unit_id, region, cell_type and attributes), `epochs` (name, start, stop, environment), `states` (state,
 * start, stop) and `events` (name, start, peak, stop), of which each name is a set and an output. Times are in seconds,
 * columns in any order. Without `units` the units are the ids of the spikes in ascending order; without `epochs` there is
 * one epoch, `all`, from the first spike to just behind the last one. Ids that are texts become labels and the ids count
 * from 1, in the order of `units` or, without it, of the texts with the numbers in them ascending.
 *
 * The spikes are read once here, to be checked and counted, and again for each stream. `support: spikes` spans the kept
 * spikes and ends with the next number above the last of them.
 * Memory: a file in the order of time, a few blocks and one chunk; any other, `mergeMemory` (see `openSpikeStream`). A
 * Parquet file, besides, the two columns of one of its row groups.
 * @throws InputError when a table is missing, cannot be read, or holds what cannot be understood: file, line and column
 * @throws ConfigError when an option is out of range, or an event set is wanted that there is not
 */
export async function openTables(
  options: TablesOptions,
  context: Partial<SourceContext> = {},
): Promise<TablesSession> {
  const settings = check(params, options);
  const { report = silent, signal, wanted } = context;
  const files = await findTables(settings.path);
  const reading = { report, signal };
  tellMissing(files, settings, report);
  const listed = files.units && (await readUnits(files.units, settings, reading));
  const recorded = files.epochs && (await readEpochs(files.epochs, reading));
  const states = files.states && (await readStates(files.states, reading));
  const sets = files.events && (await readEvents(files.events, reading));
  const where = files.events?.path ?? files.folder;
  const events = chooseEvents(sets?.value ?? new Map(), wanted, where, report);
  const assemble = (found: readonly Epoch[]): Epochs => {
    const { path } = files.epochs ?? files.spikes;
    return assembleEpochs(found, states?.value ?? new Map(), path, settings, report);
  };

  const listedEpochs = recorded && assemble(recorded.value);
  const expected = settings.support === 'session' ? listedEpochs?.domain : undefined;
  const spikes = await scanSpikes(files.spikes, listed, expected ?? forever, reading);
  const epochs = listedEpochs ?? assemble([wholeRecording(spikes)]);
  const span = settings.support === 'session' ? epochs.domain : spanOfKept(spikes);
  checkDuration(span, files.spikes.path, settings.chunkSeconds);
  const nSpikes = await countWithin(spikes, span, reading);
  const units = tabulateUnits(spikes.listed.units, nSpikes);
  if (units.kept.length === 0) tellNoUnits(files.folder, spikes.listed.units, report);
  tellOutside(spikes, units, report);
  const stream = openSpikeStream(toSource(spikes, units, span), settings, reading);
  const read = [listed, recorded, states, sets].filter((table) => table !== undefined);
  return {
    values: { ...events, units, epochs },
    streams: { spikes: stream.chunks },
    digests: [spikes, ...read].map(({ digest }) => digest),
    paths: tablesOf(files).map(({ path }) => path),
    span,
    close: stream.close,
  };
}

const forever = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

function tellMissing(files: TableFiles, settings: Settings, report: Report): void {
  const filter = settings.brainRegion ? 'brainRegion' : settings.cellType ? 'cellType' : undefined;
  if (files.units === undefined && filter !== undefined) {
    throw new InputError({
      code: 'TABLE_MISSING',
      where: files.folder,
      found: 'neither units.csv nor units.parquet',
      expected: `a table of units, for ${filter} chooses among them`,
      hint: `leave ${filter} out to keep all units, or add units.csv with unit_id, region and cell_type`,
    });
  }
  const tell = (table: string, consequence: string) => {
    const message = `there is no table of ${table}: ${consequence}`;
    report({ level: 'info', code: 'TABLE_MISSING', message });
  };
  if (!files.units) tell('units', 'the units are the ids of the spikes');
  if (!files.epochs) tell('epochs', 'all spikes are one epoch, "all"');
  if (!files.states) tell('states', 'no states');
}

function wholeRecording(spikes: ScannedSpikes): Epoch {
  const span = spanOfSpikes(spikes, 'all');
  if (span) return { ...span, name: 'all', environment: '' };
  throw new InputError({
    code: 'NO_SPIKES',
    where: spikes.file.path,
    found: 'no spikes, and no table of epochs',
    expected: 'one of them, to say how long the recording is',
  });
}

function spanOfKept(spikes: ScannedSpikes): Span {
  const span = spanOfSpikes(spikes, 'kept');
  if (span) return span;
  throw new InputError({
    code: 'NO_SPIKES',
    where: spikes.file.path,
    found: 'no spikes of the units kept',
    expected: 'at least one, for support "spikes"',
    hint: 'support: session needs none',
  });
}

function tellOutside(spikes: ScannedSpikes, { kept }: UnitTable, report: Report): void {
  const nSpikes = keptSpikes(spikes);
  const nInside = kept.reduce((sum, unit) => sum + unit.nSpikes, 0);
  const nOutside = nSpikes - nInside;
  if (nOutside === 0) return;
  const isAll = nInside === 0;
  const message = isAll
    ? `all ${nSpikes} spikes lie outside of the epochs and are left out; times are in seconds`
    : `${nOutside} spikes lie outside of the session's epochs and are left out`;
  const level = isAll ? 'warning' : 'info';
  report({ level, code: 'SPIKES_OUTSIDE', message, data: { nSpikes: nOutside } });
}

export const tablesNode = defineSource({
  op: 'tables',
  summary: 'Reads a folder of CSV or Parquet tables: spikes, units, epochs, states and events.',
  outputs: { spikes: 'spikes', units: 'units', epochs: 'epochs', ripples: 'events' },
  otherOutputs: 'events',
  params,
  recognizes: (names) => names.some((name) => /^spikes\.(csv|parquet)$/.test(name)),
  open: (options, context) => openTables(options, context),
});
