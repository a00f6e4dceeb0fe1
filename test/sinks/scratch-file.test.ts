import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import { openScratchFile } from '../../src/sinks/scratch-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekindle-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('reads back what was appended, from anywhere', () => {
  const file = openScratchFile(folder);
  file.append(Uint8Array.of(1, 2, 3));
  file.append(Uint8Array.of(4, 5));
  const bytes = new Uint8Array(3);
  file.read(bytes, 2);
  expect([...bytes]).toEqual([3, 4, 5]);
  file.close();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(process.platform === 'win32')('leaves no name behind even while it is open', () => {
  const file = openScratchFile(folder);
  file.append(Uint8Array.of(1));
  expect(readdirSync(folder)).toEqual([]);
  file.close();
});

test('a folder that is not there, and bytes that are not, are errors that name the folder', () => {
  const missing = join(folder, 'missing');
  expect(() => openScratchFile(missing)).toThrow(SinkError);
  expect(() => openScratchFile(missing)).toThrow(/missing/);
  const file = openScratchFile(folder);
  file.append(Uint8Array.of(1));
  expect(() => file.read(new Uint8Array(2), 0)).toThrow(/cut short/);
  file.close();
});
