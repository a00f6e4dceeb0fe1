import { readdir } from 'node:fs/promises';
import { checkOptions } from '../check-options.ts';
import type { OpenSource, SourceNode } from '../define.ts';
import { ConfigError, InputError, show } from '../errors.ts';
import { formatDuration } from '../model/duration.ts';
import { totalDuration } from '../model/epochs.ts';
import type { Note } from '../model/report.ts';
import { builtins } from '../registry.ts';

export interface InspectOptions {
  readonly brainRegion?: string;
  readonly cellType?: string;
  readonly json?: true;
}

type Inspection = ReturnType<typeof inspect>;

/**
 * `rekindle inspect SESSION`: what a recording holds, as text or JSON.
 * @throws InputError for a folder that is no recording of a known format
 */
export async function inspectCommand(path: string, options: InspectOptions): Promise<number> {
  const folder = path.replaceAll('\\', '/');
  const source = await recognize(folder);
  const { values, problems } = checkOptions(source.params, {
    path: folder,
    ...(options.brainRegion === undefined ? {} : { brainRegion: options.brainRegion }),
    ...(options.cellType === undefined ? {} : { cellType: options.cellType }),
  });
  const [problem] = problems;
  if (problem) throw problem.error.at(`option "${problem.key}"`);
  const notes: Note[] = [];
  const report = (note: Note): void => {
    notes.push(note);
  };
  const { signal } = new AbortController();
  const opened = await source.open(values, { wanted: new Set(['ripples']), report, signal });
  try {
    const found = inspect(folder, source.op, opened, notes);
    process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : render(found));
  } finally {
    await opened.close?.();
  }
  return 0;
}

async function recognize(folder: string): Promise<SourceNode> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new InputError({
      code: 'FOLDER_UNREADABLE',
      where: folder,
      found: code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'a file' : String(cause),
      expected: 'the folder of a recording',
      cause,
    });
  }
  const source = builtins.sources.find((candidate) => candidate.recognizes?.(names));
  if (source) return source;
  throw new InputError({
    code: 'NOT_A_RECORDING',
    where: folder,
    found:
      names.length === 0 ? 'an empty folder' : `${names.length} files: ${show(names.slice(0, 4))}`,
    expected: 'a CellExplorer session (NAME.session.mat ...) or tables (spikes.csv ...)',
  });
}

function inspect(folder: string, format: string, opened: OpenSource, notes: readonly Note[]) {
  const values = Object.values(opened.values);
  const units = values.find((value) => value.kind === 'units');
  const epochs = values.find((value) => value.kind === 'epochs');
  if (units?.kind !== 'units' || epochs?.kind !== 'epochs') {
    throw new ConfigError({
      code: 'NOT_A_RECORDING',
      where: folder,
      found: `the format ${format}`,
    });
  }
  const { domain } = epochs;
  const roleOf = (index: number): string =>
    Object.entries(epochs.roles ?? {}).find(([, at]) => at === index)?.[0] ?? '';
  return {
    folder,
    format,
    duration: duration(domain.end - domain.start),
    units: {
      kept: tally(units.kept.map(({ region, cellType }) => [region, cellType])),
      excluded: tally(
        units.excluded.map(({ unit, reason }) => [unit.region, unit.cellType, reason]),
      ),
      nKept: units.kept.length,
      nExcluded: units.excluded.length,
      nSpikes: units.kept.reduce((sum, { nSpikes }) => sum + nSpikes, 0),
    },
    epochs: epochs.epochs.map(({ name, environment, start, end }, index) => ({
      name,
      environment,
      role: roleOf(index),
      start,
      stop: end,
      duration: duration(end - start),
    })),
    nRecordedEpochs: epochs.recorded.length,
    states: [...epochs.states].map(([name, spans]) => ({
      name,
      n: spans.length,
      duration: duration(totalDuration(spans)),
    })),
    events: values.flatMap((value) =>
      value.kind === 'events'
        ? [
            {
              name: value.name,
              n: value.starts.length,
              duration: duration(
                totalDuration(
                  Array.from(value.starts, (start, i) => ({
                    start,
                    end: value.stops[i] ?? start,
                  })).filter(({ end }) => !Number.isNaN(end)),
                ),
              ),
            },
          ]
        : [],
    ),
    notes,
  };
}

function duration(seconds: number): { seconds: number; text: string } {
  return { seconds, text: formatDuration(seconds) };
}

/** How many times each row occurs, most frequent first. */
function tally(rows: readonly (readonly string[])[]) {
  const counts = new Map<string, { what: readonly string[]; n: number }>();
  for (const what of rows) {
    const key = JSON.stringify(what);
    counts.set(key, { what, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.n - a.n);
}

function render({
  folder,
  format,
  duration: length,
  units,
  epochs,
  states,
  events,
  notes,
  nRecordedEpochs,
}: Inspection): string {
  const lines = [`${folder} (${format}), ${length.text}`, ''];
  const row = (n: number, text: string): void => {
    lines.push(`${n.toLocaleString('en').padStart(8)}  ${text}`);
  };
  lines.push(`units: ${units.nKept} kept with ${units.nSpikes.toLocaleString('en')} spikes`);
  for (const { what, n } of units.kept) row(n, what.map((part) => part || '(unknown)').join(', '));
  if (units.nExcluded > 0) lines.push(`left out: ${units.nExcluded}`);
  for (const { what, n } of units.excluded) {
    const [region, cellType, reason] = what;
    row(n, `${region || '(unknown)'}, ${cellType || '(unknown)'}: ${reason}`);
  }
  const merged = nRecordedEpochs > epochs.length ? `, ${nRecordedEpochs} as recorded` : '';
  lines.push('', `epochs: ${epochs.length}${merged}`);
  epochs.forEach(({ name, environment, role, start, stop, duration: span }, index) => {
    const what = [environment, role].filter(Boolean).join(', ');
    const times = `${Number(start.toFixed(4))} to ${Number(stop.toFixed(4))} s`;
    lines.push(
      `${`[${index}]`.padStart(8)}  ${name}${what ? ` (${what})` : ''}  ${times}  ${span.text}`,
    );
  });
  lines.push('', `states: ${states.length}`);
  for (const { name, n, duration: span } of states) row(n, `${name}  ${span.text}`);
  lines.push('', 'events');
  for (const { name, n, duration: span } of events) row(n, `${name}  ${span.text}`);
  const told = notes.map(
    ({ level, message }) => `${level === 'info' ? 'note' : level}: ${message}`,
  );
  if (told.length > 0) lines.push('', ...told);
  return `${lines.join('\n')}\n`;
}
