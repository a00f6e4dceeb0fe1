import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './paths.ts';

/** A simulated recording, and whether it is wanted in memory-ready form too. */
export interface DataSpec {
  readonly format: 'cellexplorer' | 'tables';
  readonly preset: 'small' | 'medium' | 'full';
  readonly hours?: number;
  readonly units?: number;
  readonly assemblies?: number;
  /** Spikes as arrays, patterns and activation, made once by the build that is measured. */
  readonly isReady?: true;
}

/** Changes when what is made of the same options does. */
const version = 1;

/** The folder of a recording; its name says the options. */
export function sessionFolder({ format, preset, hours, units, assemblies }: DataSpec): string {
  const parts = [
    preset,
    hours && `${hours}h`,
    units && `${units}u`,
    assemblies && `${assemblies}a`,
  ];
  return join(benchFolder, 'data', [...parts.filter(Boolean), format].join('-'));
}

/** Where what is ready of a recording lies. */
export function readyFolder(spec: DataSpec): string {
  return `${sessionFolder(spec)}.ready`;
}

/** Makes the recordings that are not there yet, or were made from other options or by another simulation. */
export function makeSessions(specs: readonly DataSpec[], dist: string): void {
  for (const spec of specs) {
    const folder = sessionFolder(spec);
    const stamp = JSON.stringify({ version, ...optionsOf(spec), simulation: digestOf(dist) });
    if (isStamped(folder, stamp)) continue;
    process.stderr.write(`simulating ${folder} ...\n`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(benchFolder, 'data'), { recursive: true });
    const args = Object.entries(optionsOf(spec)).flatMap(([key, value]) => [
      `--${key}`,
      `${value}`,
    ]);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(dist, 'cli.js'), 'simulate', ...args, '--out', folder],
      { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`simulate ${args.join(' ')} failed: ${stderr}`);
    writeStamp(folder, stamp);
  }
}

export function isStamped(folder: string, stamp: string): boolean {
  const file = `${folder}.json`;
  return existsSync(folder) && existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

export function writeStamp(folder: string, stamp: string): void {
  writeFileSync(`${folder}.json`, stamp);
}

function optionsOf({ format, preset, hours, units, assemblies }: DataSpec) {
  return {
    preset,
    format,
    ...(hours !== undefined ? { hours } : {}),
    ...(units !== undefined ? { units } : {}),
    ...(assemblies !== undefined ? { assemblies } : {}),
  };
}

/** Of all code that decides what a simulated recording holds. */
function digestOf(dist: string): string {
  const hash = createHash('sha256');
  const folder = join(dist, 'simulation');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.js')) hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}
