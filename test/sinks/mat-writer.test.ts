import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import {
  cell,
  column,
  lazyMatrix,
  type MatNode,
  maxVariableBytes,
  row,
  rows,
  scalar,
  struct,
  text,
  texts,
  writeMat,
} from '../../src/sinks/mat-writer.ts';
import { readMat } from '../../src/sources/mat/read-mat.ts';
import type { MatValue } from '../../src/sources/mat/values.ts';
import { createMemoryFile } from '../support/memory-folder.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekindle-mat-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What our reader makes of it. */
async function readBack(node: MatNode): Promise<MatValue> {
  const file = createMemoryFile();
  await writeMat(file, 'made by a test', 'it', node);
  expect(file.isClosed()).toBe(true);
  const path = join(folder, 'it.mat');
  writeFileSync(path, file.bytes());
  return (await readMat(path, { variable: 'it' })).value;
}

describe('what is written reads back', () => {
  test.each([
    ['a scalar', scalar(-0.5), [1, 1], [-0.5]],
    ['a row', row([1, 2, 3]), [1, 3], [1, 2, 3]],
    ['a column', column([Number.NaN, 2]), [2, 1], [Number.NaN, 2]],
    [
      'rows',
      rows(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        2,
      ),
      [3, 2],
      [1, 3, 5, 2, 4, 6],
    ],
    ['no rows', rows([], 2), [0, 2], []],
    ['an empty column', column([]), [0, 1], []],
  ])('%s', async (_, node, dims, numbers) => {
    const data = Float64Array.from(numbers);
    expect(await readBack(node)).toMatchObject({ kind: 'numeric', dims, data });
  });

  test.each([8191, 8192, 8193, 50_000])('%i numbers, made as they are written', async (count) => {
    const node = lazyMatrix([count, 1], function* () {
      for (let i = 0; i < count; i++) yield i / 20_000;
    });
    const value = await readBack(node);
    expect(value.kind === 'numeric' && value.data).toEqual(
      Float64Array.from({ length: count }, (_, i) => i / 20_000),
    );
  });

  test('structs, cells and texts within each other', async () => {
    const node = struct({
      name: text('Ratte 7, Übung'),
      nothing: text(''),
      labels: texts(['a', '', 'long label']),
      none: cell([]),
      inner: struct({ trains: cell([column([1]), column([]), column([2, 3])]) }),
    });
    const value = await readBack(node);
    if (value.kind !== 'struct') throw new Error(value.kind);
    const field = (name: string) => value.fields.get(name)?.[0];
    expect([...value.fields.keys()]).toEqual(['name', 'nothing', 'labels', 'none', 'inner']);
    expect(field('name')).toMatchObject({ kind: 'char', rows: ['Ratte 7, Übung'] });
    expect(field('nothing')).toMatchObject({ kind: 'char', dims: [0, 0] });
    expect(field('labels')).toMatchObject({ kind: 'cell', dims: [1, 3] });
    expect(field('none')).toMatchObject({ kind: 'cell', items: [] });
    const inner = field('inner');
    const trains = inner?.kind === 'struct' ? inner.fields.get('trains')?.[0] : undefined;
    const items = trains?.kind === 'cell' ? trains.items : [];
    expect(items.map((item) => item.kind === 'numeric' && [...item.data])).toEqual([
      [1],
      [],
      [2, 3],
    ]);
  });
});

describe('what is refused', () => {
  test('a variable larger than the format has room for, before anything is made', async () => {
    const node = lazyMatrix([maxVariableBytes / 8 + 1, 1], () => {
      throw new Error('numbers were asked for');
    });
    const file = createMemoryFile();
    const writing = writeMat(file, '', 'it', node);
    await expect(writing).rejects.toBeInstanceOf(SinkError);
    await expect(writing).rejects.toMatchObject({ code: 'MAT_TOO_LARGE' });
    expect(file.bytes()).toHaveLength(0);
  });

  test.each([1, 3])('%i numbers for a matrix of two', async (count) => {
    const node = lazyMatrix([2, 1], () => new Array<number>(count).fill(1));
    await expect(writeMat(createMemoryFile(), '', 'it', node)).rejects.toThrow(RangeError);
  });
});
