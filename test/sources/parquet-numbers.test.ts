import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { beforeAll, describe, expect, test } from 'vitest';
import { ParquetTable } from '../../src/sources/tables/parquet-table.ts';
import { OpenTable } from '../../src/sources/tables/table-file.ts';
import { tableFolders } from '../support/table-folder.ts';

const { save } = tableFolders();

/** Rows of the files, which DuckDB cuts into groups of 2048 or more. */
const nRows = 5000;

/** Columns as DuckDB writes them: their type, how many different values they have, and the encodings that it chooses. */
const columns = [
  ['DOUBLE', nRows, 'PLAIN'],
  ['DOUBLE', 1, 'PLAIN_DICTIONARY'],
  ['DOUBLE', 2, 'PLAIN_DICTIONARY'],
  ['FLOAT', nRows, 'PLAIN'],
  ['FLOAT', 5, 'PLAIN_DICTIONARY'],
  ['INTEGER', 300, 'PLAIN_DICTIONARY'],
  ['BIGINT', 3, 'PLAIN_DICTIONARY'],
  ['BIGINT', 75, 'PLAIN_DICTIONARY'],
  ['USMALLINT', 9, 'PLAIN_DICTIONARY'],
  ['UINTEGER', 17, 'PLAIN_DICTIONARY'],
  ['UBIGINT', 33, 'PLAIN_DICTIONARY'],
  ['SMALLINT', 129, 'PLAIN_DICTIONARY'],
  ['TINYINT', 100, 'PLAIN_DICTIONARY'],
] as const;

const columnOfThree = columns.findIndex(([, n]) => n === 3);

/** In an order that is neither sorted nor regular, with runs of equal ones. */
const place = (n: number) => `((i * i // 3 + i // 40) % ${n})`;

const nameOf = (index: number) => `c${index}`;

let path = '';

beforeAll(async () => {
  path = save({});
  const connection = await (await DuckDBInstance.create()).connect();
  const copy = (query: string, name: string, options: string) =>
    connection.run(`COPY (${query}) TO '${join(path, name)}' (FORMAT parquet, ${options})`);
  const values = columns.map(([type, n], i) => `${place(n)}::${type} AS ${nameOf(i)}`);
  const nulls = 'CASE WHEN i = 4321 THEN NULL ELSE i / 8.0 END::DOUBLE AS gap';
  const query = `SELECT ${values.join(', ')}, ${nulls} FROM range(${nRows}) AS r(i)`;
  for (const compression of ['zstd', 'snappy', 'uncompressed']) {
    for (const version of ['V1', 'V2']) {
      const options = `COMPRESSION ${compression}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 2048`;
      await copy(query, `${compression}-${version}.parquet`, options);
    }
  }
  const large = `SELECT ((i * 7919) % 3000)::INTEGER AS wide, 9007199254740993 * (i % 2)::BIGINT AS odd,
    (i % 2)::BIGINT * -4611686018427387905 AS low, (CASE WHEN i % 2 = 0 THEN 0 ELSE 18446744073709551615 END)::UBIGINT AS high`;
  await copy(`${large} FROM range(30000) AS r(i)`, 'large.parquet', 'COMPRESSION zstd');
  connection.closeSync();
});

/** What both ways of reading find in a column; undefined where only the general one reads it. */
async function readBoth(name: string, column: string) {
  const file = { path: join(path, name), name, format: 'parquet' } as const;
  const table = await OpenTable.first(file);
  try {
    const parquet = await ParquetTable.open(table);
    const plain: number[] = [];
    const general: number[] = [];
    let isPlain = true;
    for (const group of parquet.groups) {
      const into = new Float64Array(group.nRows + 3).fill(-1);
      isPlain &&= await parquet.readNumbers(group, column, into);
      plain.push(...into.subarray(0, group.nRows));
      expect([...into.subarray(group.nRows)]).toEqual([-1, -1, -1]);
      const [pieces] = await parquet.read(group, [column]);
      for (const piece of pieces) for (const value of piece) general.push(Number(value));
    }
    return { plain: isPlain ? plain : undefined, general, nGroups: parquet.groups.length };
  } finally {
    await table.close();
  }
}

async function encodingsOf(name: string, column: string) {
  const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(join(path, name)));
  const chunks = row_groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data));
  const found = chunks.filter((chunk) => chunk?.path_in_schema[0] === column);
  return found.flatMap((chunk) => chunk?.encodings ?? []);
}

describe.each(['zstd', 'snappy', 'uncompressed'])('numbers with compression %s', (compression) => {
  test.each(columns.map((column, i) => [i, ...column] as const))(
    'column %i, %s of %i values, %s',
    async (index, type, n, encoding) => {
      const [name, column] = [`${compression}-V1.parquet`, nameOf(index)];
      expect(await encodingsOf(name, column)).toContain(encoding);
      const { plain, general, nGroups } = await readBoth(name, column);
      expect(nGroups).toBeGreaterThan(1);
      expect(plain).toHaveLength(nRows);
      expect(plain).toEqual(general);
      const exact = Array.from({ length: nRows }, (_, i) => {
        const square = Number((BigInt(i) * BigInt(i)) / 3n);
        return (square + Math.floor(i / 40)) % n;
      });
      expect(plain, type).toEqual(exact);
    },
  );

  test('of pages of version 2, but for those that are split into bytes or differences', async () => {
    const name = `${compression}-V2.parquet`;
    const read = { plain: 0, otherwise: 0 };
    for (const index of columns.keys()) {
      const { plain, general } = await readBoth(name, nameOf(index));
      expect(general).toHaveLength(nRows);
      const isOther = /DELTA|SPLIT/.test(String(await encodingsOf(name, nameOf(index))));
      expect(plain).toEqual(isOther ? undefined : general);
      read[isOther ? 'otherwise' : 'plain']++;
    }
    expect(read.plain).toBeGreaterThan(5);
    expect(read.otherwise).toBeGreaterThan(0);
  });

  test('not where one is null', async () => {
    const { plain, general } = await readBoth(`${compression}-V1.parquet`, 'gap');
    expect(plain).toBeUndefined();
    expect(general).toHaveLength(nRows);
  });
});

test('a dictionary of thousands, and integers that no double holds, to the nearest', async () => {
  const { plain: wide } = await readBoth('large.parquet', 'wide');
  expect(wide).toEqual(Array.from({ length: 30000 }, (_, i) => (i * 7919) % 3000));
  for (const column of ['odd', 'low', 'high']) {
    const { plain, general } = await readBoth('large.parquet', column);
    expect(plain).toEqual(general);
  }
  const { plain: high } = await readBoth('large.parquet', 'high');
  expect(Math.max(...(high ?? []))).toBe(2 ** 64);
});

test('an index that the dictionary does not have is damage', async () => {
  const name = 'uncompressed-V1.parquet';
  const bytes = readFileSync(join(path, name));
  const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(join(path, name)));
  const chunk = row_groups[0].columns[columnOfThree].meta_data;
  const from = Number(chunk?.data_page_offset);
  // Behind the header of the page come levels and widths; further on are indices of two bits alone.
  bytes.fill(0xff, from + 100, from + 110);
  writeFileSync(join(path, 'damaged.parquet'), bytes);
  const reading = readBoth('damaged.parquet', nameOf(columnOfThree));
  await expect(reading).rejects.toMatchObject({
    code: 'PARQUET_DAMAGED',
    message: expect.stringContaining('value 3 of a dictionary of 3'),
  });
});
