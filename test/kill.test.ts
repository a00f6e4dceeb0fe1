import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PipelineError } from '../src/errors.ts';
import { createMersenneTwister } from '../src/math/random.ts';
import { openRunFolder } from '../src/sinks/run-folder.ts';
import { inParallel, runNode } from './support/children.ts';
import { cli, root } from './support/cli.ts';
import { readParquet } from './support/read-parquet.ts';

const minutes = 60_000;
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-kill-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Files of a folder that stand under final names, by name. */
function finalFiles(folder: string): Map<string, Buffer> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const final = names.filter((name) => !name.endsWith('.partial') && name !== '.rekindle.lock');
  return new Map(final.map((name) => [name, readFileSync(join(folder, name))]));
}

function filesOf(runJson: Buffer): string[] {
  const { files } = JSON.parse(runJson.toString()) as { files: { name: string }[] };
  return files.map(({ name }) => name).sort();
}

/** Every step that a run takes in its folder, one after another, is its last. */
describe('killed before each step', () => {
  const script = fileURLToPath(new URL('support/write-run.mjs', import.meta.url));
  const first = { label: 'first', names: ['a.dat', 'b.dat'] };
  const second = { label: 'second', names: ['b.dat', 'c.dat', 'd.dat'] };
  const third = { label: 'third', names: ['d.dat', 'e.dat'] };
  type Run = typeof first;

  const args = (folder: string, { label, names }: Run) => [
    script,
    folder,
    label,
    'overwrite',
    ...names,
  ];
  const whole = ({ label, names }: Run) =>
    new Map(names.map((name): [string, string] => [name, `${label} ${name} whole`]));

  /** The same as the script, in this process: what it ends with, undefined where all is well. */
  async function follow(path: string, { label, names }: Run, overwrite: boolean) {
    try {
      const folder = await openRunFolder(path, { overwrite });
      for (const name of names) {
        const file = await folder.create(name);
        await file.write(new TextEncoder().encode(`${label} ${name} whole`));
        await file.close();
      }
      await folder.complete(JSON.stringify({ label, files: folder.files() }));
      return undefined;
    } catch (error) {
      return error instanceof PipelineError ? error.code : error;
    }
  }

  /** Which run the folder holds; undefined where none is complete. */
  function judge(folder: string, runs: readonly Run[]): string | undefined {
    const files = finalFiles(folder);
    expect(files.get('notes.txt')?.toString()).toBe('mine');
    files.delete('notes.txt');
    const runJson = files.get('run.json');
    files.delete('run.json');
    const found = new Map([...files].map(([name, bytes]) => [name, bytes.toString()]));
    if (runJson) {
      const { label } = JSON.parse(runJson.toString()) as { label: string };
      const run = runs.find((one) => one.label === label);
      expect(run && whole(run)).toEqual(found);
      expect(filesOf(runJson)).toEqual([...found.keys()].sort());
      return label;
    }
    for (const [name, text] of found) {
      expect(runs.map((run) => whole(run).get(name))).toContain(text);
    }
    return undefined;
  }

  let nFolders = 0;
  async function prepare(before: 'nothing' | 'a run'): Promise<string> {
    const folder = join(scratch, `folder ${nFolders++}`);
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    if (before === 'nothing') return folder;
    const runJson = { label: first.label, files: first.names.map((name) => ({ name })) };
    await writeFile(join(folder, 'run.json'), JSON.stringify(runJson));
    for (const [name, text] of whole(first)) await writeFile(join(folder, name), text);
    return folder;
  }

  async function stepsOf(before: 'nothing' | 'a run'): Promise<string[]> {
    const folder = await prepare(before);
    const log = join(scratch, 'steps.log');
    rmSync(log, { force: true });
    const ended = await runNode(args(folder, second), { fault: { folder, log } });
    expect(ended).toMatchObject({ status: 0 });
    return readFileSync(log, 'utf8').trim().split('\n');
  }

  test('a run puts each step on the disk before it takes the next', async () => {
    const steps = await stepsOf('a run');
    const from = steps.indexOf('open run.json.partial');
    expect(steps.slice(from).filter((step) => !step.startsWith('open'))).toEqual([
      'write run.json.partial',
      'sync run.json.partial',
      'appendFile .rekindle.lock',
      'sync .rekindle.lock',
      'sync .',
      'rm run.json',
      'sync .',
      'rm a.dat',
      'rename b.dat.partial',
      'rename c.dat.partial',
      'rename d.dat.partial',
      'sync .',
      'rename run.json.partial',
      'sync .',
      'rm .rekindle.lock',
    ]);
    for (const name of second.names) {
      const synced = steps.indexOf(`sync ${name}.partial`);
      expect(synced).toBeGreaterThan(steps.lastIndexOf(`write ${name}.partial`));
      expect(synced).toBeLessThan(from);
    }
  });

  test.each(['nothing', 'a run'] as const)(
    'over %s: no half file under a final name, and the next run clears everything away',
    async (before) => {
      const nSteps = (await stepsOf(before)).length;
      const held = await inParallel(
        Array.from({ length: nSteps + 1 }, (_, index) => index + 1),
        2,
        async (at) => {
          const folder = await prepare(before);
          const fault = { folder, at, how: 'SIGKILL' };
          const killed = await runNode(args(folder, second), { fault });
          expect(killed.signal).toBe(at > nSteps ? undefined : 'SIGKILL');
          const label = judge(folder, [first, second]);

          const refused = await follow(folder, third, false);
          if (label) expect(refused).toBe('RUN_EXISTS');
          else expect([undefined, 'RUN_INTERRUPTED']).toContain(refused);
          expect(judge(folder, [first, second, third])).toBe(refused ? label : 'third');

          expect(await follow(folder, third, true)).toBeUndefined();
          expect(readdirSync(folder).sort()).toEqual(['d.dat', 'e.dat', 'notes.txt', 'run.json']);
          expect(judge(folder, [third])).toBe('third');
          return label;
        },
      );
      // The old run up to a step, then none, then the new one.
      const order = [before === 'a run' ? 'first' : undefined, undefined, 'second'];
      const changes = held.filter((label, index) => index === 0 || label !== held[index - 1]);
      expect(changes).toEqual(before === 'a run' ? order : order.slice(1));
    },
    2 * minutes,
  );

  test.each(['nothing', 'a run'] as const)(
    'over %s: a step that fails ends the run in good order',
    async (before) => {
      const nSteps = (await stepsOf(before)).length;
      await inParallel(
        Array.from({ length: nSteps }, (_, index) => index + 1),
        2,
        async (at) => {
          const folder = await prepare(before);
          const fault = { folder, at, how: 'ENOSPC' };
          const failed = await runNode(args(folder, second), { fault });
          const label = judge(folder, [first, second]);
          const names = readdirSync(folder);
          expect(names.filter((name) => name.endsWith('.partial'))).toEqual([]);
          if (failed.status === 0) expect({ at, label }).toEqual({ at: nSteps, label: 'second' });
          else {
            expect(failed).toMatchObject({ status: 5, stdout: 'DISK_FULL', stderr: '' });
            expect(label).not.toBe('second');
            if (before === 'nothing') expect(names).toEqual(['notes.txt']);
            else if (label)
              expect(names.sort()).toEqual(['a.dat', 'b.dat', 'notes.txt', 'run.json']);
          }
          expect(await follow(folder, third, true)).toBeUndefined();
          expect(readdirSync(folder).sort()).toEqual(['d.dat', 'e.dat', 'notes.txt', 'run.json']);
        },
      );
    },
    2 * minutes,
  );
});

describe('killed at 50 moments of a real run', () => {
  const pipeline = join(root, 'pipelines', 'neuro-py-tutorial.yaml');
  const binSizes = { short: 0.05, long: 0.001 };
  type Length = keyof typeof binSizes;
  const references = new Map<Length, Map<string, Buffer>>();
  let duration: number;
  let nSteps: number;

  const args = (folder: string, length: Length) => [
    cli,
    'run',
    pipeline,
    '--set',
    `binSize=${binSizes[length]}`,
    '--out',
    folder,
    '--overwrite',
  ];

  beforeAll(async () => {
    for (const length of ['short', 'long'] as const) {
      const folder = join(scratch, length);
      const log = join(scratch, `${length}.log`);
      const began = performance.now();
      const ended = await runNode(args(folder, length), { fault: { folder, log } });
      duration = performance.now() - began;
      nSteps = readFileSync(log, 'utf8').trim().split('\n').length;
      expect(ended).toMatchObject({ status: 0, stderr: '' });
      references.set(length, finalFiles(folder));
    }
  });

  /** Which run the folder holds, to the last bit; undefined where none is complete. */
  function judge(folder: string): Length | undefined {
    const files = finalFiles(folder);
    const runJson = files.get('run.json');
    files.delete('run.json');
    if (runJson) {
      const { parameters } = JSON.parse(runJson.toString()) as {
        parameters: { binSize: { value: number } };
      };
      const length = parameters.binSize.value === binSizes.long ? 'long' : 'short';
      const expected = new Map(references.get(length));
      expected.delete('run.json');
      expect(filesOf(runJson)).toEqual([...expected.keys()].sort());
      expect([...files.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [name, bytes] of files) expect(expected.get(name)?.equals(bytes)).toBe(true);
      return length;
    }
    for (const [name, bytes] of files) {
      const isWhole = [...references.values()].some((expected) =>
        expected.get(name)?.equals(bytes),
      );
      expect({ name, isWhole }).toEqual({ name, isWhole: true });
    }
    return undefined;
  }

  test('the runs that the others are compared with read back', async () => {
    for (const files of references.values()) {
      expect(files.size).toBe(11);
      const { wires } = JSON.parse(String(files.get('run.json'))) as {
        wires: { 'activity.activation': { nBins: number } };
      };
      const { nBins } = wires['activity.activation'];
      expect(nBins).toBeGreaterThan(10_000);
      for (const [name, bytes] of files) {
        if (name === 'run.json') continue;
        const { rows, groups } = await readParquet(Uint8Array.from(bytes));
        expect(rows).toHaveLength(groups.reduce((sum, nRows) => sum + nRows, 0));
        if (name === 'activations.parquet') expect(rows).toHaveLength(nBins);
        else expect(rows.length).toBeGreaterThan(0);
      }
    }
  });

  test(
    'the folder holds the old run, or an incomplete one, or the new run; the next run succeeds',
    async () => {
      const random = createMersenneTwister(20);
      const nMoments = 50;
      // Spread with one at random in each fiftieth, the last ones after the end. Half are moments in time, half, since
      // time runs unevenly on a busy machine, are moments in what the run does to its folder.
      const moments = Array.from({ length: nMoments }, (_, index) => ({
        index,
        share: ((index + random.double()) / nMoments) * 1.1,
        by: index % 2 === 0 ? 'time' : 'step',
        before: index % 4 < 2 ? 'nothing' : 'short',
      }));
      const outcomes = await inParallel(moments, 2, async ({ index, share, by, before }) => {
        const folder = join(scratch, `moment ${index}`);
        if (before === 'short') cpSync(join(scratch, 'short'), folder, { recursive: true });
        const fault = { folder, at: Math.ceil(share * nSteps), how: 'SIGKILL' };
        const onStart = (child: ChildProcess) => {
          setTimeout(() => child.kill('SIGKILL'), share * duration);
        };
        const killed = await runNode(args(folder, 'long'), by === 'step' ? { fault } : { onStart });
        expect(killed.signal ?? killed.status).toBe(killed.signal ? 'SIGKILL' : 0);
        const names = existsSync(folder) ? readdirSync(folder) : [];
        const isUnderWay = names.some((name) => name.endsWith('.partial'));
        const held = judge(folder);
        if (killed.status === 0) expect(held).toBe('long');
        if (before === 'nothing') expect(held).not.toBe('short');

        const next = await runNode(args(folder, 'short'));
        expect(next).toMatchObject({ status: 0, stderr: '' });
        expect(judge(folder)).toBe('short');
        expect(readdirSync(folder).sort()).toEqual([...finalFiles(folder).keys()].sort());
        rmSync(folder, { recursive: true });
        return killed.status === 0 ? 'ended' : isUnderWay ? 'writing' : 'other';
      });
      const count = (kind: string) => outcomes.filter((one) => one === kind).length;
      console.info(
        `of ${nMoments} runs of ${duration.toFixed(0)} ms: ${count('writing')} killed while writing, ` +
          `${count('other')} before or after that, ${count('ended')} ended first`,
      );
      // Else the moments missed what they are to hit.
      expect(count('writing')).toBeGreaterThan(0);
    },
    5 * minutes,
  );
});
