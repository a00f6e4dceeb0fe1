import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recoverTriggers } from '../../src/sinks/triggers-recover.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rekindle-triggers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const path = join(scratch, 'triggers.jsonl.partial');
const lines = Array.from(
  { length: 40 },
  (_, i) => `{"node":"high","time":${i / 7},"assembly":1,"value":10}\n`,
);

async function recovered(content: string | Uint8Array) {
  writeFileSync(path, content);
  const found = await recoverTriggers(path);
  return { ...found, text: readFileSync(path, 'utf8') };
}

test('whole lines are kept as they are, wherever the file was cut', async () => {
  const text = lines.join('');
  for (let cut = 0; cut <= text.length; cut += 13) {
    const whole = text.slice(0, text.lastIndexOf('\n', cut - 1) + 1);
    const nTriggers = whole.split('\n').length - 1;
    expect(await recovered(text.slice(0, cut))).toEqual({
      nTriggers,
      bytes: whole.length,
      isCut: whole.length < cut,
      text: whole,
    });
  }
});

test.each([
  ['nothing', '', 0, false],
  ['NULs behind the lines', `${lines[0]}\0\0\0\n`, 1, true],
  ['a line that is no trigger', `${lines[0]}[1]\n${lines[1]}`, 1, true],
  ['noise without end of line', `${lines[0]}${'x'.repeat(300_000)}`, 1, true],
])('%s', async (_, content, nTriggers, isCut) => {
  const found = await recovered(content);
  expect(found).toMatchObject({ nTriggers, isCut });
  expect(found.text).toBe(lines.slice(0, nTriggers).join(''));
});

test('more than one piece of a file', async () => {
  const many = lines.join('').repeat(200);
  expect(many.length).toBeGreaterThan(3 * 65_536);
  expect(await recovered(many)).toMatchObject({ nTriggers: 8000, isCut: false, text: many });
});

test('what is no file is left alone', async () => {
  expect(await recoverTriggers(join(scratch, 'nowhere'))).toBeUndefined();
  expect(await recoverTriggers(scratch)).toBeUndefined();
  const link = join(scratch, 'link');
  writeFileSync(path, 'mine, no trigger');
  symlinkSync(path, link);
  expect(await recoverTriggers(link)).toBeUndefined();
  expect(readFileSync(path, 'utf8')).toBe('mine, no trigger');
});
