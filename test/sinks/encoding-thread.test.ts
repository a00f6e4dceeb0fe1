import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import { createInlineEncoder } from '../../src/sinks/column-encoder.ts';
import { createEncodingThread, type EncodingThread } from '../../src/sinks/encoding-thread.ts';
import { type ColumnSpec, createColumnBuffer } from '../../src/sinks/parquet-column.ts';
import { createParquetFile, type FileOptions } from '../../src/sinks/parquet-file.ts';
import { createThreads } from '../../src/workers/threads.ts';
import { createMemoryFile } from '../support/memory-folder.ts';

// A thread cannot read TypeScript on every Node that is supported: the built file stands in for the source.
const entry = new URL('../../dist/workers/thread-worker.js', import.meta.url);
const isBuilt = existsSync(entry);
if (!isBuilt) console.info(`skipped: no ${fileURLToPath(entry)}; build first`);

const threads: EncodingThread[] = [];
function open(): EncodingThread {
  const thread = createEncodingThread(createThreads(entry));
  threads.push(thread);
  return thread;
}
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

const columns: readonly ColumnSpec[] = [
  { name: 'time', type: 'float64' },
  { name: 'strength', type: 'float32' },
  { name: 'unit', type: 'int32' },
];

function rowsFrom(first: number, n: number) {
  const rows = Array.from({ length: n }, (_, i) => first + i);
  return [
    Float64Array.from(rows, (row) => row / 100),
    Float32Array.from(rows, (row) => (row % 97 === 0 ? Number.NaN : Math.sin(row))),
    Int32Array.from(rows, (row) => row % 12),
  ];
}

async function write(options: FileOptions, thread?: EncodingThread): Promise<Uint8Array> {
  const file = createMemoryFile();
  const parquet = await createParquetFile(file, columns, { name: 'a' }, options, thread);
  for (let at = 0; at < 1000; at += 130) await parquet.write(rowsFrom(at, 130), 130);
  await parquet.finish();
  return file.bytes();
}

describe.runIf(isBuilt)('encoding in a thread', () => {
  test.each(['zstd', 'snappy', 'none'] as const)(
    'makes the bytes of this thread: %s',
    async (compression) => {
      const options: FileOptions = { compression, rowGroupSize: 100, checkpointRowGroups: 3 };
      const bytes = await write(options, open());
      expect(bytes.length).toBeGreaterThan(1000);
      expect(bytes).toEqual(await write(options));
    },
  );

  test('serves two files at once', async () => {
    const thread = open();
    const options: FileOptions = { rowGroupSize: 64 };
    const both = await Promise.all([write(options, thread), write(options, thread)]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0]).toEqual(await write(options));
  });

  test.each([
    { what: 'little waits for the disk: it holds nothing up', nRows: 1000, isHeld: false },
    {
      what: 'much waits: the row group behind the next one is held up',
      nRows: 300_000,
      isHeld: true,
    },
  ])('$what', async ({ nRows, isHeld }) => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let nWrites = 0;
    // The first write is the magic word at the start.
    const file = createMemoryFile({
      beforeWrite: () => (++nWrites === 1 ? Promise.resolve() : held),
    });
    const options: FileOptions = { rowGroupSize: nRows, compression: 'none' };
    const parquet = await createParquetFile(file, columns, { name: 'a' }, options, open());
    await parquet.write(rowsFrom(0, nRows), nRows);
    await parquet.write(rowsFrom(nRows, nRows - 1), nRows - 1);
    let isTaken = false;
    const last = parquet.write(rowsFrom(2 * nRows - 1, 1), 1).then(() => {
      isTaken = true;
    });
    // With nothing to wait for it is there when the thread has encoded the first one.
    if (!isHeld) await last;
    else await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isTaken).toBe(!isHeld);
    release();
    await last;
    await parquet.finish();
    const whole = createMemoryFile();
    const plain = await createParquetFile(whole, columns, { name: 'a' }, options);
    await plain.write(rowsFrom(0, 2 * nRows), 2 * nRows);
    await plain.finish();
    expect(Buffer.compare(file.bytes(), whole.bytes())).toBe(0);
  });

  test('whoever waits encodes what the thread has not begun, and columns keep their order', async () => {
    const encoder = await open().encoder('zstd');
    const specs = Array.from({ length: 9 }, (_, i) => ({
      name: `c${i}`,
      type: 'float64' as const,
    }));
    const buffers = specs.map((spec, i) => {
      const buffer = createColumnBuffer(spec, 1000, SharedArrayBuffer);
      buffer.numbers.fill(i);
      return buffer;
    });
    const inline = await createInlineEncoder('zstd');
    const expected: Uint8Array[] = [];
    await inline.encode(buffers, 1000, async ({ pages }) => {
      expected.push(pages[0].body);
    });
    const taken: [index: number, body: Uint8Array][] = [];
    const done = encoder.encode(buffers, 1000, async ({ pages }, index) => {
      taken.push([index, pages[0].body]);
    });
    let nHelped = 0;
    while (encoder.help()) nHelped++;
    // The thread takes longer to start.
    expect(nHelped).toBe(9);
    expect(await done).toEqual(buffers);
    expect(taken.map(([index]) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(taken.map(([, body]) => [...body])).toEqual(expected.map((body) => [...body]));
    expect(encoder.help()).toBe(false);
  });

  test('of no columns none are encoded', async () => {
    const encoder = await open().encoder('none');
    expect(await encoder.encode([], 5, async () => {})).toEqual([]);
    expect(encoder.help()).toBe(false);
  });

  test('a failing write ends the file with its error, and nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const error = new SinkError({
      code: 'DISK_FULL',
      where: '/out/a',
      message: 'the disk is full',
    });
    let nWrites = 0;
    const file = createMemoryFile({
      beforeWrite: () => (++nWrites === 3 ? Promise.reject(error) : Promise.resolve()),
    });
    const parquet = await createParquetFile(
      file,
      columns,
      { name: 'a' },
      { rowGroupSize: 10 },
      open(),
    );
    await parquet.write(rowsFrom(0, 10), 10);
    await expect(parquet.finish()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await expect(parquet.write(rowsFrom(0, 10), 10)).rejects.toMatchObject({ code: 'DISK_FULL' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('a thread that is ended fails what it was at work on', async () => {
    const thread = open();
    const parquet = await createParquetFile(
      createMemoryFile(),
      columns,
      { name: 'a.parquet' },
      { rowGroupSize: 10 },
      thread,
    );
    await parquet.write(rowsFrom(0, 10), 10);
    await thread.close();
    await expect(parquet.finish()).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      where: 'a.parquet',
    });
  });
});
