import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadSessions } from './mat-bases.ts';
import { type Finding, runBlock, type Tally } from './pool.ts';
import { type TargetName, targetNames } from './targets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const progressFile = join(root, 'out', 'fuzz', 'progress.json');
const blockSize = 1000;

interface Settings {
  readonly names: readonly TargetName[];
  readonly from: number | undefined;
  readonly count: number | undefined;
  readonly jobs: number;
  readonly isJson: boolean;
}

const usualCounts: Readonly<Record<TargetName, number>> = {
  pipelines: 10_000,
  mat: 10_000,
  tables: 10_000,
  moments: 2_000,
  rigs: 10_000,
  lines: 5_000,
};

/** What is known of one target: where the next run goes on, and what was found. */
interface Progress {
  next: number;
  failures: Finding[];
}

export async function main(args: readonly string[]): Promise<number> {
  const settings = readArgs(args);
  const progress = await readProgress();
  const tallies: Tally[] = [];
  for (const name of settings.names) {
    if (name === 'mat') tellMissing();
    tallies.push(await runTarget(name, settings, progress));
  }
  const failures = tallies.flatMap((tally) => tally.failures);
  if (settings.isJson) process.stdout.write(`${JSON.stringify(tallies)}\n`);
  return failures.length > 0 ? 1 : 0;
}

function tellMissing(): void {
  const { missing } = loadSessions();
  if (missing !== undefined) process.stderr.write(`mat: ${missing}; the others are used\n`);
}

function readArgs(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true },
      from: { type: 'string' },
      count: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
    },
  });
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const names = (values.target ?? targetNames).flatMap((name) => name.split(','));
  const unknown = names.find((name) => !targetNames.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`no target ${unknown}: ${targetNames.join(', ')}`);
  return {
    names: names as TargetName[],
    from: number(values.from),
    count: number(values.count),
    jobs: Number(values.jobs),
    isJson: values.json,
  };
}

async function runTarget(
  name: TargetName,
  settings: Settings,
  progress: Record<string, Progress>,
): Promise<Tally> {
  const known = progress[name] ?? { next: 1, failures: [] };
  const isResumed = settings.from === undefined;
  const from = settings.from ?? known.next;
  const to = from + (settings.count ?? usualCounts[name]);
  const tally: Tally = { name, nCases: 0, outcomes: {}, slowest: { seed: 0, ms: 0 }, failures: [] };
  const began = performance.now();
  const blocks: number[] = [];
  for (let start = from; start < to; start += blockSize) blocks.push(start);
  const done = new Set<number>();
  const work = async (job: number): Promise<void> => {
    for (let start = blocks.shift(); start !== undefined; start = blocks.shift()) {
      await runBlock({ name, from: start, to: Math.min(to, start + blockSize), job, root }, tally);
      done.add(start);
      if (!isResumed) continue;
      while (done.has(known.next)) known.next = Math.min(to, known.next + blockSize);
      known.failures.push(...tally.failures.filter((found) => !known.failures.includes(found)));
      progress[name] = known;
      await writeProgress(progress);
      if (!settings.isJson) print(tally, began, true);
    }
  };
  await Promise.all(Array.from({ length: settings.jobs }, (_, job) => work(job)));
  if (!settings.isJson) print(tally, began, false);
  return tally;
}

function print(tally: Tally, began: number, isUnderWay: boolean): void {
  const seconds = (performance.now() - began) / 1000;
  const rate = (tally.nCases / seconds).toFixed(1);
  const { name, nCases, failures, slowest } = tally;
  process.stdout.write(`${name}: ${nCases} cases, ${rate} a second, ${failures.length} failures\n`);
  if (isUnderWay) return;
  process.stdout.write(`  slowest: seed ${slowest.seed}, ${slowest.ms} ms\n`);
  const outcomes = Object.entries(tally.outcomes).sort(([, a], [, b]) => b - a);
  for (const [outcome, n] of outcomes)
    process.stdout.write(`  ${String(n).padStart(7)} ${outcome}\n`);
  for (const { seed, what } of failures) {
    const again = `node test/fuzz/run.mjs --target ${name} --from ${seed} --count 1`;
    process.stdout.write(`  FAILED seed ${seed}: ${what}\n         again: ${again}\n`);
  }
}

async function readProgress(): Promise<Record<string, Progress>> {
  const text = await readFile(progressFile, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Record<string, Progress>;
}

let lastWrite = Promise.resolve();

function writeProgress(progress: Record<string, Progress>): Promise<void> {
  const text = `${JSON.stringify(progress, undefined, 2)}\n`;
  lastWrite = lastWrite.then(async () => {
    await mkdir(join(root, 'out', 'fuzz'), { recursive: true });
    await writeFile(`${progressFile}.partial`, text);
    await rename(`${progressFile}.partial`, progressFile);
  });
  return lastWrite;
}
