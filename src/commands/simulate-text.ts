import { formatDuration } from '../model/duration.ts';
import type { SimulatedSession } from '../simulation/session.ts';
import { toSeconds } from '../simulation/ticks.ts';
import { pyramidalUnits } from '../simulation/units.ts';

/** How a simulation went. */
export interface SimulationOutcome {
  readonly folder: string;
  readonly format: string;
  /** Spikes of each unit and activations of each assembly. */
  readonly counts: { readonly spikes: readonly number[]; readonly activations: readonly number[] };
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly seconds: number;
  readonly peakMemory: number;
}

/** What was simulated, for people, and what to do with it next. */
export function renderSimulation(session: SimulatedSession, outcome: SimulationOutcome): string {
  const { settings, schedule, units, assemblies } = session;
  const { folder, format, counts, files, seconds, peakMemory } = outcome;
  const lines: string[] = [''];
  const row = (label: string, text: string): void => {
    lines.push(`${label.padEnd(12)}${text}`);
  };
  const duration = formatDuration(toSeconds(settings.nTicks));
  row('recording', `${duration}, preset ${settings.preset}, seed ${settings.seed}`);
  for (const { name, environment, start, end } of schedule.epochs) {
    row('', `${name} (${environment}): ${toSeconds(start)} to ${toSeconds(end)} s`);
  }
  row('ripples', `${grouped(schedule.ripples.length)}`);

  const kept = pyramidalUnits(units, 'CA1').reduce((sum, unit) => sum + counts.spikes[unit], 0);
  row('units', `${units.length}, ${grouped(sum(counts.spikes))} spikes`);
  for (const [kind, n] of tally(units.map(describeUnit)))
    row('', `${String(n).padStart(4)}  ${kind}`);
  row('', `${grouped(kept)} spikes of CA1 pyramidal cells`);
  row(
    'assemblies',
    assemblies.length === 0
      ? 'none planted'
      : `${assemblies.length} planted, ${grouped(sum(counts.activations))} activations`,
  );
  for (const [kind, n] of tally(assemblies.map(({ kind }) => kind))) {
    row('', `${String(n).padStart(4)}  ${kind}`);
  }
  const bytes = sum(files.map((file) => file.bytes));
  row('files', `${folder} (${files.length} files, ${megabytes(bytes)} MB)`);
  for (const { name } of files) row('', `      ${name}`);
  row('time', `${seconds.toFixed(2)} s; peak memory ${megabytes(peakMemory)} MB`);
  row('next', nextCommand(folder, format));
  return lines.join('\n');
}

function nextCommand(folder: string, format: string): string {
  const quoted = /[^\w./\\:-]/.test(folder) ? `"${folder}"` : folder;
  const pipeline = format === 'cellexplorer' ? 'reactivation' : 'reactivation-tables';
  return `npx rekindle run pipelines/${pipeline}.yaml --set session=${quoted}`;
}

function describeUnit({ region, cellType, isBad }: SimulatedSession['units'][number]): string {
  return `${region} ${cellType}${isBad ? ', tagged bad' : ''}`;
}

function tally(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function grouped(n: number): string {
  return n.toLocaleString('en');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
}
