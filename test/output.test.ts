import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runNode } from './support/children.ts';
import { cli, rekindle, root } from './support/cli.ts';
import { readParquet } from './support/read-parquet.ts';
import { mountSmallDisk, skip } from './support/small-disk.ts';

const pipeline = join(root, 'pipelines', 'reactivation.yaml');
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-output-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (out: string, ...more: readonly string[]) => ['run', pipeline, '--out', out, ...more];

/** That a folder holds a finished run, and nothing else but `others`. */
async function expectWholeRun(folder: string, others: readonly string[] = []): Promise<void> {
  const runJson = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    files: { name: string; bytes: number }[];
  };
  const names = runJson.files.map(({ name }) => name);
  expect(names).toHaveLength(11);
  expect(readdirSync(folder).sort()).toEqual([...names, 'run.json', ...others].sort());
  for (const { name, bytes } of runJson.files) {
    expect(statSync(join(folder, name)).size).toBe(bytes);
    if (!name.endsWith('.parquet')) continue;
    const { rows, metadata } = await readParquet(Uint8Array.from(readFileSync(join(folder, name))));
    expect(rows).toHaveLength(Number(metadata.num_rows));
  }
}

describe('a full disk', () => {
  test('ends the run with 5, says what to do and leaves nothing', (context) => {
    const disk = join(scratch, 'small');
    const { unmount } = mountSmallDisk(disk, { size: '300k', context });
    try {
      const out = join(disk, 'out');
      const { status, stdout, stderr } = rekindle(run(out, '--set', 'binSize=0.001'));
      expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
      expect(stderr).toMatch(/^DISK_FULL .*activations\.parquet\.partial\nthe disk is full\n/);
      expect(stderr).toContain('hint: free some space, or choose another disk with --out');
      expect(readdirSync(out)).toEqual([]);
    } finally {
      unmount();
    }
  });

  test('keeps the run that was to be replaced', async (context) => {
    const disk = join(scratch, 'half full');
    const { unmount } = mountSmallDisk(disk, { size: '1200k', context });
    try {
      const out = join(disk, 'out');
      expect(rekindle(run(out, '--set', 'binSize=0.02')).status).toBe(0);
      const before = readFileSync(join(out, 'run.json'), 'utf8');
      const { status, stderr } = rekindle(run(out, '--set', 'binSize=0.001', '--overwrite'));
      expect(status).toBe(5);
      expect(stderr).toContain('DISK_FULL');
      expect(readFileSync(join(out, 'run.json'), 'utf8')).toBe(before);
      await expectWholeRun(out);
    } finally {
      unmount();
    }
  });

  test('at any step of the run does the same', async () => {
    const log = join(scratch, 'full.log');
    const whole = join(scratch, 'full');
    const ended = await runNode([cli, ...run(whole)], { fault: { folder: whole, log } });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const steps = readFileSync(log, 'utf8').trim().split('\n');
    const chosen = [
      'mkdir .',
      'appendFile .rekindle.lock',
      'open activations.parquet.partial',
      'write activations.parquet.partial',
      'sync activations.parquet.partial',
      'write psth.parquet.partial',
      'write run.json.partial',
      'sync .',
      'rename run.json.partial',
    ];
    for (const [index, step] of chosen.entries()) {
      const folder = join(scratch, `full ${index}`);
      // A quota is a small disk of one's own.
      const how = index % 2 === 0 ? 'ENOSPC' : 'EDQUOT';
      const at = steps.indexOf(step) + 1;
      expect({ step, at }).not.toEqual({ step, at: 0 });
      const failed = await runNode([cli, ...run(folder)], { fault: { folder, at, how } });
      expect(failed).toMatchObject({ status: 5, stdout: '' });
      expect(failed.stderr).toMatch(/^DISK_FULL .*\n.*the disk is full/);
      expect(failed.stderr).not.toContain('    at ');
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    }
  });
});

describe('a folder that may not be written', () => {
  test('exits with 5', (context) => {
    const out = join(scratch, 'locked');
    const isRoot = process.getuid?.() === 0;
    if (process.platform === 'win32') skip(context, 'folders have other rights on Windows');
    // The administrator may write whatever the rights say.
    const disk = isRoot ? mountSmallDisk(out, { size: '300k', context }) : undefined;
    if (disk) disk.makeReadOnly();
    else mkdirSync(out, { mode: 0o500 });
    try {
      for (const folder of [out, join(out, 'new')]) {
        const { status, stdout, stderr } = rekindle(run(folder));
        expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
        expect(stderr).toMatch(/^OUTPUT_UNWRITABLE .*\nwriting here is not allowed\nhint: choose /);
      }
      expect(readdirSync(out)).toEqual([]);
    } finally {
      disk?.unmount();
      if (!disk) chmodSync(out, 0o700);
    }
  });

  test('a disk that becomes read-only during the run', async () => {
    const folder = join(scratch, 'turned');
    const log = join(scratch, 'turned.log');
    expect(await runNode([cli, ...run(folder)], { fault: { folder, log } })).toMatchObject({
      status: 0,
    });
    const steps = readFileSync(log, 'utf8').trim().split('\n');
    const at = steps.indexOf('write activations.parquet.partial') + 1;
    const fault = { folder, at, how: 'EROFS' };
    const failed = await runNode([cli, ...run(folder, '--overwrite')], { fault });
    expect(failed.status).toBe(5);
    expect(failed.stderr).toMatch(/^OUTPUT_UNWRITABLE .*\nwriting here is not allowed/);
    await expectWholeRun(folder);
  });
});

describe('--out', () => {
  test('a file, a path under a file, and a device are refused and left as they are', () => {
    const file = join(scratch, 'a file');
    writeFileSync(file, 'mine');
    const devices = process.platform === 'win32' ? [] : ['/dev/null', '/dev/null/under'];
    for (const out of [file, join(file, 'under'), ...devices]) {
      const { status, stdout, stderr } = rekindle(run(out, '--overwrite'));
      expect({ out, status, stdout }).toEqual({ out, status: 5, stdout: '' });
      expect(stderr).toMatch(/^OUTPUT_UNWRITABLE .*\na file is in the way\nhint: choose a folder/);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    if (devices.length > 0) expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('an empty one is refused', () => {
    const cwd = join(scratch, 'cwd');
    mkdirSync(cwd);
    const { status, stderr } = rekindle(run(''), cwd);
    expect(status).toBe(2);
    expect(stderr).toContain('BAD_OUT');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a relative path counts from the working directory; spaces and other scripts are letters', async () => {
    const name = join('out of the way', 'Тета ритм θ', '夢 réactivation');
    const { status, stdout } = rekindle(run(name), scratch);
    expect(status).toBe(0);
    expect(stdout).toContain(name);
    await expectWholeRun(join(scratch, name));
  });

  test('a name that is too long is refused', () => {
    const { status, stderr } = rekindle(run(join(scratch, 'x'.repeat(300))));
    expect(status).toBe(5);
    expect(stderr).toMatch(/^OUTPUT_UNWRITABLE /);
  });

  test('a folder with other files keeps them', async () => {
    const out = join(scratch, 'shared');
    mkdirSync(join(out, 'figures'), { recursive: true });
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeFileSync(join(out, 'download.partial'), 'half');
    expect(rekindle(run(out)).status).toBe(0);
    expect(rekindle(run(out, '--overwrite')).status).toBe(0);
    await expectWholeRun(out, ['figures', 'notes.txt', 'download.partial']);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(out, 'download.partial'), 'utf8')).toBe('half');
  });

  test('a result of unknown origin is not replaced unasked', async () => {
    const out = join(scratch, 'unknown');
    mkdirSync(out);
    writeFileSync(join(out, 'psth.parquet'), 'mine');
    const { status, stderr } = rekindle(run(out));
    expect(status).toBe(5);
    expect(stderr).toMatch(/^FILE_EXISTS .*psth\.parquet\n/);
    expect(readdirSync(out)).toEqual(['psth.parquet']);
    expect(readFileSync(join(out, 'psth.parquet'), 'utf8')).toBe('mine');
    expect(rekindle(run(out, '--overwrite')).status).toBe(0);
    await expectWholeRun(out);
  });
});

describe('two runs into one folder at once', () => {
  test('the second is refused while the first goes on', async (context) => {
    if (process.platform === 'win32') skip(context, 'there a process cannot be halted');
    const out = join(scratch, 'busy');
    let second: ReturnType<typeof rekindle> | undefined;
    const first = await runNode([cli, ...run(out)], {
      onStart: (child) => {
        const poll = setInterval(() => {
          if (!existsSync(join(out, 'activations.parquet.partial'))) return;
          clearInterval(poll);
          child.kill('SIGSTOP');
          second = rekindle(run(out, '--overwrite'));
          child.kill('SIGCONT');
        }, 1);
        child.on('exit', () => clearInterval(poll));
      },
    });
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(second).toMatchObject({ status: 5, stdout: '' });
    expect(second?.stderr).toMatch(/^RUN_BUSY .*\nprocess \d+ on .* is writing to this folder\n/);
    expect(second?.stderr).toContain('hint: choose another folder with --out');
    await expectWholeRun(out);
  });

  test('of many that begin together one wins, and the folder is its own', async () => {
    const script = fileURLToPath(new URL('support/write-run.mjs', import.meta.url));
    for (let round = 0; round < 5; round++) {
      const out = join(scratch, `crowd ${round}`);
      const labels = ['a', 'b', 'c', 'd'];
      const ended = await Promise.all(
        labels.map((label) => runNode([script, out, label, 'keep', 'x.dat', `${label}.dat`])),
      );
      expect(ended.filter(({ status }) => status === 0).length).toBeLessThanOrEqual(1);
      for (const { status, stdout } of ended) {
        if (status !== 0) expect(['RUN_BUSY', 'RUN_EXISTS']).toContain(stdout);
      }
      const winner = labels[ended.findIndex(({ status }) => status === 0)];
      expect(labels).toContain(winner);
      expect(readdirSync(out).sort()).toEqual([`${winner}.dat`, 'run.json', 'x.dat']);
      expect(readFileSync(join(out, 'x.dat'), 'utf8')).toBe(`${winner} x.dat whole`);
    }
  });
});

test('a reader that leaves early does not harm the run', async (context) => {
  if (process.platform === 'win32') skip(context, 'there is no shell for it');
  for (const option of ['--json', '--overwrite']) {
    const out = join(scratch, `pipe ${option}`);
    // The reader is gone before the first word; the exit code comes out beside it.
    const line = '{ "$@"; echo "status $?" >&2; } | true';
    const args = ['-c', line, 'sh', process.execPath, cli, ...run(out, option)];
    const { stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'status 0\n' });
    await expectWholeRun(out);
  }
});
