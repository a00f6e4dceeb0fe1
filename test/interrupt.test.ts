import { spawnSync } from 'node:child_process';
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inParallel, runNode, shellStatus } from './support/children.ts';
import { cli, root } from './support/cli.ts';
import { skip } from './support/small-disk.ts';

const pipeline = join(root, 'pipelines', 'reactivation.yaml');
const sample = join(root, 'data-samples', 'sim_small_11');
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-interrupt-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function listing(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

async function stepsIn(folder: string, args: readonly string[]): Promise<string[]> {
  const log = join(scratch, 'steps.log');
  rmSync(log, { force: true });
  const ended = await runNode(args, { fault: { folder, log } });
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  return readFileSync(log, 'utf8').trim().split('\n');
}

describe.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'])('%s', (how) => {
  test('while the recording is read: 130, and nothing is left', async () => {
    const args = (out: string) => [
      cli,
      'run',
      pipeline,
      '--set',
      `session=${sample}`,
      '--out',
      out,
    ];
    const steps = await stepsIn(sample, args(join(scratch, `${how} read`)));
    expect(steps.length).toBeGreaterThanOrEqual(4);
    const all = steps.map((_, index) => index + 1);
    await inParallel(all, 2, async (at) => {
      const out = join(scratch, `${how} read ${at}`);
      const ended = await runNode(args(out), { fault: { folder: sample, at, how } });
      expect(ended).toMatchObject({ status: 130, stdout: '' });
      expect(ended.stderr).toBe('interrupted; partial files removed\n');
      expect(listing(out)).toEqual([]);
    });
  });

  test('while results are written: 130, and nothing is left; once they are put in place: all of them', async () => {
    const args = (out: string) => [cli, 'run', pipeline, '--out', out];
    const whole = join(scratch, `${how} write`);
    const steps = await stepsIn(whole, args(whole));
    const turn = steps.indexOf('rm run.json');
    const early = [
      steps.indexOf('mkdir .'),
      steps.indexOf('appendFile .rekindle.lock'),
      steps.indexOf('open activations.parquet.partial'),
      steps.indexOf('write activations.parquet.partial'),
      steps.lastIndexOf('write activations.parquet.partial'),
      steps.indexOf('open patterns.parquet.partial'),
      steps.indexOf('sync units.parquet.partial'),
    ];
    const late = [turn, steps.indexOf('rename psth.parquet.partial'), steps.length - 1];
    expect(early.every((step) => step >= 0 && step < turn)).toBe(true);
    expect(late.every((step) => step >= turn)).toBe(true);
    await inParallel([...early, ...late], 2, async (step) => {
      const out = join(scratch, `${how} write ${step}`);
      const fault = { folder: out, at: step + 1, how };
      const ended = await runNode(args(out), { fault });
      expect({ step, status: ended.status }).toEqual({ step, status: step < turn ? 130 : 0 });
      expect(listing(out)).toEqual(step < turn ? [] : listing(whole));
    });
  });

  test('the run that was to be replaced is kept', async () => {
    const out = join(scratch, `${how} kept`);
    const args = [cli, 'run', pipeline, '--out', out, '--overwrite'];
    const steps = await stepsIn(out, args);
    const before = listing(out).map((name) => readFileSync(join(out, name), 'base64'));
    const at = steps.lastIndexOf('write activations.parquet.partial') + 1;
    const ended = await runNode(args, { fault: { folder: out, at, how } });
    expect(ended.status).toBe(130);
    expect(listing(out).map((name) => readFileSync(join(out, name), 'base64'))).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('a second interrupt', () => {
  test('directly after the first changes nothing', async () => {
    const out = join(scratch, 'twice');
    let nSent = 0;
    const args = [cli, 'run', pipeline, '--set', 'binSize=0.0005', '--out', out];
    const ended = await runNode(args, {
      onStart: (child) => {
        const poll = setInterval(() => {
          if (!existsSync(join(out, 'activations.parquet.partial'))) return;
          if (child.kill('SIGINT')) nSent++;
          if (nSent === 2) clearInterval(poll);
        }, 2);
        child.on('exit', () => clearInterval(poll));
      },
    });
    expect(nSent).toBeGreaterThan(0);
    expect(shellStatus(ended)).toBe(130);
    expect(listing(out)).toEqual([]);
  });

  test('ends a run that waits for a disk which does not answer', async (context) => {
    // Reading a pipe that nobody writes to waits for ever.
    const pipe = join(scratch, 'pipe');
    if (spawnSync('mkfifo', [pipe]).status !== 0) skip(context, 'no named pipes here');
    const out = join(scratch, 'waiting');
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const log = join(scratch, 'waiting.log');
    let nSent = 0;
    const ended = await runNode([cli, 'run', pipeline, '--out', out], {
      fault: { folder: sample, at: 3, instead: pipe, log },
      onStart: (child) => {
        const poll = setInterval(() => {
          const nSteps = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
          if (nSteps === 3 && child.kill('SIGINT')) nSent++;
        }, 50);
        child.on('exit', () => clearInterval(poll));
      },
    });
    expect(nSent).toBeGreaterThanOrEqual(2);
    expect(shellStatus(ended)).toBe(130);
    expect(listing(out)).toEqual(['notes.txt']);
  });
});
