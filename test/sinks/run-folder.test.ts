import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DiskFolder, openRunFolder } from '../../src/sinks/run-folder.ts';

let scratch: string;
let out: string;
let nFolders = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-folder-'));
});
beforeEach(() => {
  out = join(scratch, `${nFolders++}`, 'out');
  mkdirSync(out, { recursive: true });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const text = (value: string) => new TextEncoder().encode(value);
const lockPlace = () => join(out, '.rekindle.lock');

async function write(folder: DiskFolder, names: readonly string[], content = 'new') {
  for (const name of names) {
    const file = await folder.create(name);
    await file.write(text(content));
    await file.close();
  }
}

async function writeRun(names: readonly string[], overwrite = true) {
  const folder = await openRunFolder(out, { overwrite });
  await write(folder, names);
  await folder.complete(JSON.stringify({ files: folder.files() }));
}

/** The lines of a lock left by a run with these files. */
function lock(holder: object, files: { begun?: string[]; moved?: string[] } = {}): string {
  const line = { run: 'theirs', host: hostname(), since: 0, ...holder };
  return `\n${JSON.stringify(line)}\n\n${JSON.stringify(files)}\n`;
}

/** The id of a process that is gone. */
async function gone(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid ?? 0;
}

test('files stand under partial names until all are complete', async () => {
  const folder = await openRunFolder(out, { overwrite: false });
  await write(folder, ['a.parquet', 'b.parquet']);
  expect(readdirSync(out).sort()).toEqual([
    '.rekindle.lock',
    'a.parquet.partial',
    'b.parquet.partial',
  ]);
  expect(folder.files()).toEqual([
    { name: 'a.parquet', bytes: 3 },
    { name: 'b.parquet', bytes: 3 },
  ]);
  await folder.complete('{}');
  expect(readdirSync(out).sort()).toEqual(['a.parquet', 'b.parquet', 'run.json']);
  await folder.abandon();
  folder.abandonNow();
  expect(readdirSync(out).sort()).toEqual(['a.parquet', 'b.parquet', 'run.json']);
  await expect(folder.create('c.parquet')).rejects.toMatchObject({ code: 'FOLDER_CLOSED' });
  await expect(folder.complete('{}')).rejects.toMatchObject({ code: 'FOLDER_CLOSED' });
});

describe('abandoned', () => {
  test('while a file is being opened: nothing is left', async () => {
    const folder = await openRunFolder(out, { overwrite: false });
    const creating = Promise.allSettled(['a', 'b', 'c'].map((name) => folder.create(name)));
    await folder.abandon();
    const made = await creating;
    expect(readdirSync(out)).toEqual([]);
    for (const one of made) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'FOLDER_CLOSED' });
      else await expect(one.value.write(text('x'))).rejects.toMatchObject({ code: 'FILE_CLOSED' });
    }
    await expect(folder.create('d')).rejects.toMatchObject({ code: 'FOLDER_CLOSED' });
    expect(readdirSync(out)).toEqual([]);
  });

  test('while bytes are being written: nothing is left', async () => {
    const folder = await openRunFolder(out, { overwrite: false });
    const file = await folder.create('a.parquet');
    const writing = file.write(new Uint8Array(1 << 24));
    await folder.abandon();
    await Promise.allSettled([writing]);
    expect(readdirSync(out)).toEqual([]);
  });

  test('at once: nothing is left', async () => {
    const folder = await openRunFolder(out, { overwrite: false });
    await write(folder, ['a.parquet']);
    folder.abandonNow();
    expect(readdirSync(out)).toEqual([]);
    await folder.abandon();
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('a folder with a damaged or hostile run.json', () => {
  const outside = () => join(out, '..', 'outside.txt');
  beforeEach(() => {
    for (const path of [outside(), join(out, 'notes.txt'), join(out, 'old.parquet')]) {
      writeFileSync(path, 'mine');
    }
    mkdirSync(join(out, 'folder'));
    writeFileSync(join(out, 'folder', 'inside.txt'), 'mine');
  });
  const files = (names: readonly unknown[]) =>
    JSON.stringify({ files: names.map((name) => ({ name })) });

  test.each<[string, () => string | Buffer]>([
    ['nothing', () => ''],
    ['null', () => 'null'],
    ['a number', () => '42'],
    ['half of it', () => '{"files": [{"name": "old.par'],
    ['a megabyte of junk', () => Buffer.alloc(1 << 20, 0xfe)],
    ['deep nesting', () => '['.repeat(1 << 20)],
    ['files that are no list', () => '{"files": {"length": 1, "0": {"name": "notes.txt"}}}'],
    ['files that are none', () => '{"files": [null, 1, "notes.txt", [], {"name": ["notes.txt"]}]}'],
    ['names that lead out', () => files(['../outside.txt', '../../x', '..', '.', outside()])],
    ['names of folders', () => files(['folder', 'folder/inside.txt', 'folder\\inside.txt', ''])],
    ['its own files', () => files(['run.json', '.rekindle.lock', 'run.json.partial'])],
    ['strange letters', () => files(['notes.txt\0', 'notes.txt\n', ' notes.txt', 'nötes.txt'])],
  ])('%s: nothing else is removed', async (_, content) => {
    writeFileSync(join(out, 'run.json'), content());
    const before = readdirSync(out).sort();
    await expect(openRunFolder(out, { overwrite: false })).rejects.toMatchObject({
      code: 'RUN_EXISTS',
    });
    expect(readdirSync(out).sort()).toEqual(before);
    await writeRun(['a.parquet']);
    expect(readdirSync(out).sort()).toEqual([...before, 'a.parquet'].sort());
    expect(readFileSync(outside(), 'utf8')).toBe('mine');
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(out, 'folder', 'inside.txt'), 'utf8')).toBe('mine');
  });

  test('what it lists is removed; of a link, the link', async () => {
    symlinkSync(outside(), join(out, 'link.parquet'));
    writeFileSync(join(out, 'run.json'), files(['old.parquet', 'link.parquet', 'missing.parquet']));
    await writeRun(['a.parquet']);
    expect(readdirSync(out).sort()).toEqual(['a.parquet', 'folder', 'notes.txt', 'run.json']);
    expect(readFileSync(outside(), 'utf8')).toBe('mine');
  });

  test('links under the names of the run are replaced, not followed', async () => {
    for (const name of ['a.parquet.partial', 'a.parquet', 'run.json.partial']) {
      symlinkSync(outside(), join(out, name));
    }
    await writeRun(['a.parquet']);
    expect(readFileSync(outside(), 'utf8')).toBe('mine');
    expect(readFileSync(join(out, 'a.parquet'), 'utf8')).toBe('new');
  });

  test.each(['run.json', '.rekindle.lock', 'a.parquet', 'a.parquet.partial'])(
    'a folder under the name %s is an error before anything is written',
    async (name) => {
      mkdirSync(join(out, name));
      const before = readdirSync(out).sort();
      let folder: DiskFolder | undefined;
      const work = async () => {
        folder = await openRunFolder(out, { overwrite: true });
        await folder.create('a.parquet');
      };
      await expect(work()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', exitCode: 5 });
      await folder?.abandon();
      expect(readdirSync(out).sort()).toEqual(before);
    },
  );

  test('a lock that is a link is not written to', async () => {
    symlinkSync(outside(), lockPlace());
    await expect(openRunFolder(out, { overwrite: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    expect(readFileSync(outside(), 'utf8')).toBe('mine');
  });
});

describe('a lock', () => {
  test('keeps a second run out, in the same process too', async () => {
    const folder = await openRunFolder(out, { overwrite: true });
    await expect(openRunFolder(out, { overwrite: true })).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message: expect.stringContaining(`process ${process.pid} on `),
    });
    await writeInto(folder);
    await writeRun(['b.parquet']);
    expect(readdirSync(out).sort()).toEqual(['b.parquet', 'run.json']);
  });

  async function writeInto(folder: DiskFolder) {
    await write(folder, ['a.parquet']);
    await folder.complete(JSON.stringify({ files: folder.files() }));
  }

  test.each<[string, () => object]>([
    ['a process that lives', () => ({ pid: process.ppid })],
    ['a process on another machine', () => ({ pid: 1, host: 'elsewhere' })],
  ])('of %s keeps others out and stays', async (_, holder) => {
    const content = lock(holder());
    writeFileSync(lockPlace(), content);
    await expect(openRunFolder(out, { overwrite: true })).rejects.toMatchObject({
      code: 'RUN_BUSY',
      hint: expect.stringContaining('remove '),
    });
    expect(readFileSync(lockPlace(), 'utf8')).toBe(content);
  });

  test.each<[string, () => Promise<string>]>([
    ['a process that is gone', async () => lock({ pid: await gone() })],
    ['an earlier process with our id', async () => lock({ pid: process.pid })],
    ['nobody', async () => ''],
    ['someone cut short', async () => '\n{"run":"theirs","pi'],
    ['strange fields', async () => lock({ pid: 'x', host: 7 }, { begun: ['../outside'] })],
    ['junk', async () => `null\n7\n"x"\n[]\n${'['.repeat(1 << 16)}\n\u0000\u0001`],
    ['a run that ended', async () => `${lock({ pid: process.ppid })}{"over":["theirs"]}\n`],
  ])('of %s is taken over', async (_, content) => {
    writeFileSync(lockPlace(), await content());
    await writeRun(['a.parquet'], false);
    expect(readdirSync(out).sort()).toEqual(['a.parquet', 'run.json']);
  });

  test('of a process that was gone stays taken over when its id comes again', async () => {
    writeFileSync(lockPlace(), lock({ pid: await gone() }));
    const folder = await openRunFolder(out, { overwrite: true });
    const lines = readFileSync(lockPlace(), 'utf8');
    writeFileSync(lockPlace(), lines.replace(/"pid":\d+/, `"pid":${process.ppid}`));
    await writeInto(folder);
    expect(readdirSync(out).sort()).toEqual(['a.parquet', 'run.json']);
  });

  test('that someone removed cannot be relied on: nothing gets its final name', async () => {
    const folder = await openRunFolder(out, { overwrite: true });
    await write(folder, ['a.parquet']);
    rmSync(lockPlace());
    await expect(folder.create('b.parquet')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    const other = await openRunFolder(out, { overwrite: true });
    await expect(folder.complete('{}')).rejects.toMatchObject({ code: 'RUN_BUSY' });
    await folder.abandon();
    await writeInto(other);
    expect(readdirSync(out).sort()).toEqual(['a.parquet', 'run.json']);
  });
});

describe('what a run that was cut short left', () => {
  const left = ['a.parquet', 'b.parquet.partial', 'notes.txt', 'other.partial'];
  beforeEach(async () => {
    for (const name of left) writeFileSync(join(out, name), 'left');
    const files = { begun: ['a.parquet', 'b.parquet'], moved: ['a.parquet', 'b.parquet'] };
    writeFileSync(lockPlace(), lock({ pid: await gone() }, files));
  });

  test('is not replaced unasked, however often one tries', async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(openRunFolder(out, { overwrite: false })).rejects.toMatchObject({
        code: 'RUN_INTERRUPTED',
        hint: expect.stringContaining('--overwrite'),
      });
      expect(readdirSync(out).sort()).toEqual(['.rekindle.lock', ...left].sort());
    }
  });

  test('goes when it is replaced, and other files stay', async () => {
    await writeRun(['c.parquet']);
    expect(readdirSync(out).sort()).toEqual([
      'c.parquet',
      'notes.txt',
      'other.partial',
      'run.json',
    ]);
  });

  test.each(['abandon', 'abandonNow'] as const)('is still known after %s', async (how) => {
    const folder = await openRunFolder(out, { overwrite: true });
    await write(folder, ['a.parquet', 'c.parquet']);
    await folder[how]();
    expect(readFileSync(join(out, 'a.parquet'), 'utf8')).toBe('left');
    expect(existsSync(join(out, 'c.parquet.partial'))).toBe(false);
    await folder.abandon();
    await expect(openRunFolder(out, { overwrite: false })).rejects.toMatchObject({
      code: 'RUN_INTERRUPTED',
    });
    await writeRun(['d.parquet']);
    expect(readdirSync(out).sort()).toEqual([
      'd.parquet',
      'notes.txt',
      'other.partial',
      'run.json',
    ]);
  });
});
