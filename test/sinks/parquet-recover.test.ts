import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createParquetFile } from '../../src/sinks/parquet-file.ts';
import { recoverParquet } from '../../src/sinks/parquet-recover.ts';
import { createMemoryFile } from '../support/memory-folder.ts';
import { queryParquet, readParquet } from '../support/read-parquet.ts';

const nRows = 1030;
const rowGroupSize = 50;

/** A file of 21 row groups, and where each of its checkpoints ends. */
async function sample(checkpointRowGroups: number) {
  const lengths: number[] = [];
  let length = 0;
  const file = createMemoryFile({
    beforeWrite: async (bytes) => {
      length += bytes.length;
      if (length > 4 && Buffer.from(bytes.slice(-4)).toString() === 'PAR1') lengths.push(length);
    },
  });
  const values = Float64Array.from({ length: nRows }, (_, i) => (i % 9 === 0 ? NaN : Math.cos(i)));
  const parquet = await createParquetFile(
    file,
    [
      { name: 'time', type: 'float64' },
      { name: 'assembly_1', type: 'float64' },
    ],
    { name: 'partial', metadata: new Map([['seed', '1']]) },
    { rowGroupSize, checkpointRowGroups, compression: 'none' },
  );
  await parquet.write([Float64Array.from(values.keys()), values], nRows);
  await parquet.finish();
  return { bytes: file.bytes(), lengths, values };
}

function reader(bytes: Uint8Array) {
  return {
    size: bytes.length,
    read: async (offset: number, length: number) => {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(bytes.length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

test('a file cut anywhere gives back its last checkpoint', async () => {
  const { bytes, lengths, values } = await sample(4);
  // 5 checkpoints of 4 groups, and the end.
  expect(lengths).toHaveLength(6);
  const cutAt = fc.oneof(
    fc.nat(bytes.length),
    fc.constantFrom(...lengths.flatMap((length) => [length - 1, length, length + 1])),
  );
  await fc.assert(
    fc.asyncProperty(cutAt, async (cut) => {
      const nCheckpoints = lengths.filter((length) => length <= cut).length;
      const recovered = await recoverParquet(reader(bytes.subarray(0, cut)));
      if (nCheckpoints === 0) {
        expect(recovered).toBeUndefined();
        return;
      }
      const nRecovered = nCheckpoints === 6 ? nRows : nCheckpoints * 4 * rowGroupSize;
      expect(recovered).toEqual({
        length: lengths[nCheckpoints - 1],
        nRows: nRecovered,
        nRowGroups: Math.ceil(nRecovered / rowGroupSize),
      });
      const { rows, keyValues } = await readParquet(bytes.slice(0, recovered?.length));
      expect(rows.map((row) => row[1])).toEqual([...values.subarray(0, nRecovered)]);
      expect(keyValues).toEqual({ seed: '1' });
    }),
    { numRuns: 150 },
  );
});

test('DuckDB reads a recovered file', async () => {
  const { bytes, lengths } = await sample(4);
  const recovered = await recoverParquet(reader(bytes.subarray(0, (lengths[2] as number) + 100)));
  const [answer] = await queryParquet(
    bytes.slice(0, recovered?.length),
    'select count(*)::int, sum(time)::int from FILE',
  );
  expect(answer).toEqual([[600, (600 * 599) / 2]]);
});

test('without checkpoints only a complete file is found', async () => {
  const { bytes, lengths } = await sample(0);
  expect(lengths).toEqual([bytes.length]);
  expect(await recoverParquet(reader(bytes))).toMatchObject({ length: bytes.length, nRows });
  expect(await recoverParquet(reader(bytes.subarray(0, -1)))).toBeUndefined();
});

test('the magic word among the values is no footer', async () => {
  const file = createMemoryFile();
  const parquet = await createParquetFile(
    file,
    [{ name: 'text', type: 'utf8' }],
    { name: 'text' },
    { compression: 'none', rowGroupSize: 2, checkpointRowGroups: 1 },
  );
  const words = [
    'PAR1',
    'PAR1PAR1',
    '\u0008\u0000\u0000\u0000PAR1',
    '\u0000\u0000\u0000\u0000PAR1',
  ];
  await parquet.write([words], 4);
  const whole = file.bytes();
  await parquet.finish();
  for (let cut = 0; cut <= whole.length; cut++) {
    const recovered = await recoverParquet(reader(whole.subarray(0, cut)));
    if (!recovered) continue;
    const { rows } = await readParquet(whole.slice(0, recovered.length));
    expect(rows.flat()).toEqual(words.slice(0, recovered.nRows));
  }
});

test('bytes that are no Parquet file are searched in blocks and given up', async () => {
  const noise = new Uint8Array(2_500_000).fill(80);
  noise.set(new TextEncoder().encode('PAR1'), (1 << 20) - 2);
  expect(await recoverParquet(reader(noise))).toBeUndefined();
  expect(await recoverParquet(reader(new Uint8Array(0)))).toBeUndefined();
  expect(await recoverParquet(reader(new TextEncoder().encode('PAR1')))).toBeUndefined();
});

test('a footer across the edge of two blocks is found', async () => {
  const { bytes } = await sample(4);
  for (const extra of [0, 1, 2, 3, 4, 5]) {
    const padded = new Uint8Array(bytes.length + (1 << 20) - extra);
    padded.set(bytes);
    expect(await recoverParquet(reader(padded))).toMatchObject({ length: bytes.length });
  }
});
