import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { type LabelsFileOptions, openLabelsFile } from '../../src/sources/labels-file.ts';
import { rejection } from '../support/compare.ts';
import { notes } from '../support/streams.ts';
import { type Files, table, tableFolders, toCsv, toParquet } from '../support/table-folder.ts';

const { save } = tableFolders();

async function read(files: Files, options: Partial<LabelsFileOptions> = {}) {
  const [name = ''] = Object.keys(files);
  const { report, codes } = notes();
  const opened = await openLabelsFile({ path: join(save(files), name), ...options }, { report });
  const { byUnit, ...rest } = opened.values.labels;
  return { ...opened, labels: Object.fromEntries(byUnit), rest, codes: codes() };
}

const electrodes = table(
  ['group utf8?', 'depth float64', 'unit_id int32'],
  [
    ['shallow', 100, 7],
    ['deep', 900, 3],
    [null, 500, 5],
    ['deep', 950, 12],
  ],
);

test('one row per unit, in any order; an empty cell is no label', async () => {
  const { labels, rest, digests, paths, codes } = await read({ 'sheet.csv': toCsv(electrodes) });
  expect(labels).toEqual({ 7: 'shallow', 3: 'deep', 12: 'deep' });
  expect(rest).toEqual({
    kind: 'labels',
    column: 'group',
    missingUnits: 'error',
    extraUnits: 'error',
  });
  expect(digests).toMatchObject([{ name: 'sheet.csv' }]);
  expect(paths[0]).toMatch(/sheet\.csv$/);
  expect(codes).toEqual(['COLUMNS_IGNORED']);
});

test('Parquet says the same; any column labels, numbers too', async () => {
  const bytes = await toParquet(electrodes, { rowGroupSize: 2 });
  expect((await read({ 'sheet.parquet': bytes })).labels).toEqual({
    7: 'shallow',
    3: 'deep',
    12: 'deep',
  });
  const options = { column: 'depth', missingUnits: 'ignore', extraUnits: 'unknown' } as const;
  const { labels, rest } = await read({ 'sheet.parquet': bytes }, options);
  expect(labels).toEqual({ 7: '100', 3: '900', 5: '500', 12: '950' });
  expect(rest).toMatchObject(options);
});

test('units that are named by text: in unit_id, or in unit_label beside it', async () => {
  const texts = 'unit_id,group\nimec0 u1,A\n2,B\n';
  expect((await read({ 'sheet.csv': texts })).labels).toEqual({ 'imec0 u1': 'A', 2: 'B' });
  const beside = 'unit_id,unit_label,group\n1,imec0 u1,A\n2,imec0 u2,B\n';
  const { labels, codes } = await read({ 'sheet.csv': beside });
  expect(labels).toEqual({ 'imec0 u1': 'A', 'imec0 u2': 'B' });
  expect(codes).toEqual([]);
  const numbers = 'unit_id,unit_label,group\n01,,A\n2.0,,B\n';
  expect((await read({ 'sheet.csv': numbers })).labels).toEqual({ 1: 'A', 2: 'B' });
});

describe('refused', () => {
  test.each([
    ['no such column', 'unit_id,region\n1,CA1\n', 'COLUMN_MISSING'],
    ['no unit ids', 'unit,group\n1,CA1\n', 'COLUMN_MISSING'],
    ['a unit twice', 'unit_id,group\n1,A\n1.0,B\n', 'UNIT_TWICE'],
    ['a row without unit', 'unit_id,group\n,A\n', 'BAD_UNIT_ID'],
    ['an id that is not whole', 'unit_id,group\n1.5,A\n', 'BAD_UNIT_ID'],
    ['a short line', 'unit_id,group\n1\n', 'CSV_FIELDS'],
    ['nothing at all', '', 'TABLE_EMPTY'],
  ])('%s', async (_, text, code) => {
    const error = await rejection(read({ 'sheet.csv': text }));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code });
    expect((error as InputError).where).toMatch(/sheet\.csv/);
  });

  test('a file that is not there, or is no table', async () => {
    const none = rejection(openLabelsFile({ path: join(save({}), 'none.csv') }));
    expect(await none).toMatchObject({ code: 'FILE_UNREADABLE' });
    const folder = rejection(openLabelsFile({ path: save({}) }));
    expect(await folder).toMatchObject({ code: 'FILE_UNREADABLE' });
    const damaged = rejection(read({ 'sheet.parquet': 'PAR1 and no more' }));
    expect(await damaged).toBeInstanceOf(InputError);
  });
});
