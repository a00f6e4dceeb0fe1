import { execFileSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, InputError } from '../../src/errors.ts';
import { openTables } from '../../src/sources/tables.ts';
import { type Files, table, tableFolders, toParquet } from '../support/table-folder.ts';
import { csvFiles, session } from '../support/table-session.ts';

const { open, save } = tableFolders();

describe('what is refused, naming file, line and column', () => {
  const changed = (files: Files) => ({ ...csvFiles(), ...files });
  const rows = (text: string) => changed({ 'spikes.csv': `unit_id,time\n5,1\n${text}\n` });
  const cases: readonly [string, Files, string, RegExp, RegExp?][] = [
    ['no spikes', { 'spike.csv': '' }, 'TABLE_MISSING', /spike\.csv/],
    [
      'two tables of spikes',
      { 'spikes.csv': '', 'spikes.parquet': '' },
      'TABLE_TWICE',
      /both spikes\.csv and/,
    ],
    ['an empty file', changed({ 'spikes.csv': '' }), 'TABLE_EMPTY', /spikes\.csv: .*no lines/],
    ['blank lines', changed({ 'spikes.csv': '\n \r\n' }), 'TABLE_EMPTY', /spikes\.csv/],
    [
      'no header',
      changed({ 'spikes.csv': '5,1\n5,2\n' }),
      'COLUMN_MISSING',
      /column unit_id.*"5, 1"/,
    ],
    [
      'another column',
      changed({ 'spikes.csv': 'unitid,time\n' }),
      'COLUMN_MISSING',
      /column unit_id/,
      /did you mean "unitid"/,
    ],
    [
      'a column twice',
      changed({ 'spikes.csv': 'unit_id,time,time\n' }),
      'COLUMN_TWICE',
      /"time" twice/,
    ],
    ['no time', rows('5,'), 'BAD_TIME', /spikes\.csv, line 3, column time: found nothing/],
    ['a time that is no number', rows('5,NaN'), 'BAD_TIME', /line 3, column time: found "NaN"/],
    ['an endless time', rows('5,1e999'), 'BAD_TIME', /line 3, column time/],
    ['a time in other words', rows('5,2\n5,0x10'), 'BAD_TIME', /line 4, column time.*"0x10"/],
    ['a unit behind the time', rows('5,12 ms'), 'BAD_TIME', /"12 ms"/, /without a unit/],
    [
      'a decimal comma',
      changed({ 'spikes.csv': 'unit_id;time\n5;1,5\n' }),
      'BAD_TIME',
      /line 2, column time.*"1,5"/,
      /decimal point/,
    ],
    [
      'a decimal comma among commas',
      rows('5,1,5'),
      'CSV_FIELDS',
      /line 3: found 3 fields, expected 2/,
      /decimal point/,
    ],
    ['a field too few', rows('5'), 'CSV_FIELDS', /line 3: found 1 fields/],
    ['no unit', rows(',1'), 'BAD_UNIT_ID', /line 3, column unit_id/],
    [
      'a unit that is not listed',
      rows('5,2\n6,3'),
      'UNKNOWN_UNIT',
      /line 4, column unit_id: found unit "6"/,
      /[57]/,
    ],
    ['a NUL byte', rows('5,\0'), 'CSV_NUL', /line 3/],
    [
      'UTF-16',
      changed({ 'spikes.csv': Buffer.from('unit_id,time\n5,1\n', 'utf16le') }),
      'CSV_NUL',
      /line 1/,
    ],
    ['a quote that is not closed', rows('"5,1'), 'CSV_QUOTE', /line 3/],
    ['text behind a quote', rows('"5"a,1'), 'CSV_QUOTE', /line 3/],
    ['a lone carriage return', rows('5,1\r5,2'), 'CSV_LINE_END', /line 3/],
    [
      'bytes that are no UTF-8',
      changed({ 'units.csv': Buffer.from('unit_id,region\n5,\xe9\n', 'latin1') }),
      'CSV_ENCODING',
      /line 2/,
    ],
    ['a line without end', rows(`5,${'0'.repeat(1_100_000)}1`), 'CSV_LINE_TOO_LONG', /line 3/],
    [
      'an id that is not whole',
      { 'spikes.csv': 'unit_id,time\n1.5,1\n' },
      'BAD_UNIT_ID',
      /line 2, column unit_id: found 1\.5/,
    ],
    [
      'an id of more than 32 bits',
      { 'spikes.csv': 'unit_id,time\n3000000000,1\n' },
      'BAD_UNIT_ID',
      /3000000000/,
    ],
    [
      'a unit twice',
      changed({ 'units.csv': 'unit_id\n5\n7\n05\n' }),
      'UNIT_TWICE',
      /units\.csv, line 4, column unit_id: found "05" twice/,
    ],
    [
      'a unit without id',
      changed({ 'units.csv': 'unit_id,region\n5,CA1\n,CA1\n' }),
      'BAD_UNIT_ID',
      /line 3/,
    ],
    ['no epochs', changed({ 'epochs.csv': 'start,stop\n' }), 'NO_EPOCHS', /epochs\.csv/],
    [
      'an epoch that stops early',
      changed({ 'epochs.csv': 'start,stop\n0,1\n5,4\n' }),
      'STOP_BEFORE_START',
      /epochs\.csv, line 3, column stop: found 4/,
    ],
    [
      'epochs out of order',
      changed({ 'epochs.csv': 'start,stop\n5,6\n0,1\n' }),
      'EPOCHS_UNSORTED',
      /line 3, column start/,
    ],
    [
      'epochs of no time',
      changed({ 'epochs.csv': 'start,stop\n5,5\n' }),
      'EMPTY_SESSION',
      /epochs\.csv/,
    ],
    [
      'a session of ages',
      changed({ 'epochs.csv': 'start,stop\n0,1e78\n' }),
      'TOO_LONG',
      /from 0 to 1e\+78 s/,
    ],
    [
      'a state without name',
      changed({ 'states.csv': 'state,start,stop\n,1,2\n' }),
      'BAD_CELL',
      /states\.csv, line 2, column state/,
    ],
    [
      'a state that stops early',
      changed({ 'states.csv': 'state,start,stop\na,2,1\n' }),
      'STOP_BEFORE_START',
      /states\.csv, line 2/,
    ],
    [
      'an event without start',
      changed({ 'events.csv': 'name,start\nttl,nan\n' }),
      'BAD_TIME',
      /events\.csv, line 2, column start/,
    ],
    [
      'an event that stops early',
      changed({ 'events.csv': 'name,start,stop\nttl,2,1\n' }),
      'STOP_BEFORE_START',
      /events\.csv, line 2, column stop/,
    ],
    [
      'a peak that is no number',
      changed({ 'events.csv': 'name,start,peak\nttl,2,x\n' }),
      'BAD_TIME',
      /line 2, column peak/,
    ],
    ['no spikes and no epochs', { 'spikes.csv': 'unit_id,time\n' }, 'NO_SPIKES', /spikes\.csv/],
    [
      'text for Parquet',
      { 'spikes.parquet': 'unit_id,time\n1,2\n' },
      'PARQUET_DAMAGED',
      /spikes\.parquet/,
    ],
    ['an empty Parquet file', { 'spikes.parquet': '' }, 'PARQUET_DAMAGED', /spikes\.parquet/],
  ];

  test.each(cases)('%s', async (_, files, code, message, hint) => {
    const opening = open(files);
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toMatchObject({
      code,
      ...(hint ? { hint: expect.stringMatching(hint) } : {}),
    });
    await expect(opening).rejects.toThrow(message);
  });

  const parquetCases: readonly [string, string[], (number | string | null)[], string, RegExp][] = [
    [
      'no time',
      ['unit_id int32', 'time float64?'],
      [1, null],
      'BAD_TIME',
      /spikes\.parquet, row 2, column time: found nothing/,
    ],
    [
      'a time that is no number',
      ['unit_id int32', 'time float64'],
      [1, Number.NaN],
      'BAD_TIME',
      /row 2, column time: found NaN/,
    ],
    [
      'no unit',
      ['unit_id int32?', 'time float64'],
      [null, 1],
      'BAD_UNIT_ID',
      /row 2, column unit_id/,
    ],
    [
      'times as texts',
      ['unit_id int32', 'time utf8'],
      [1, '1'],
      'COLUMN_TYPE',
      /column time: found a column of type/,
    ],
    ['no column', ['unit_id int32', 'when float64'], [1, 1], 'COLUMN_MISSING', /column time/],
  ];

  test.each(parquetCases)('in Parquet, %s', async (_, columns, row, code, message) => {
    const first = columns[1].endsWith('utf8') ? [1, '1'] : [1, 1];
    const opening = open({ 'spikes.parquet': await toParquet(table(columns, [first, row])) });
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toMatchObject({ code });
    await expect(opening).rejects.toThrow(message);
  });

  test('a folder, or a pipe that nobody writes to, in the place of a file', async () => {
    const path = save({});
    const file = join(path, 'spikes.csv');
    mkdirSync(file);
    await expect(openTables({ path })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    if (process.platform === 'win32') return;
    rmdirSync(file);
    execFileSync('mkfifo', [file]);
    await expect(openTables({ path })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('a folder that is not there, and options that make no sense', async () => {
    const opening = openTables({ path: join(save({}), 'absent') });
    await expect(opening).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
    await expect(open(csvFiles(), { chunkSeconds: 0 })).rejects.toBeInstanceOf(ConfigError);
    await expect(open(csvFiles(), { mergeMemory: 1 })).rejects.toBeInstanceOf(ConfigError);
    await expect(open(csvFiles(), { brainRegion: ['('] })).rejects.toMatchObject({
      code: 'PATTERN_INVALID',
    });
    await expect(
      open(csvFiles({ spikes: session.spikes }), { cellType: ['Pyr'] }),
    ).rejects.toMatchObject({
      code: 'TABLE_MISSING',
    });
    const noRegion = { ...csvFiles(), 'units.csv': 'unit_id\n5\n7\n' };
    await expect(open(noRegion, { brainRegion: ['CA1'] })).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
    });
    const silent = { ...csvFiles(), 'spikes.csv': 'unit_id,time\n' };
    await expect(open(silent, { support: 'spikes' })).rejects.toMatchObject({ code: 'NO_SPIKES' });
  });
});
