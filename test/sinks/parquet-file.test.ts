import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import type { Cell, ColumnData, ColumnSpec } from '../../src/sinks/parquet-column.ts';
import { createParquetFile, type FileOptions, writeTable } from '../../src/sinks/parquet-file.ts';
import { createMemoryFile, type MemoryFile } from '../support/memory-folder.ts';
import { queryParquet, readParquet } from '../support/read-parquet.ts';

const columns: ColumnSpec[] = [
  { name: 'time', type: 'float64' },
  { name: 'value', type: 'float64' },
  { name: 'small', type: 'float32' },
  { name: 'index', type: 'int32' },
];

/** Rows with the values that go wrong first. */
function sampleColumns(nRows: number): ColumnData[] {
  const odd = [NaN, Infinity, -Infinity, -0, 0, 5e-324, Number.MAX_VALUE];
  const value = Float64Array.from({ length: nRows }, (_, i) =>
    i % 5 === 0 ? (odd[(i / 5) % odd.length] as number) : Math.sin(i) * 1e3,
  );
  return [
    Float64Array.from({ length: nRows }, (_, i) => (i + 0.5) * 0.01),
    value,
    value,
    Int32Array.from({ length: nRows }, (_, i) => i * 7 - 3),
  ];
}

async function writeCut(
  data: readonly ColumnData[],
  nRows: number,
  cuts: readonly number[],
  options: FileOptions,
): Promise<MemoryFile> {
  const file = createMemoryFile();
  const parquet = await createParquetFile(file, columns, { name: 'cut.parquet' }, options);
  const edges = [0, ...cuts.filter((cut) => cut <= nRows).sort((a, b) => a - b), nRows];
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1] as number, edges[i] as number];
    const part = data.map((column) => column.slice(from, to));
    await parquet.write(part, to - from);
    // What was handed over may be used again.
    for (const column of part) if (ArrayBuffer.isView(column)) column.fill(99);
  }
  await parquet.finish();
  return file;
}

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

async function collectGarbage(): Promise<void> {
  // A WeakRef holds its target until the task it was made in is over.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

function countAlive(refs: readonly WeakRef<object>[]): number {
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

function asFloat32(column: ColumnData): number[] {
  return [...Float32Array.from(column as Float64Array)];
}

describe('rows and groups', () => {
  test('the file does not depend on how the rows are cut', async () => {
    const nRows = 500;
    const data = sampleColumns(nRows);
    const options: FileOptions = { rowGroupSize: 64, checkpointRowGroups: 3 };
    const whole = (await writeCut(data, nRows, [], options)).bytes();
    const single = Array.from({ length: nRows }, (_, i) => i);
    expect((await writeCut(data, nRows, single, options)).bytes()).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(nRows), { maxLength: 12 }), async (cuts) => {
        expect((await writeCut(data, nRows, cuts, options)).bytes()).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [0, []],
    [1, [1]],
    [63, [63]],
    [64, [64]],
    [65, [64, 1]],
    [200, [64, 64, 64, 8]],
  ])('%i rows make groups of 64', async (nRows, groups) => {
    const data = sampleColumns(nRows);
    const read = await readParquet(
      (await writeCut(data, nRows, [10], { rowGroupSize: 64 })).bytes(),
    );
    expect(read.groups).toEqual(groups);
    expect(read.metadata.num_rows).toBe(BigInt(nRows));
    const [time, value, small, index] = data as [ColumnData, ColumnData, ColumnData, ColumnData];
    expect(read.rows.map((row) => row[0])).toEqual([...time]);
    expect(read.rows.map((row) => row[1])).toEqual([...value]);
    expect(read.rows.map((row) => row[2])).toEqual(asFloat32(small));
    expect(read.rows.map((row) => row[3])).toEqual([...index]);
  });

  test('a long row group has several pages', async () => {
    const nRows = 150_000;
    const data = sampleColumns(nRows);
    const file = await writeCut(data, nRows, [70_000], { rowGroupSize: 200_000 });
    const read = await readParquet(file.bytes());
    expect(read.groups).toEqual([nRows]);
    expect(read.rows.map((row) => row[1])).toEqual([...(data[1] as Float64Array)]);
    const [[counts] = []] = await queryParquet(
      file.bytes(),
      'select count(*)::int, sum("index")::double from FILE',
    );
    const sum = (data[3] as Int32Array).reduce((total, value) => total + value, 0);
    expect(counts).toEqual([nRows, sum]);
  });

  test.each(['zstd', 'snappy', 'none'] as const)(
    '%s reads back in both readers',
    async (compression) => {
      const nRows = 300;
      const data = sampleColumns(nRows);
      const options: FileOptions = { compression, rowGroupSize: 128 };
      const bytes = (await writeCut(data, nRows, [], options)).bytes();
      expect((await writeCut(data, nRows, [], options)).bytes()).toEqual(bytes);
      const { rows, metadata } = await readParquet(bytes);
      const [duckRows, codecs] = await queryParquet(
        bytes,
        'select * from FILE',
        'select distinct compression from parquet_metadata(FILE)',
      );
      expect(duckRows).toEqual(rows);
      expect(rows.map((row) => row[1])).toEqual([...(data[1] as Float64Array)]);
      const name = { zstd: 'ZSTD', snappy: 'SNAPPY', none: 'UNCOMPRESSED' }[compression];
      expect(codecs).toEqual([[name]]);
      expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe(name);
    },
  );
});

describe('cells', () => {
  const tableColumns: ColumnSpec[] = [
    { name: 'number', type: 'float64', isNullable: true },
    { name: 'text', type: 'utf8', isNullable: true },
    { name: 'flag', type: 'boolean', isNullable: true },
    { name: 'whole', type: 'int32', isNullable: true },
    { name: 'single', type: 'float32', isNullable: true },
    { name: 'name', type: 'utf8' },
    { name: 'is it', type: 'boolean' },
  ];
  const rows: Cell[][] = [
    [1.5, '', true, 1, 0.5, '', false],
    [null, null, null, null, null, 'a', true],
    [NaN, 'héllo 🧠 "quoted"', false, 2 ** 31 - 1, Infinity, 'ünïcode', true],
    [-0, 'a\u0000b', null, -(2 ** 31), NaN, '日本', false],
    [-Infinity, 'x'.repeat(300), true, null, null, ' ', true],
    [null, '', false, 0, -0, '', true],
  ];

  test.each([1, 2, 4, 100])(
    'nulls and odd values read back, groups of %i',
    async (rowGroupSize) => {
      const file = createMemoryFile();
      const table = { columns: tableColumns, rows };
      await writeTable(file, table, { name: 'table' }, { rowGroupSize });
      const read = await readParquet(file.bytes());
      expect(read.rows).toEqual(rows);
      expect((await queryParquet(file.bytes(), 'select * from FILE'))[0]).toEqual(rows);
      expect(read.types).toEqual([
        'DOUBLE',
        'BYTE_ARRAY',
        'BOOLEAN',
        'INT32',
        'FLOAT',
        'BYTE_ARRAY',
        'BOOLEAN',
      ]);
      const [, , , , , , name] = read.metadata.schema;
      expect(name).toMatchObject({ converted_type: 'UTF8', repetition_type: 'REQUIRED' });
      expect(name?.logical_type).toEqual({ type: 'STRING' });
    },
  );

  test('any nullable rows read back', async () => {
    const row = fc.tuple(
      fc.option(fc.double()),
      fc.option(fc.string({ unit: 'grapheme' })),
      fc.option(fc.boolean()),
      fc.option(fc.integer()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.integer({ min: 1, max: 20 }), async (rows, size) => {
        const file = createMemoryFile();
        const table = { columns: tableColumns.slice(0, 4), rows };
        await writeTable(file, table, { name: 'table' }, { rowGroupSize: size });
        expect((await readParquet(file.bytes())).rows).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  test('names from data are only names', async () => {
    const names = ['__proto__', '2', '1', 'a,b', 'constructor', 'a.b'];
    const file = createMemoryFile();
    const table = {
      columns: names.map((name): ColumnSpec => ({ name, type: 'int32' })),
      rows: [[1, 2, 3, 4, 5, 6]],
    };
    await writeTable(file, table, { name: 'table' });
    expect((await readParquet(file.bytes())).names).toEqual(names);
    const [answer] = await queryParquet(file.bytes(), 'select * from FILE');
    expect(answer).toEqual([[1, 2, 3, 4, 5, 6]]);
  });

  test.each([
    ['int32', 1.5],
    ['int32', 2 ** 31],
    ['int32', NaN],
    ['boolean', 1],
    ['utf8', null],
    ['float64', '1'],
  ] as const)('%s refuses %s', async (type, cell) => {
    const table = { columns: [{ name: 'column', type }], rows: [[cell]] };
    const writing = writeTable(createMemoryFile(), table, { name: 'bad.parquet' });
    await expect(writing).rejects.toMatchObject({
      code: 'BAD_CELL',
      where: 'bad.parquet: column "column"',
    });
  });

  test('columns of another number, type or length are refused', async () => {
    const write = async (data: ColumnData[], nRows: number) => {
      const columns: ColumnSpec[] = [{ name: 'id', type: 'int32' }];
      const file = await createParquetFile(createMemoryFile(), columns, { name: 'a' });
      await file.write(data, nRows);
    };
    await expect(write([], 1)).rejects.toMatchObject({ code: 'BAD_COLUMNS' });
    await expect(write([new Int32Array(1)], 2)).rejects.toMatchObject({ code: 'BAD_COLUMNS' });
    await expect(write([new Float64Array(1)], 1)).rejects.toMatchObject({ code: 'BAD_CELL' });
  });
});

describe('metadata', () => {
  test('statistics leave NaN out and count nulls', async () => {
    const file = createMemoryFile();
    const table = {
      columns: [
        { name: 'mixed', type: 'float64', isNullable: true },
        { name: 'nan', type: 'float64' },
        { name: 'zero', type: 'float64' },
        { name: 'id', type: 'int32' },
        { name: 'single', type: 'float32' },
        { name: 'flag', type: 'boolean' },
        { name: 'text', type: 'utf8', isNullable: true },
        { name: 'none', type: 'float64', isNullable: true },
      ] satisfies ColumnSpec[],
      rows: [
        [NaN, NaN, 0, 3, 0.1, true, 'b', null],
        [-2.5, NaN, -0, -4, -1, true, null, null],
        [null, NaN, 0, 1, NaN, true, 'a', null],
        [7, NaN, 0, 1, NaN, true, 'a', null],
      ],
    };
    await writeTable(file, table, { name: 'statistics' });
    const { metadata } = await readParquet(file.bytes());
    const statistics = metadata.row_groups[0]?.columns.map(({ meta_data }) => [
      meta_data?.statistics?.min_value,
      meta_data?.statistics?.max_value,
      meta_data?.statistics?.null_count,
    ]);
    expect(statistics).toEqual([
      [-2.5, 7, 1n],
      [undefined, undefined, 0n],
      [-0, 0, 0n],
      [-4, 3, 0n],
      [-1, Math.fround(0.1), 0n],
      [true, true, 0n],
      [undefined, undefined, 1n],
      [undefined, undefined, 4n],
    ]);
    const [duck, filtered] = await queryParquet(
      file.bytes(),
      `select stats_min_value, stats_max_value, stats_null_count::int, stats_distinct_count
       from parquet_metadata(FILE)`,
      'select count(*)::int from FILE where mixed > 6.5 and not isnan(mixed)',
    );
    expect(duck).toEqual([
      ['-2.5', '7.0', 1, null],
      [null, null, 0, null],
      ['-0.0', '0.0', 0, null],
      ['-4', '3', 0, null],
      ['-1.0', '0.1', 0, null],
      ['true', 'true', 0, null],
      [null, null, 1, null],
      [null, null, 4, null],
    ]);
    expect(filtered).toEqual([[1]]);
  });

  test('sizes, key-value pairs and the writer are stated', async () => {
    const file = createMemoryFile();
    const metadata = new Map([
      ['seed', '42'],
      ['digest', 'ä'],
    ]);
    const table = { columns: [columns[0] as ColumnSpec], rows: Array(1000).fill([1]) as Cell[][] };
    await writeTable(file, table, { name: 'kv', metadata });
    const [sizes, pairs, writer] = await queryParquet(
      file.bytes(),
      `select total_uncompressed_size::int, total_compressed_size::int, row_group_bytes::int
       from parquet_metadata(FILE)`,
      'select decode(key), decode(value) from parquet_kv_metadata(FILE)',
      'select created_by from parquet_file_metadata(FILE)',
    );
    const [uncompressed = 0, compressed = 0, group] = (sizes?.[0] ?? []) as number[];
    expect(uncompressed).toBeGreaterThan(8000);
    expect(uncompressed).toBeLessThan(8100);
    expect(compressed).toBeLessThan(100);
    expect(group).toBe(uncompressed);
    expect(pairs).toEqual([
      ['digest', 'ä'],
      ['seed', '42'],
    ]);
    expect(writer).toEqual([['rekindle']]);
  });
});

describe('writers', () => {
  test('a slow writer holds one row group, and calls are served in turn', async () => {
    let pending = 0;
    let mostPending = 0;
    const file = createMemoryFile({
      beforeWrite: async ({ length }) => {
        pending += length;
        mostPending = Math.max(mostPending, pending);
        await new Promise((resolve) => setTimeout(resolve, 1));
        pending -= length;
      },
    });
    const options: FileOptions = { rowGroupSize: 100, compression: 'none', checkpointRowGroups: 0 };
    const parquet = await createParquetFile(file, columns, { name: 'slow' }, options);
    const data = sampleColumns(1000);
    // Two calls at once, as a run with two chunks under way makes them.
    await Promise.all([parquet.write(data, 1000), parquet.write(data, 1000)]);
    const groupBytes = 100 * (8 + 8 + 4 + 4);
    expect(mostPending).toBeLessThan(groupBytes * 1.5);
    await parquet.finish();
    expect(file.mostWritesAtOnce()).toBe(1);
    expect(file.isClosed()).toBe(true);
    const { rows } = await readParquet(file.bytes());
    expect(rows.map((row) => row[3])).toEqual([
      ...(data[3] as Int32Array),
      ...(data[3] as Int32Array),
    ]);
  });

  test('neither what was handed over nor what was written is held on to', async () => {
    const written: WeakRef<Uint8Array>[] = [];
    const handed: WeakRef<Float64Array>[] = [];
    const alive: number[] = [];
    const writer = {
      write: async (bytes: Uint8Array) => {
        written.push(new WeakRef(bytes));
        await collectGarbage();
        alive.push(countAlive(written) + countAlive(handed));
      },
      close: async () => {},
    };
    const spec = [columns[1] as ColumnSpec];
    const options: FileOptions = { rowGroupSize: 1000, compression: 'none' };
    const parquet = await createParquetFile(writer, spec, { name: 'held' }, options);
    for (let i = 0; i < 12; i++) {
      const data = new Float64Array(1000);
      handed.push(new WeakRef(data));
      await parquet.write([data], 1000);
    }
    expect(alive.length).toBeGreaterThan(12);
    // The write under way and the one before it, the same of the arrays handed over, and what a busy machine has not
    // collected yet; with one more for each write it would be more than twenty.
    expect(Math.max(...alive)).toBeLessThanOrEqual(7);
  });

  test('a failing write is a SinkError, now and later, and nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    let nWrites = 0;
    const file = createMemoryFile({
      beforeWrite: async () => {
        // parquetjs-lite throws texts too.
        if (++nWrites === 3) throw 'no room left';
      },
    });
    const parquet = await createParquetFile(
      file,
      columns,
      { name: 'a.parquet' },
      { rowGroupSize: 10 },
    );
    const results = await Promise.allSettled([
      parquet.write(sampleColumns(5), 5),
      parquet.write(sampleColumns(40), 40),
      parquet.write(sampleColumns(5), 5),
      parquet.finish(),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    for (const result of results.slice(1)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(SinkError);
      expect(reason).toMatchObject({
        code: 'WRITE_FAILED',
        where: 'a.parquet',
        cause: 'no room left',
      });
      expect((reason as SinkError).message).toContain('no room left');
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(file.isClosed()).toBe(false);
  });

  test("the folder's own error passes, told of which file it speaks", async () => {
    const error = new SinkError({ code: 'DISK_FULL', where: '/out', message: 'the disk is full' });
    const file = createMemoryFile({ beforeWrite: () => Promise.reject(error) });
    const opening = createParquetFile(file, columns, { name: 'a.parquet' });
    await expect(opening).rejects.toMatchObject({ code: 'DISK_FULL', where: 'a.parquet: /out' });
  });

  test('options are checked', async () => {
    const opening = createParquetFile(
      createMemoryFile(),
      columns,
      { name: 'a' },
      { rowGroupSize: 0 },
    );
    await expect(opening).rejects.toMatchObject({ code: 'PARAM_OUT_OF_RANGE' });
  });
});
