import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../support/cli.ts';
import { reportOn, runPipeline, runsFolder } from '../support/report-runs.ts';

const scratch = runsFolder();
const run = join(scratch, 'run');
let nCopies = 0;

beforeAll(async () => {
  await runPipeline(join(root, 'pipelines', 'reactivation-tables.yaml'), run);
});

function copyOfRun(): string {
  const copy = join(scratch, `copy${nCopies++}`);
  cpSync(run, copy, { recursive: true });
  return copy;
}

function editRunJson(folder: string, change: (run: Record<string, unknown>) => void): void {
  const path = join(folder, 'run.json');
  const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(value);
  writeFileSync(path, JSON.stringify(value));
}

test('a folder that is not there', async () => {
  await expect(reportOn(join(scratch, 'nowhere'))).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    exitCode: 3,
  });
});

test('a run that is not complete', async () => {
  const folder = copyOfRun();
  rmSync(join(folder, 'run.json'));
  await expect(reportOn(folder)).rejects.toMatchObject({ code: 'RUN_INCOMPLETE', exitCode: 3 });
  expect(readdirSync(folder)).not.toContain('report.html');
});

test('a run of another version names both', async () => {
  const folder = copyOfRun();
  editRunJson(folder, (value) => {
    value.rekindle = '7.3.0';
  });
  await expect(reportOn(folder)).rejects.toMatchObject({
    code: 'RUN_NOT_READABLE',
    found: expect.stringContaining('7.3.0'),
    expected: expect.stringMatching(/\d+\.\d+\.\d+/),
  });
});

test('a run.json that is damaged', async () => {
  const folder = copyOfRun();
  truncateSync(join(folder, 'run.json'), 500);
  await expect(reportOn(folder)).rejects.toMatchObject({ code: 'RUN_NOT_READABLE' });
});

test.each(['activations.parquet', 'psth.parquet', 'epochs.parquet', 'patterns.parquet'])(
  '%s that is missing, cut short or overwritten',
  async (name) => {
    const missing = copyOfRun();
    rmSync(join(missing, name));
    await expect(reportOn(missing)).rejects.toMatchObject({ code: 'RESULT_MISSING' });
    const cut = copyOfRun();
    truncateSync(join(cut, name), 1000);
    await expect(reportOn(cut)).rejects.toMatchObject({ code: 'RESULT_DAMAGED', exitCode: 3 });
    const garbled = copyOfRun();
    const bytes = readFileSync(join(garbled, name));
    bytes.fill(0xff, 40, 200);
    writeFileSync(join(garbled, name), bytes);
    await expect(reportOn(garbled)).rejects.toMatchObject({ exitCode: 3 });
    for (const folder of [missing, cut, garbled]) {
      expect(readdirSync(folder).filter((file) => file.startsWith('report'))).toEqual([]);
    }
  },
);

test('an earlier report is replaced, another file is not', async () => {
  const folder = copyOfRun();
  await reportOn(folder);
  const path = join(folder, 'report.html');
  const first = readFileSync(path, 'utf8');
  await reportOn(folder);
  expect(readFileSync(path, 'utf8')).toBe(first);
  writeFileSync(path, '<html>my notes</html>');
  await expect(reportOn(folder)).rejects.toMatchObject({ code: 'FILE_IN_THE_WAY', exitCode: 5 });
  expect(readFileSync(path, 'utf8')).toBe('<html>my notes</html>');
});

test('--out says where it goes; a place that cannot be written is told', async () => {
  const out = join(scratch, 'elsewhere.html');
  await reportOn(run, out);
  expect(readFileSync(out, 'utf8')).toMatch(/^<!doctype html>/);
  expect(readdirSync(run)).not.toContain('report.html');
  const folder = join(scratch, 'folder.html');
  mkdirSync(folder);
  await expect(reportOn(run, folder)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  const nowhere = join(scratch, 'no', 'such', 'folder.html');
  await expect(reportOn(run, nowhere)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});
