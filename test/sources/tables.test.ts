import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { openTables, tablesNode } from '../../src/sources/tables.ts';
import {
  collectChunks,
  type Files,
  spikesOf,
  table,
  tableFolders,
  toCsv,
  toParquet,
} from '../support/table-folder.ts';
import { csvFiles, parquetFiles, session } from '../support/table-session.ts';

const { open, save } = tableFolders();

/** All but what names the files. */
async function contents(files: Files) {
  const { values, streams, span, codes } = await open(files, { chunkSeconds: 20 });
  return { values, span, codes, chunks: await collectChunks(streams.spikes()) };
}

describe('what is read', () => {
  test('all tables: units with attributes, spikes in chunks, epochs, states, events, digests', async () => {
    const { values, streams, span, digests, paths, codes } = await open(csvFiles(), {
      chunkSeconds: 20,
    });
    const unit = { label: '', cellType: 'Pyramidal Cell' };
    const attributes = (shank: number, note?: string) =>
      new Map<string, string | number>([
        ['shank', shank],
        ...(note ? [['note', note] as const] : []),
      ]);
    expect(values.units).toEqual({
      kind: 'units',
      kept: [
        { ...unit, id: 5, region: 'CA1', nSpikes: 3, attributes: attributes(1, 'a, "b"') },
        { ...unit, id: 7, region: 'CA3', nSpikes: 2, attributes: attributes(2.5) },
      ],
      excluded: [],
    });
    expect(await collectChunks(streams.spikes())).toEqual([
      {
        kind: 'spikes',
        start: 0,
        end: 20,
        nUnits: 2,
        times: Float64Array.of(1, 2, 2, 2.5),
        units: Int32Array.of(0, 0, 1, 1),
        runEnd: 30,
      },
      {
        kind: 'spikes',
        start: 20,
        end: 30,
        nUnits: 2,
        times: Float64Array.of(29.5),
        units: Int32Array.of(0),
        runEnd: 30,
      },
    ]);
    expect(span).toEqual({ start: 0, end: 30 });
    expect(values.epochs.roles).toEqual({ pre: 0, task: 1, post: 2 });
    expect([...values.epochs.states]).toEqual([
      [
        'THETA',
        [
          { start: 11, end: 12 },
          { start: 13, end: 14 },
        ],
      ],
      ['REM', [{ start: 1, end: 2 }]],
    ]);
    expect(values.ripples).toEqual({
      kind: 'events',
      name: 'ripples',
      starts: Float64Array.of(1, 12),
      peaks: Float64Array.of(Number.NaN, 12.05),
      stops: Float64Array.of(1.1, 12.1),
    });
    expect(values.ttl).toMatchObject({ name: 'ttl', stops: Float64Array.of(Number.NaN) });
    expect(codes).toEqual([]);
    const names = ['spikes', 'units', 'epochs', 'states', 'events'].map((name) => `${name}.csv`);
    expect(digests.map(({ name }) => name)).toEqual(names);
    for (const [i, path] of paths.entries()) {
      const bytes = readFileSync(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(digests[i]).toEqual({ name: names[i], sha256, bytes: bytes.length });
    }
  });

  test('Parquet and every kind of CSV say the same', async () => {
    const expected = await contents(csvFiles());
    expect(await contents(await parquetFiles())).toEqual(expected);
    const variants = [
      ...[',', ';', '\t'].flatMap((delimiter) =>
        ['\n', '\r\n'].map(
          (lineEnd) => (text: keyof typeof session) => toCsv(session[text], delimiter, lineEnd),
        ),
      ),
      (name: keyof typeof session) => `\ufeff${toCsv(session[name])}`,
      (name: keyof typeof session) => toCsv(session[name]).replace(/(?<!")\n/g, '\n\n'),
      (name: keyof typeof session) => toCsv(session[name]).replace(/,(?! )/g, ' , '),
      (name: keyof typeof session) =>
        toCsv(session[name]).replace(/^[^"]+$/gm, (line) => line.replace(/[^,\n]+/g, '"$&"')),
    ];
    for (const variant of variants) {
      const files = (Object.keys(session) as (keyof typeof session)[]).map((name) => [
        `${name}.csv`,
        variant(name),
      ]);
      expect(await contents(Object.fromEntries(files))).toEqual(expected);
    }
  });

  test('columns in any order, numbers in any form, a last line without end', async () => {
    const { streams, codes } = await open({
      'spikes.csv': 'time,x,unit_id\n+1.5,a,1\n1e-3,"b\n""c",2\n.5,,"2"\n2.,d,01\n00.250,e,1.0',
    });
    expect(spikesOf(await collectChunks(streams.spikes()))).toEqual([
      [0.001, 1],
      [0.25, 0],
      [0.5, 1],
      [1.5, 0],
      [2, 0],
    ]);
    expect(codes).toContain('COLUMNS_IGNORED');
    expect(codes).toContain('LAST_LINE_OPEN');
  });

  test('spikes alone: units from their ids, one epoch that holds them all', async () => {
    const { values, span, codes } = await open({
      'spikes.csv': 'unit_id,time\n10,-1\n9,3\n-2,0\n10,2\n',
    });
    expect(values.units.kept.map(({ id, nSpikes }) => [id, nSpikes])).toEqual([
      [-2, 1],
      [9, 1],
      [10, 2],
    ]);
    expect(span.start).toBe(-1);
    expect(span.end).toBeGreaterThan(3);
    expect(span.end).toBe(3 + 2 ** -51);
    expect(values.epochs.recorded).toEqual([{ name: 'all', environment: '', ...span }]);
    expect(values.ripples.starts).toHaveLength(0);
    expect(codes).toEqual([
      'TABLE_MISSING',
      'TABLE_MISSING',
      'TABLE_MISSING',
      'NO_RIPPLES',
      'NO_PRE_POST',
      'SPIKES_MERGED',
    ]);
  });

  test('ids that are texts: in the order of the table, or of the numbers in them', async () => {
    const rows = 'unit_id,time\nunit 10,1\nunit 2,2\nunit 10,3\n';
    const listed = await open({
      'spikes.csv': rows,
      'units.csv': 'unit_id,region\nunit 10,CA1\n7,CA1\nunit 2,CA1\n',
    });
    const named = ({ values }: typeof listed) =>
      values.units.kept.map(({ id, label, nSpikes }) => [id, label, nSpikes]);
    expect(named(listed)).toEqual([
      [1, 'unit 10', 2],
      [2, '7', 0],
      [3, 'unit 2', 1],
    ]);
    const alone = await open({ 'spikes.csv': rows });
    expect(named(alone)).toEqual([
      [1, 'unit 2', 1],
      [2, 'unit 10', 2],
    ]);
    const texts = table(
      ['unit_id utf8', 'time float64'],
      [
        ['b1', 1],
        ['a', 2],
        ['é', 2],
      ],
    );
    for (const files of [
      { 'spikes.parquet': await toParquet(texts) },
      { 'spikes.csv': toCsv(texts) },
    ]) {
      const { values, streams } = await open(files);
      expect(values.units.kept.map(({ label }) => label)).toEqual(['a', 'b1', 'é']);
      expect(spikesOf(await collectChunks(streams.spikes()))).toEqual([
        [1, 1],
        [2, 0],
        [2, 2],
      ]);
    }
  });

  test('units of some regions and types; the others are listed with the reason', async () => {
    const { values, streams } = await open(csvFiles(), { brainRegion: ['CA3'], cellType: ['Pyr'] });
    expect(values.units.kept.map(({ id, nSpikes }) => [id, nSpikes])).toEqual([[7, 2]]);
    expect(values.units.excluded).toMatchObject([
      { unit: { id: 5, nSpikes: 3 }, reason: 'brain region "CA1" does not match CA3' },
    ]);
    expect(spikesOf(await collectChunks(streams.spikes()))).toEqual([
      [2, 0],
      [2.5, 0],
    ]);
    const none = await open(csvFiles(), { brainRegion: ['V1'] });
    expect(none.codes).toContain('NO_UNITS');
    expect(spikesOf(await collectChunks(none.streams.spikes()))).toEqual([]);
  });

  test('the span of the kept spikes, and all units counted within it', async () => {
    const { values, span, streams } = await open(csvFiles(), {
      support: 'spikes',
      brainRegion: ['CA3'],
    });
    expect(span).toEqual({ start: 2, end: 2.5 + 2 ** -51 });
    expect(values.units.kept.map(({ nSpikes }) => nSpikes)).toEqual([2]);
    expect(values.units.excluded.map(({ unit }) => unit.nSpikes)).toEqual([1]);
    const chunks = await collectChunks(streams.spikes());
    expect(chunks).toMatchObject([{ ...span, runEnd: span.end }]);
  });

  test('spikes outside of the epochs are counted and left out', async () => {
    const files = { ...csvFiles(), 'epochs.csv': 'start,stop\n1.5,2.5\n' };
    const { values, streams, notes } = await open(files);
    expect(values.units.kept.map(({ nSpikes }) => nSpikes)).toEqual([1, 1]);
    expect(notes.find(({ code }) => code === 'SPIKES_OUTSIDE')).toMatchObject({
      level: 'info',
      data: { nSpikes: 3 },
    });
    expect(spikesOf(await collectChunks(streams.spikes()))).toEqual([
      [2, 0],
      [2, 1],
    ]);
    const far = await open({ ...csvFiles(), 'epochs.csv': 'start,stop\n1000,2000\n' });
    expect(far.notes.find(({ code }) => code === 'SPIKES_OUTSIDE')?.level).toBe('warning');
  });

  test('no spikes, where a table says how long the recording is', async () => {
    const { values, streams } = await open({ ...csvFiles(), 'spikes.csv': 'unit_id,time\n' });
    expect(values.units.kept.map(({ nSpikes }) => nSpikes)).toEqual([0, 0]);
    expect(await collectChunks(streams.spikes())).toHaveLength(1);
  });

  test('files of DuckDB', async () => {
    const path = save({});
    const connection = await (await DuckDBInstance.create()).connect();
    const copy = (query: string, name: string) =>
      connection.run(`COPY (${query}) TO '${join(path, name)}'`);
    const each = 'FROM range(1000) AS r(i)';
    await copy(`SELECT i % 7 AS unit_id, i / 8.0::DOUBLE AS time ${each}`, 'spikes.parquet');
    await copy(
      "SELECT i AS unit_id, 'CA' || i AS region, i % 2 = 0 AS even, NULL AS none FROM range(7) AS r(i)",
      'units.parquet',
    );
    await copy("SELECT 'run' AS name, 0::INTEGER AS start, 125::BIGINT AS stop", 'epochs.csv');
    await copy(
      "SELECT 'ripples' AS name, 1::FLOAT AS start, NULL::DOUBLE AS peak, 2::DOUBLE AS stop",
      'events.parquet',
    );
    connection.closeSync();
    const { values, streams } = await openTables({ path });
    expect(spikesOf(await collectChunks(streams.spikes()))).toEqual(
      Array.from({ length: 1000 }, (_, i) => [i / 8, i % 7]),
    );
    expect(values.units.kept[2]).toMatchObject({ id: 2, region: 'CA2' });
    expect(values.units.kept[2].attributes).toEqual(new Map([['even', 'true']]));
    expect(values.ripples).toMatchObject({ starts: Float64Array.of(1), stops: Float64Array.of(2) });
  });
});

describe('event sets are outputs', () => {
  test('the wanted ones, and ripples always', async () => {
    const { values } = await open(csvFiles(), {}, ['spikes', 'ttl']);
    expect(Object.keys(values).sort()).toEqual(['epochs', 'ripples', 'ttl', 'units']);
    const alone = await open(csvFiles(), {}, ['spikes', 'units']);
    expect(Object.keys(alone.values).sort()).toEqual(['epochs', 'ripples', 'units']);
  });

  test('a set that there is not, the nearest first; ripples that there are not, with a warning', async () => {
    const opening = open(csvFiles(), {}, ['ttls']);
    await expect(opening).rejects.toBeInstanceOf(ConfigError);
    await expect(opening).rejects.toMatchObject({
      code: 'UNKNOWN_EVENTS',
      hint: 'did you mean "ttl"? Known: ttl, ripples',
    });
    const noEvents = csvFiles({ spikes: session.spikes, epochs: session.epochs });
    await expect(open(noEvents, {}, ['ttl'])).rejects.toMatchObject({ code: 'UNKNOWN_EVENTS' });
    const { values, notes } = await open(noEvents, {}, ['ripples']);
    expect(values.ripples.starts).toHaveLength(0);
    expect(notes.find(({ code }) => code === 'NO_RIPPLES')?.level).toBe('warning');
    expect((await open(noEvents, {}, ['spikes'])).codes).not.toContain('NO_RIPPLES');
  });
});

test('the node opens what the function opens, and closes it', async () => {
  const path = save(csvFiles());
  const context = {
    wanted: new Set(['spikes']),
    report: () => {},
    signal: new AbortController().signal,
  };
  const options = Object.fromEntries(
    Object.entries(tablesNode.params).map(([key, param]) => [key, param.default]),
  ) as Parameters<typeof tablesNode.open>[0];
  const opened = await tablesNode.open({ ...options, path }, context);
  expect(Object.keys(opened.values).sort()).toEqual(['epochs', 'ripples', 'units']);
  expect(Object.keys(opened.streams)).toEqual(['spikes']);
  await opened.close?.();
  const aborted = AbortSignal.abort(new Error('enough'));
  await expect(
    tablesNode.open({ ...options, path }, { ...context, signal: aborted }),
  ).rejects.toThrow('enough');
});
