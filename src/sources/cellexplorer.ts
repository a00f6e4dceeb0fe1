import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { InputError } from '../errors.ts';
import type { Span } from '../model/chunk.ts';
import type { Epochs, Intervals } from '../model/epochs.ts';
import type { Events } from '../model/events.ts';
import { type Report, silent } from '../model/report.ts';
import { createSpikeTrains, spikeChunks } from '../model/spike-trains.ts';
import type { UnitTable } from '../model/units.ts';
import {
  check,
  choice,
  count,
  flag,
  type OptionsOf,
  type ParamsOf,
  path,
  tuning,
} from '../params.ts';
import { findSession, readSessionFile, type SessionFiles } from './cellexplorer-files.ts';
import { noRipples, readRipples, rippleFields } from './cellexplorer-ripples.ts';
import { readEpochs, readSamplingRate, readStates, sessionFields } from './cellexplorer-session.ts';
import {
  type MeasuredUnit,
  metricsFields,
  readUnits,
  tabulateUnits,
} from './cellexplorer-units.ts';
import { defaultMaxBytes } from './mat/read-mat.ts';
import { assembleEpochs, checkDuration } from './session-epochs.ts';
import { chunkSeconds, roleParams, unitParams } from './session-params.ts';

const params = {
  path: path({ doc: 'Folder of the session.' }),
  ...unitParams,
  excludeBad: flag({ default: true, doc: 'Leave out units tagged Bad.' }),
  manualEvents: flag({ default: true, doc: 'Use ripples that were added by hand.' }),
  support: choice({
    of: ['session', 'spikes'],
    default: 'session',
    doc: 'Span of the spikes: from the first epoch to the last, or from the first kept spike to the last.',
  }),
  ...roleParams,
  chunkSeconds,
  maxBytes: tuning(
    count({ min: 1, default: defaultMaxBytes, doc: 'Most bytes that a file may inflate to.' }),
  ),
};
export type CellExplorerOptions = OptionsOf<typeof params> & { readonly path: string };

/** An opened CellExplorer session. */
export interface CellExplorerSession extends OpenSource {
  readonly values: {
    readonly units: UnitTable;
    readonly epochs: Epochs;
    readonly ripples: Events;
  };
  readonly streams: { readonly spikes: () => ReturnType<typeof spikeChunks> };
  readonly span: Span;
}

/**
 * Opens a CellExplorer session: spikes of the units that pass the filters, units, epochs with states, and ripples,
 * from its files `session`, `cell_metrics.cellinfo`, `SleepState.states` and `ripples.events`. The last two may be
 * missing: then there are no states and no ripples, and a warning.
 * Memory: 12 bytes per kept spike, and 8 more per spike of the file while it is opened.
 * @throws InputError when a file is missing, cannot be read, or holds what cannot be understood
 * @throws ConfigError when an option is out of range, or a pattern is not understood
 */
export async function openCellExplorer(
  options: CellExplorerOptions,
  context: Partial<SourceContext> = {},
): Promise<CellExplorerSession> {
  const settings = check(params, options);
  const { report = silent, signal } = context;
  const files = await findSession(settings.path, report);
  const limits = { maxBytes: settings.maxBytes, ...(signal ? { signal } : {}) };

  const session = required(
    await readSessionFile(files, 'session.mat', {
      ...limits,
      variable: 'session',
      fields: sessionFields,
    }),
    files,
    'session.mat',
  );
  const recorded = readEpochs(session);
  const rate = readSamplingRate(session);

  const metrics = required(
    await readSessionFile(files, 'cell_metrics.cellinfo.mat', {
      ...limits,
      variable: 'cell_metrics',
      fields: metricsFields,
    }),
    files,
    'cell_metrics.cellinfo.mat',
  );
  const measured = readUnits(metrics, settings, report);

  const ripplesFile = await readSessionFile(files, 'ripples.events.mat', {
    ...limits,
    variable: 'ripples',
    fields: rippleFields,
  });
  if (ripplesFile === undefined) warnMissing(files, 'ripples.events.mat', 'no ripples', report);
  const ripples = ripplesFile ? readRipples(ripplesFile, settings, report) : noRipples;

  const statesFile = await readSessionFile(files, 'SleepState.states.mat', {
    ...limits,
    variable: 'SleepState',
    fields: ['ints'],
  });
  if (statesFile === undefined) warnMissing(files, 'SleepState.states.mat', 'no states', report);
  const states = statesFile ? readStates(statesFile) : new Map<string, Intervals>();

  const epochs = assembleEpochs(recorded, states, `${session.where}.epochs`, settings, report);
  const span = chooseSpan(measured, epochs.domain, rate, session.where, settings);
  checkDuration(span, session.where, settings.chunkSeconds);
  const units = tabulateUnits(measured, span);
  const kept = measured.filter(({ reason }) => reason === undefined).map(({ train }) => train);
  const trains = createSpikeTrains(kept, span, SharedArrayBuffer);
  const nOutside = kept.reduce((sum, { length }) => sum + length, 0) - trains.times.length;
  if (nOutside > 0) {
    const message = `${nOutside} spikes lie outside of the session's epochs and are left out`;
    report({ level: 'info', code: 'SPIKES_OUTSIDE', message, data: { nSpikes: nOutside } });
  }
  const read = [session, metrics, ripplesFile, statesFile].filter((file) => file !== undefined);
  return {
    values: { units, epochs, ripples },
    streams: { spikes: () => spikeChunks(trains, settings.chunkSeconds) },
    digests: read.map(({ digest }) => digest),
    paths: read.map(({ path }) => path),
    span,
  };
}

/**
 * Where the stream of spikes starts and ends.
 * Source of 'spikes': nelpy's support of spike trains that are given none.
 */
function chooseSpan(
  measured: readonly MeasuredUnit[],
  domain: Span,
  rate: number | undefined,
  where: string,
  { support }: ParamsOf<typeof params>,
): Span {
  if (support === 'session') return domain;
  if (rate === undefined) {
    throw new InputError({
      code: 'FIELD_MISSING',
      where: `${where}.extracellular.sr`,
      found: 'no sampling rate',
      expected: 'one, for support "spikes" ends one sample after the last spike',
      hint: 'support: session needs none',
    });
  }
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { train, reason } of measured) {
    if (reason !== undefined || train.length === 0) continue;
    start = Math.min(start, train[0]);
    end = Math.max(end, train[train.length - 1]);
  }
  if (start <= end) return { start, end: end + 1 / rate };
  throw new InputError({
    code: 'NO_SPIKES',
    where,
    found: 'no spikes of the units kept',
    expected: 'at least one, for support "spikes"',
    hint: 'support: session needs none',
  });
}

function required<T>(file: T | undefined, { folder, basename }: SessionFiles, suffix: string): T {
  if (file !== undefined) return file;
  throw new InputError({
    code: 'FILE_MISSING',
    where: folder,
    found: `no file ${basename}.${suffix}`,
    expected: 'this file, which CellExplorer writes',
  });
}

function warnMissing(
  { basename }: SessionFiles,
  suffix: string,
  consequence: string,
  report: Report,
): void {
  const message = `there is no file ${basename}.${suffix}: ${consequence}`;
  report({ level: 'warning', code: 'FILE_MISSING', message });
}

export const cellexplorerNode = defineSource({
  op: 'cellexplorer',
  summary: 'Reads a CellExplorer session: spikes, units, epochs with brain states, and ripples.',
  outputs: { spikes: 'spikes', units: 'units', epochs: 'epochs', ripples: 'events' },
  params,
  recognizes: (names) => names.some((name) => name.endsWith('.session.mat')),
  open: (options, context) => openCellExplorer(options, context),
});
