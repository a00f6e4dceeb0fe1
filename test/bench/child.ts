import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Reading, Work } from './figure.ts';
import { root, scratchFolder } from './paths.ts';

const peak = fileURLToPath(new URL('peak.mjs', import.meta.url));

type CommandWork = Extract<Work, { command: readonly string[] }>;

/** What children are started from. */
export interface Workshop {
  /** Folder of the build that is measured. */
  readonly dist: string;
  /** The script that runs a probe. */
  readonly probeScript: string;
}

/**
 * Does the work once, in a fresh process, and takes what it says of itself. The scratch folder is empty before and
 * removed after.
 */
export async function measure(work: Work, workshop: Workshop): Promise<Reading> {
  rmSync(scratchFolder, { recursive: true, force: true });
  mkdirSync(scratchFolder, { recursive: true });
  try {
    return 'probe' in work ? await runProbe(work, workshop) : await runCommand(work, workshop);
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

async function runProbe(
  { probe, options }: Extract<Work, { probe: string }>,
  { probeScript, dist }: Workshop,
): Promise<Reading> {
  const order = JSON.stringify({ probe, options: { ...options, dist, scratch: scratchFolder } });
  const stdout = await run([probeScript, order]);
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(line) as Reading;
}

async function runCommand(
  { command, pipeline, counts = {} }: CommandWork,
  { dist }: Workshop,
): Promise<Reading> {
  const usageFile = join(scratchFolder, 'usage.json');
  const out = join(scratchFolder, 'run');
  const whole = pipeline ? ['run', writeVariant(pipeline), ...command] : command;
  const args = ['--import', peak, join(dist, 'cli.js'), ...whole, '--out', out];
  const began = performance.now();
  await run(args, { REKINDLE_BENCH_USAGE: usageFile });
  const seconds = (performance.now() - began) / 1000;
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Omit<Reading, 'seconds' | 'counts'>;
  const sizes = readdirSync(out).map((name) => statSync(join(out, name)).size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { seconds, ...usage, counts: { ...counts, bytes } };
}

/** @returns the file of the changed pipeline; its paths are all set by the command */
function writeVariant({ file, nodes }: NonNullable<CommandWork['pipeline']>): string {
  const pipeline = parse(readFileSync(file, 'utf8')) as { nodes: Record<string, object> };
  for (const [id, options] of Object.entries(nodes)) {
    if (options === null) delete pipeline.nodes[id];
    else pipeline.nodes[id] = { ...pipeline.nodes[id], ...options };
  }
  const variant = join(scratchFolder, 'pipeline.yaml');
  writeFileSync(variant, stringify(pipeline));
  return variant;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(stdout);
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? status}:\n${stderr}`));
    });
  });
}
