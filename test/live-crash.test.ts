import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inParallel, runNode, shellStatus } from './support/children.ts';
import { cli, rekindle, root } from './support/cli.ts';
import { freeAddress } from './support/live.ts';
import { readParquet } from './support/read-parquet.ts';
import { mountSmallDisk } from './support/small-disk.ts';

const minutes = 60_000;
const session = join(root, 'data-samples', 'sim_small_1');
const pipeline = join(root, 'pipelines', 'live-open-ephys.yaml');
let scratch: string;
let earlier: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-crash-'));
  earlier = join(scratch, 'earlier');
  const batch = join(root, 'pipelines', 'reactivation-tables.yaml');
  expect(rekindle(['run', batch, '--out', earlier]).status).toBe(0);
}, minutes);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the emulator at real time over a minute of the recording; `ended` is what it says in the end. */
function startRig(address: string, more: readonly string[] = []) {
  const args = ['emulate', 'open-ephys', '--session', session, '--address', address, '--json'];
  const child = spawn(process.execPath, [cli, ...args, '--rate', '20000', ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  const ended = new Promise<{ spikes: number }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(text || '{}') as { spikes: number }));
  });
  return { child, ended };
}

const runArgs = (out: string, address: string) => [
  cli,
  'run',
  pipeline,
  '--set',
  `patterns=${earlier}`,
  `address=${address}`,
  'port=0',
  'level=5',
  '--out',
  out,
];

interface Recovered {
  readonly isRecovered: boolean;
  readonly triggers: { readonly nTriggers: number } | null;
  readonly journals: readonly {
    readonly journal: string;
    readonly nRows: number;
    readonly parts: readonly {
      readonly nSpikes: number;
      readonly runs: readonly { readonly start: number; readonly end: number }[];
    }[];
  }[];
}

function recover(out: string): Recovered {
  const { status, stdout, stderr } = rekindle(['recover', out, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Recovered;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20);
}

async function readFile(path: string) {
  return readParquet(Uint8Array.from(readFileSync(path)));
}

/** Last time of a column of times, in seconds. */
async function lastTime(path: string, column: string): Promise<number> {
  const { names, rows } = await readFile(path);
  return Number(rows.at(-1)?.[names.indexOf(column)]);
}

describe.skipIf(process.platform === 'win32')('a live run', () => {
  test('that is killed loses at most one second, of activation and of spikes', {
    timeout: 2 * minutes,
  }, async () => {
    const out = join(scratch, 'killed');
    const address = freeAddress();
    const ended = runNode(runArgs(out, address), {
      onStart: (child) => void killLater(child, out),
    });
    const rig = startRig(address, ['--to', '60']);
    let killedAt = 0;
    let beganAt = 0;
    async function killLater(child: ChildProcess, folder: string): Promise<void> {
      await until(() => existsSync(join(folder, 'recording.arrows.partial')));
      beganAt = performance.now();
      await wait(4000);
      killedAt = performance.now();
      child.kill('SIGKILL');
    }
    expect((await ended).signal).toBe('SIGKILL');
    rig.child.kill('SIGINT');
    await rig.ended;
    expect(existsSync(join(out, 'run.json'))).toBe(false);
    const written = readFileSync(join(out, 'triggers.jsonl.partial'), 'utf8');
    const summary = recover(out);
    expect(summary.isRecovered).toBe(true);
    const parts = summary.journals.flatMap((journal) => journal.parts);
    const [{ nSpikes, runs }] = parts;
    // The journal began half a second after the first chunk; real time went on from there.
    const elapsed = (killedAt - beganAt) / 1000;
    const known = runs[0].end - runs[0].start;
    expect(known).toBeGreaterThan(elapsed - 1);
    const lastRow = await lastTime(join(out, 'activations.parquet'), 'time');
    expect(runs[0].end - lastRow).toBeLessThan(0.6);
    const spikes = await readFile(join(out, 'recording', 'spikes.parquet'));
    expect(spikes.rows).toHaveLength(nSpikes);
    expect(nSpikes).toBeGreaterThan(10);
    expect(readdirSync(out).filter((name) => /partial|lock/.test(name))).toEqual([]);
    // Each trigger was handed to the system when it happened: none is lost.
    const triggers = readFileSync(join(out, 'triggers.jsonl'), 'utf8');
    expect(triggers).toBe(written);
    const lines = triggers.trim().split('\n');
    expect(summary.triggers?.nTriggers).toBe(lines.length);
    const told = lines.map((line) => (JSON.parse(line) as { time: number }).time);
    expect(told.every((time) => time < lastRow + 1)).toBe(true);

    // What is recovered can be run again, and says the same.
    const again = join(scratch, 'again.yaml');
    const text = readFileSync(pipeline, 'utf8')
      .replace(/rig: \{.*\}/, `rig: { op: tables, path: '${join(out, 'recording')}' }`)
      .replace('from: rig.spikes', 'from: runs')
      .replace('  counts:', '  runs: { op: epoch-filter, from: rig.spikes, keep: LIVE }\n  counts:')
      .replace(/ {2}journal: .*\n/, '')
      .replace(/ {2}(page|triggers|around|crossings): .*\n/g, '')
      .replace(/ {2}(address|format|lateness|level|port): \{ type.*\n/g, '');
    writeFileSync(again, text);
    const second = rekindle([
      'run',
      again,
      '--set',
      `patterns=${earlier}`,
      '--out',
      join(scratch, 'again'),
    ]);
    expect(second).toMatchObject({ status: 0, stderr: '' });
    const whole = (await readFile(join(scratch, 'again', 'activations.parquet'))).rows;
    const { rows } = await readFile(join(out, 'activations.parquet'));
    expect(rows).toEqual(whole.slice(0, rows.length));
    expect(rows.length).toBeGreaterThan(250);

    expect(rekindle(['recover', out])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('NOTHING_TO_RECOVER'),
    });
  });

  test('ends at the first interrupt, and everything is closed properly', {
    timeout: minutes,
  }, async () => {
    const out = join(scratch, 'stopped');
    const address = freeAddress();
    const rig = startRig(address, ['--to', '4']);
    const ended = await runNode(runArgs(out, address), {
      onStart: (child) => void rig.ended.then(() => child.kill('SIGINT')),
    });
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/^page: the page is at http:/);
    const { spikes } = await rig.ended;
    const summary = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {
      files: { name: string }[];
      live: { state: string; counts: Record<string, number>; latency: { n: number } }[];
    };
    const [live] = summary.live;
    expect(live).toMatchObject({
      state: 'ended',
      counts: { late: 0, garbage: 0, gaps: 0 },
    });
    // Of the rig's units only those of the templates are listened to.
    expect(live.counts.spikes).toBeGreaterThan(20);
    expect(live.counts.spikes + live.counts.unmapped).toBe(spikes);
    expect(live.latency.n).toBeGreaterThan(100);
    const names = summary.files.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['activations.parquet', 'recording/spikes.parquet']),
    );
    expect(names.some((name) => name.endsWith('.arrows'))).toBe(false);
    for (const name of names) expect(existsSync(join(out, name)), name).toBe(true);
    expect(readdirSync(out).filter((name) => /partial|lock|arrows/.test(name))).toEqual([]);
  });

  test('that is interrupted again while it ends leaves at once, and keeps its journals', {
    timeout: minutes,
  }, async () => {
    const out = join(scratch, 'twice');
    const address = freeAddress();
    const rig = startRig(address, ['--to', '20', '--speed', '10']);
    // The fifth thing done to the tables is done when the recording has ended: the first interrupt was before it.
    const fault = { folder: join(out, 'recording'), at: 5, how: 'SIGINT' };
    const ended = await runNode(runArgs(out, address), {
      fault,
      onStart: (child) => void rig.ended.then(() => child.kill('SIGINT')),
    });
    const { spikes } = await rig.ended;
    expect(shellStatus(ended)).toBe(130);
    expect(ended.stderr).toContain('rekindle recover');
    expect(existsSync(join(out, 'run.json'))).toBe(false);
    const [{ nSpikes }] = recover(out).journals.flatMap(({ parts }) => parts);
    expect(nSpikes).toBeGreaterThan(100);
    expect(nSpikes).toBeLessThanOrEqual(spikes);
    expect(await lastTime(join(out, 'activations.parquet'), 'time')).toBeGreaterThan(19);
  });

  test('that is killed while it ends loses nothing, wherever', {
    timeout: 3 * minutes,
  }, async () => {
    const steps = Array.from({ length: 8 }, (_, i) => 5 + 3 * i);
    const ends = await inParallel(steps, 2, async (at) => {
      const out = join(scratch, `ending ${at}`);
      const address = freeAddress();
      const rig = startRig(address, ['--to', '10', '--speed', '10']);
      const fault = { folder: join(out, 'recording'), at, how: 'SIGKILL' };
      const ended = await runNode(runArgs(out, address), {
        fault,
        onStart: (child) => void rig.ended.then(() => child.kill('SIGINT')),
      });
      await rig.ended;
      if (ended.status === 0) return { isKilled: false, isWhole: true };
      expect(ended.signal).toBe('SIGKILL');
      const { journals } = recover(out);
      const last = await lastTime(join(out, 'activations.parquet'), 'time');
      const spikes = await readFile(join(out, 'recording', 'spikes.parquet'));
      const [{ nSpikes }] = journals.flatMap(({ parts }) => parts);
      expect(spikes.rows).toHaveLength(nSpikes);
      expect(existsSync(join(out, 'triggers.jsonl'))).toBe(true);
      expect(readdirSync(out).filter((name) => /partial|lock/.test(name))).toEqual([]);
      return { isKilled: true, isWhole: last > 9.5 && nSpikes > 50 };
    });
    expect(ends.every(({ isWhole }) => isWhole)).toBe(true);
    expect(ends.filter(({ isKilled }) => isKilled).length).toBeGreaterThan(4);
  });

  test('that waits for a source ends at an interrupt too, with no rows', {
    timeout: minutes,
  }, async () => {
    const out = join(scratch, 'waiting');
    const ended = await runNode(runArgs(out, freeAddress()), {
      onStart: (child) => {
        void until(() => existsSync(join(out, '.rekindle.lock')))
          .then(() => wait(500))
          .then(() => child.kill('SIGINT'));
      },
    });
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/^page: the page is at http:/);
    expect((await readFile(join(out, 'activations.parquet'))).rows).toEqual([]);
  });

  test('whose source is gone for too long says so, and keeps what it has', {
    timeout: minutes,
  }, async () => {
    const out = join(scratch, 'gone');
    const address = freeAddress();
    const text = readFileSync(pipeline, 'utf8').replace(
      'op: live-open-ephys,',
      'op: live-open-ephys, giveUpAfter: 1.5,',
    );
    const file = join(scratch, 'gone.yaml');
    writeFileSync(file, text);
    const rig = startRig(address, ['--to', '2']);
    const args = runArgs(out, address).map((arg) => (arg === pipeline ? file : arg));
    const ended = await runNode(args);
    await rig.ended;
    expect(ended.status).toBe(3);
    expect(ended.stderr).toContain('LIVE_SOURCE_GONE');
    expect(ended.stderr).toContain('rekindle recover');
    expect(rekindle(['recover', out]).status).toBe(0);
    expect(await lastTime(join(out, 'activations.parquet'), 'time')).toBeGreaterThan(1.5);
  });

  test('on a full disk says so, and what was written can be recovered', {
    timeout: minutes,
  }, async (context) => {
    const disk = join(scratch, 'disk');
    const { unmount } = mountSmallDisk(disk, { size: '200k', context });
    try {
      const out = join(disk, 'run');
      mkdirSync(out);
      const address = freeAddress();
      const rig = startRig(address, ['--speed', '60']);
      const ended = await runNode(runArgs(out, address));
      rig.child.kill('SIGINT');
      await rig.ended;
      expect(ended.status).toBe(5);
      expect(ended.stderr).toContain('DISK_FULL');
      const journal = join(out, 'recording.arrows.partial');
      expect(existsSync(journal)).toBe(true);
      const elsewhere = join(scratch, 'moved');
      mkdirSync(elsewhere);
      for (const name of readdirSync(out).filter((file) => file.includes('.arrows'))) {
        writeFileSync(join(elsewhere, name), readFileSync(join(out, name)));
      }
      const { status } = rekindle(['recover', elsewhere]);
      expect(status).toBe(0);
      expect((await readFile(join(elsewhere, 'activations.parquet'))).rows.length).toBeGreaterThan(
        100,
      );
    } finally {
      unmount();
    }
  });

  test('a port that is taken is an error of the emulator', { timeout: minutes }, async () => {
    const address = freeAddress();
    const first = startRig(address);
    await wait(1000);
    const { status, stderr } = rekindle([
      'emulate',
      'open-ephys',
      '--session',
      session,
      '--address',
      address,
    ]);
    first.child.kill('SIGINT');
    await first.ended;
    expect(status).toBe(5);
    expect(stderr).toContain('EMULATOR_PORT_IN_USE');
  });

  test('without the package zeromq ends before anything is opened', { timeout: minutes }, () => {
    const out = join(scratch, 'missing');
    const hooks = join(root, 'test', 'support', 'missing-packages.mjs');
    const args = ['--import', hooks, ...runArgs(out, freeAddress())];
    const { status, stderr } = spawnSync(
      process.execPath,
      args.map((arg) => (arg === `patterns=${earlier}` ? 'patterns=nowhere' : arg)),
      { encoding: 'utf8', env: { ...process.env, MISSING_PACKAGES: 'zeromq' } },
    );
    expect(stderr).toContain('LIVE_NOT_INSTALLED');
    expect(stderr).toContain('npm install zeromq');
    expect(status).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });
});
