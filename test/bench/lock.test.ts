import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { alone } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'rekindle-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('two do not measure at the same time', async () => {
  const file = join(folder, 'busy', 'pid');
  await alone(async () => {
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}`);
    await expect(alone(async () => 1, file)).rejects.toThrow(`process ${process.pid}`);
    expect(existsSync(file)).toBe(true);
  }, file);
  expect(existsSync(file)).toBe(false);
});

test('one that failed or is gone holds nobody up', async () => {
  const file = join(folder, 'pid');
  const failing = alone(() => Promise.reject(new Error('no')), file);
  await expect(failing).rejects.toThrow('no');
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, `${pid}`);
  expect(await alone(async () => 'mine', file)).toBe('mine');
  writeFileSync(file, 'nonsense');
  expect(await alone(async () => 'mine', file)).toBe('mine');
});
