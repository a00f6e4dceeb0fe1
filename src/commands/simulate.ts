import { basename, join, relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { checkOptions } from '../check-options.ts';
import { choice, count, number, optional, type ParamsOf, path, seed } from '../params.ts';
import { Interrupted } from '../pipeline/run.ts';
import { chooseSettings, presetNames } from '../simulation/presets.ts';
import { planSession, type SimulatedSession, simulateBlocks } from '../simulation/session.ts';
import { toSeconds } from '../simulation/ticks.ts';
import { openCellExplorerWriter } from '../sinks/session-cellexplorer.ts';
import {
  openSessionFolder,
  type SessionFolder,
  type SessionWriter,
} from '../sinks/session-folder.ts';
import { openTablesWriter } from '../sinks/session-tables.ts';
import { openTruthWriter } from '../sinks/session-truth.ts';
import { renderSimulation } from './simulate-text.ts';

const params = {
  preset: choice({ of: presetNames, default: 'small', doc: 'What kind of recording.' }),
  seed: seed({ default: 1, doc: 'Another seed, another recording.' }),
  hours: optional(
    number({ min: 0.01, max: 10_000, what: 'hours', doc: 'How long, instead of the preset.' }),
  ),
  units: optional(
    count({ min: 1, max: 20_000, doc: 'Putative pyramidal units of CA1; others in proportion.' }),
  ),
  assemblies: optional(count({ max: 4000, doc: 'How many assemblies are planted.' })),
  format: choice({ of: ['tables', 'cellexplorer'], default: 'tables', doc: 'Files to write.' }),
  out: optional(path({ doc: 'Folder of the recording; out/sim_PRESET_SEED by default.' })),
};
type Settings = ParamsOf<typeof params>;

/** Options as they are typed: numbers as text; `assemblies: false` stands for --no-assemblies. */
export interface SimulateOptions {
  readonly preset?: string;
  readonly seed?: string;
  readonly hours?: string;
  readonly units?: string;
  readonly assemblies?: string | boolean;
  readonly format?: string;
  readonly out?: string;
  readonly overwrite?: boolean;
}

/** `rekindle simulate`: the exit code, or throws what `cli.ts` prints. */
export async function simulateCommand(options: SimulateOptions): Promise<number> {
  const started = performance.now();
  const settings = readOptions(options);
  const { preset, format } = settings;
  const session = planSession(chooseSettings(preset, settings));
  const out = settings.out ?? join('out', `sim_${preset}_${settings.seed}`);
  const folder = await openSessionFolder(resolve(out), { overwrite: options.overwrite === true });
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const counts = await writeSession(session, folder, format, abort.signal);
    await folder.complete();
    const text = renderSimulation(session, {
      folder: relative(process.cwd(), folder.path) || '.',
      format,
      counts,
      files: folder.files(),
      seconds: (performance.now() - started) / 1000,
      peakMemory: process.resourceUsage().maxRSS * 1024,
    });
    process.stdout.write(`${text}\n`);
    return 0;
  } catch (error) {
    await folder.abandon();
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/**
 * Makes the spikes and writes them as they come.
 * @returns spikes of each unit and activations of each assembly
 */
async function writeSession(
  session: SimulatedSession,
  folder: SessionFolder,
  format: Settings['format'],
  signal: AbortSignal,
): Promise<{ spikes: number[]; activations: number[] }> {
  const spikes = session.units.map(() => 0);
  const activations = session.assemblies.map(() => 0);
  const writers: SessionWriter[] = [
    format === 'tables'
      ? await openTablesWriter(session, folder)
      : openCellExplorerWriter(session, folder, basename(folder.path)),
    await openTruthWriter(session, folder),
  ];
  const progress = progressLine(session);
  let pausedAt = performance.now();
  try {
    for (const block of simulateBlocks(session)) {
      // A writer that only gathers never waits for anything: an interruption must find its turn.
      if (performance.now() - pausedAt > 50) {
        await setImmediate();
        pausedAt = performance.now();
      }
      if (signal.aborted) throw new Interrupted();
      for (const unit of block.spikes.units) spikes[unit]++;
      for (const { assembly } of block.activations) activations[assembly - 1]++;
      for (const writer of writers) await writer.block(block);
      progress?.show(block.spikes.end);
    }
  } finally {
    progress?.clear();
  }
  for (const writer of writers) await writer.finish();
  if (signal.aborted) throw new Interrupted();
  return { spikes, activations };
}

/** @throws ConfigError for the first option that is refused */
function readOptions({ overwrite: _, ...typed }: SimulateOptions): Settings {
  const options: Record<string, unknown> = { ...typed };
  if (options.assemblies === false) options.assemblies = 0;
  for (const key of ['seed', 'hours', 'units', 'assemblies']) {
    const value = options[key];
    if (typeof value === 'string' && /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(value)) {
      options[key] = Number(value);
    }
  }
  const { values, problems } = checkOptions(params, options);
  const [problem] = problems;
  if (problem) throw problem.error.at(`option "--${problem.key}"`);
  return values;
}

/** One line on the terminal that is written over; none where stderr is not a terminal. */
function progressLine({ settings }: SimulatedSession) {
  if (!process.stderr.isTTY) return undefined;
  let last = 0;
  const nSeconds = toSeconds(settings.nTicks);
  return {
    show: (done: number): void => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      process.stderr.write(`\r\x1b[K${Math.round((done / nSeconds) * 100)} % simulated`);
    },
    clear: () => process.stderr.write('\r\x1b[K'),
  };
}
