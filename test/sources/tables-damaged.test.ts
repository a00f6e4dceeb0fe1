import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { openTables } from '../../src/sources/tables.ts';
import {
  collectChunks,
  spikesOf,
  table,
  tableFolders,
  toCsv,
  toParquet,
} from '../support/table-folder.ts';

const { save } = tableFolders();

const spikes = table(
  ['unit_id int32', 'time float64'],
  Array.from({ length: 60 }, (_, i) => [1 + (i % 3), i / 4]),
);
const units = table(
  ['unit_id int32', 'region utf8?', 'depth float64?'],
  [
    [1, 'CA1', 2.5],
    [2, null, null],
    [3, 'CA3', 1],
  ],
);
const epochs = table(['name utf8', 'start float64', 'stop float64'], [['all', 0, 15]]);
const events = table(
  ['name utf8', 'start float64', 'peak float64?'],
  [
    ['ripples', 3, null],
    ['ttl', 4, 4.5],
  ],
);
const tables = { spikes, units, epochs, events };

async function readAll(path: string): Promise<[number, number][]> {
  const { streams, close } = await openTables({ path });
  try {
    return spikesOf(await collectChunks(streams.spikes()));
  } finally {
    await close();
  }
}

/** What is read of a damaged file: its spikes, or undefined when it is refused as it should be. */
async function outcome(path: string, name: string, content: Uint8Array) {
  writeFileSync(join(path, name), content);
  try {
    return await readAll(path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.code).toMatch(/^[A-Z_]+$/);
    expect(error.message).not.toBe('');
    return undefined;
  }
}

async function saveAll(
  format: 'csv' | 'parquet',
  compression: 'zstd' | 'snappy' | 'none' = 'none',
) {
  const files: Record<string, string | Uint8Array> = {};
  for (const [name, content] of Object.entries(tables)) {
    const options = { compression, rowGroupSize: 20, checkpointRowGroups: 0 } as const;
    files[`${name}.${format}`] =
      format === 'csv' ? toCsv(content) : await toParquet(content, options);
  }
  return save(files);
}

describe('a file cut short anywhere', () => {
  test.each(Object.keys(tables))('%s.csv is an error, or has fewer rows', async (name) => {
    const path = await saveAll('csv');
    const whole = await readAll(path);
    const file = join(path, `${name}.csv`);
    const bytes = readFileSync(file);
    let nRead = 0;
    const step = name === 'spikes' ? 3 : 1;
    for (let length = 0; length < bytes.length; length += step) {
      const read = await outcome(path, `${name}.csv`, bytes.subarray(0, length));
      if (read === undefined) continue;
      nRead++;
      expect(read.length).toBeLessThanOrEqual(whole.length);
    }
    expect(nRead).toBeGreaterThan(0);
    expect(nRead).toBeLessThan(bytes.length);
  });

  test.each(Object.keys(tables))('%s.parquet is an error', async (name) => {
    const path = await saveAll('parquet', 'zstd');
    const file = join(path, `${name}.parquet`);
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 13) {
      expect(await outcome(path, `${name}.parquet`, bytes.subarray(0, length))).toBeUndefined();
    }
  });
});

describe('a file with changed bytes is read or refused, never worse', () => {
  const ways = [
    ['csv', 'none'],
    ['parquet', 'none'],
    ['parquet', 'snappy'],
    ['parquet', 'zstd'],
  ] as const;
  test.each(ways)('%s, compression %s', async (format, compression) => {
    const path = await saveAll(format, compression);
    for (const name of Object.keys(tables)) {
      const file = `${name}.${format}`;
      const bytes = readFileSync(join(path, file));
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, byte] of changes) damaged[at] = byte;
          await outcome(path, file, damaged);
        }),
        { numRuns: 30 },
      );
      writeFileSync(join(path, file), bytes);
    }
    expect(await readAll(path)).toHaveLength(60);
  });
});

test('a run of values that claims to be endless, anywhere, ends no process', async () => {
  const path = save({});
  const file = join(path, 'spikes.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  const rows = 'SELECT (i % 5)::INTEGER AS unit_id, i / 8.0::DOUBLE AS time FROM range(40) AS r(i)';
  await connection.run(`COPY (${rows}) TO '${file}' (COMPRESSION uncompressed)`);
  connection.closeSync();
  const bytes = readFileSync(file);
  expect(await readAll(path)).toHaveLength(40);
  const run = Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x07);
  for (let at = 4; at < bytes.length - run.length; at++) {
    const damaged = Uint8Array.from(bytes);
    damaged.set(run, at);
    await outcome(path, 'spikes.parquet', damaged);
  }
});
