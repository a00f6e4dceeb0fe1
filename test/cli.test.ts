import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soundPipeline } from './support/pipeline.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
const sample = join(root, 'data-samples', 'sim_small_11');
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function rekindle(args: readonly string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function writePipeline(name: string, text = soundPipeline): string {
  const path = join(scratch, name);
  writeFileSync(path, text.replace('../data-samples/sim_small_11', sample));
  return path;
}

describe('run', () => {
  test('writes the files, prints a summary and nothing to stderr when piped', () => {
    const out = join(scratch, 'sound');
    const { status, stdout, stderr } = rekindle(['run', writePipeline('sound.yaml'), '--out', out]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/units +12 of 24 kept/);
    expect(stdout).toMatch(/2 found by ica in \d+ iterations/);
    expect(readdirSync(out).sort()).toEqual([
      'activations.parquet',
      'assemblies.parquet',
      'assembly_regions.parquet',
      'epochs.parquet',
      'events.parquet',
      'moments.parquet',
      'patterns.parquet',
      'psth.parquet',
      'run.json',
      'spectrum.parquet',
      'units.parquet',
    ]);
    const summary = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(summary.detection[0]).toMatchObject({ nAssemblies: 2, nUnits: 12, method: 'ica' });
    expect(summary.files.map(({ name }: { name: string }) => name)).toContain(
      'activations.parquet',
    );
  });

  test('refuses to replace a run, and replaces it when told, leaving other files alone', () => {
    const out = join(scratch, 'twice');
    const pipeline = writePipeline('twice.yaml');
    expect(rekindle(['run', pipeline, '--out', out]).status).toBe(0);
    const before = readFileSync(join(out, 'run.json'), 'utf8');
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const refused = rekindle(['run', pipeline, '--out', out]);
    expect(refused.status).toBe(5);
    expect(refused.stderr).toContain('RUN_EXISTS');
    expect(refused.stderr).toContain('--overwrite');
    expect(readFileSync(join(out, 'run.json'), 'utf8')).toBe(before);
    expect(rekindle(['run', pipeline, '--out', out, '--overwrite']).status).toBe(0);
    expect(readFileSync(join(out, 'run.json'), 'utf8')).not.toBe(before);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('prints the summary as JSON', () => {
    const { stdout } = rekindle([
      'run',
      writePipeline('json.yaml'),
      '--out',
      join(scratch, 'json'),
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'sound', aligned: [{ node: 'post' }] });
  });

  test('paths of --set count from the working directory, those of the file from the file', () => {
    const out = join(scratch, 'paths');
    const pipeline = writePipeline('paths.yaml');
    const args = [
      'run',
      pipeline,
      '--set',
      'session=./sim_small_11/',
      'binSize=0.02',
      '--out',
      out,
    ];
    expect(rekindle(args, join(root, 'data-samples')).status).toBe(0);
    const { parameters } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(parameters.binSize).toMatchObject({ value: 0.02, isSet: true });
  });

  test('leaves nothing behind when the input is missing', () => {
    const out = join(scratch, 'missing');
    const args = [
      'run',
      writePipeline('missing.yaml'),
      '--set',
      `session=${scratch}/nowhere`,
      '--out',
      out,
    ];
    const { status, stderr } = rekindle(args);
    expect(status).toBe(3);
    expect(stderr).toContain('nowhere');
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  });

  test('an epoch that the recording has not is answered with the ones it has', () => {
    const text = soundPipeline.replace('task & THETA', 'task & THETTA');
    const out = join(scratch, 'epoch');
    const { status, stderr } = rekindle(['run', writePipeline('epoch.yaml', text), '--out', out]);
    expect(status).toBe(2);
    expect(stderr).toContain('UNKNOWN_EPOCH');
    expect(stderr).toContain('THETA');
    expect(stderr).toMatch(/epoch\.yaml:8:3/);
    expect(readdirSync(out)).toEqual([]);
  });

  test('an interrupt removes partial files and exits with 130', async () => {
    const out = join(scratch, 'interrupted');
    const text = soundPipeline.replaceAll('0.01 }', '0.0005 }');
    const child = spawn(process.execPath, [
      cli,
      'run',
      writePipeline('interrupted.yaml', text),
      '--out',
      out,
    ]);
    while (!existsSync(join(out, 'activations.parquet.partial'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (child.exitCode !== null) throw new Error('the run ended before it was interrupted');
    }
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.on('exit', resolve));
    expect(status).toBe(130);
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('check', () => {
  test('says that a pipeline is sound', () => {
    const { status, stdout } = rekindle(['check', writePipeline('check.yaml')]);
    expect(status).toBe(0);
    expect(stdout).toContain('no problems (9 nodes');
  });

  test('prints every problem and exits with 2', () => {
    const text = soundPipeline.replace('op: project', 'op: projct').replace('0.025', '25');
    const { status, stderr } = rekindle(['check', writePipeline('broken.yaml', text)]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/broken\.yaml:9:47 {2}PARAM_OUT_OF_RANGE/);
    expect(stderr).toMatch(/broken\.yaml:14:19 {2}UNKNOWN_OP/);
    expect(stderr).toContain('did you mean "project"');
  });

  test('--plan prints passes, bins, memory and output', () => {
    const { status, stdout } = rekindle(['check', writePipeline('plan.yaml'), '--plan']);
    expect(status).toBe(0);
    expect(stdout).toContain('pass 2 of 2, reading recording');
    expect(stdout).toMatch(/counts +bin +60,006 bins of 0\.01 s/);
    expect(stdout).toMatch(/memory +recording: [\d,]+ spikes at 12 bytes/);
    expect(stdout).toMatch(/output +activity: 0\.5 MB/);
  });

  test('--plan without a readable recording says so', () => {
    const args = ['check', writePipeline('plan2.yaml'), '--plan', '--set', 'session=/nowhere'];
    const { status, stdout } = rekindle(args);
    expect(status).toBe(0);
    expect(stdout).toContain('without figures');
  });
});

describe('usage', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['rnu', 'x.yaml']],
    ['no pipeline', ['run']],
    ['an unknown option', ['run', 'x.yaml', '--owt', 'y']],
    ['a pipeline that is not there', ['run', 'nowhere.yaml']],
    ['a folder as pipeline', ['check', 'src']],
    ['a malformed --set', ['check', 'pipelines/reactivation.yaml', '--set', 'session']],
  ])('%s exits with 2', (_, args) => {
    const { status, stderr } = rekindle(args);
    expect(status).toBe(2);
    expect(stderr).not.toContain('    at ');
    expect(stderr.length).toBeGreaterThan(20);
  });

  test('--version and --help exit with 0', () => {
    expect(rekindle(['--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n' });
    expect(rekindle(['--help']).status).toBe(0);
  });
});
