import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError, SinkError } from '../../src/errors.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import type { Epochs } from '../../src/model/epochs.ts';
import type { Events } from '../../src/model/events.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { mergeChunks, type SpikeRun } from '../../src/sources/tables/spike-chunks.ts';
import { openTables } from '../../src/sources/tables.ts';
import { findSession } from '../support/sessions.ts';
import {
  collectChunks,
  type Files,
  spikesOf,
  type Table,
  table,
  tableFolders,
  toCsv,
  toParquet,
} from '../support/table-folder.ts';

const { open, save } = tableFolders();
const sample = findSession('sim_small_11') ?? '';
const columns = ['unit_id int32', 'time float64'];

type Spike = readonly [unitId: number, time: number];

const orders: Readonly<Record<string, (spikes: readonly Spike[]) => Spike[]>> = {
  'in the order of time': (spikes) => [...spikes],
  'in the order of time, ties as they come': (spikes) => {
    const sorted = [...spikes].reverse();
    return sorted.sort((a, b) => a[1] - b[1]);
  },
  'unit by unit': (spikes) => [...spikes].sort((a, b) => a[0] - b[0]),
  shuffled: (spikes) => {
    let state = 11;
    const keyed = spikes.map((spike) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return [state, spike] as const;
    });
    return keyed.sort((a, b) => a[0] - b[0]).map(([, spike]) => spike);
  },
};

function tablesOf({
  units,
  epochs,
  ripples,
}: {
  units: UnitTable;
  epochs: Epochs;
  ripples: Events;
}) {
  const rows = [...epochs.states].flatMap(([state, spans]) =>
    spans.map(({ start, end }) => [state, start, end]),
  );
  return {
    units: table(
      ['unit_id int32', 'region utf8', 'cell_type utf8'],
      units.kept.map(({ id, region, cellType }) => [id, region, cellType]),
    ),
    epochs: table(
      ['name utf8', 'start float64', 'stop float64', 'environment utf8'],
      epochs.recorded.map(({ name, start, end, environment }) => [name, start, end, environment]),
    ),
    states: table(['state utf8', 'start float64', 'stop float64'], rows),
    events: table(
      ['name utf8', 'start float64', 'peak float64', 'stop float64'],
      Array.from(ripples.starts, (start, i) => [
        'ripples',
        start,
        ripples.peaks[i],
        ripples.stops[i],
      ]),
    ),
  };
}

describe('a session as tables is the session', () => {
  let others: Record<string, Table> = {};
  let spikes: Spike[] = [];
  beforeAll(async () => {
    const { values, streams } = await openCellExplorer({ path: sample, excludeBad: false });
    others = tablesOf(values);
    spikes = spikesOf([...streams.spikes()]).map(([time, unit]) => [
      values.units.kept[unit].id,
      time,
    ]);
  });

  const filters = { brainRegion: ['CA1'], cellType: ['Pyr'], chunkSeconds: 37 };
  const ways = Object.keys(orders).flatMap((order) =>
    ['csv', 'parquet'].map((format) => [order, format] as const),
  );

  test.each(ways)('%s, as %s', async (order, format) => {
    const expected = await openCellExplorer({ path: sample, excludeBad: false, ...filters });
    const rows = orders[order](spikes);
    const files: Record<string, string | Uint8Array> = {};
    for (const [name, content] of Object.entries({ spikes: table(columns, rows), ...others })) {
      files[`${name}.${format}`] =
        format === 'csv' ? toCsv(content) : await toParquet(content, { rowGroupSize: 10_000 });
    }
    const inMemory = await open(files, filters);
    const { values, span } = inMemory;
    expect(span).toEqual(expected.span);
    expect(values.epochs).toEqual(expected.values.epochs);
    expect(values.ripples).toEqual(expected.values.ripples);
    const described = ({ kept }: UnitTable) => kept.map(({ attributes: _, ...unit }) => unit);
    expect(described(values.units)).toEqual(described(expected.values.units));
    const chunks = [...expected.streams.spikes()];
    expect(await collectChunks(inMemory.streams.spikes())).toEqual(chunks);
    expect(await collectChunks(inMemory.streams.spikes())).toEqual(chunks);

    const isSorted = order.startsWith('in the order');
    expect(inMemory.codes.includes('SPIKES_MERGED')).toBe(!isSorted);
    const scratch = save({});
    const spilled = await open(files, { ...filters, mergeMemory: 1 << 16, scratch });
    expect(await collectChunks(spilled.streams.spikes())).toEqual(chunks);
    expect(readdirSync(scratch)).toHaveLength(isSorted ? 0 : 1);
    expect(await collectChunks(spilled.streams.spikes())).toEqual(chunks);
    await spilled.close();
    expect(readdirSync(scratch)).toEqual([]);
  });
});

/** Spikes on a coarse grid, so that many fall on one time. */
const recording = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: -40, max: 400 }).map((i) => i / 8),
  ),
  { maxLength: 60 },
);

test('neither the order of the file nor the chunks change the spikes', async () => {
  const widths = fc.double({ min: 0.5, max: 100, noNaN: true });
  await fc.assert(
    fc.asyncProperty(recording, widths, async (rows, chunkSeconds) => {
      const known = {
        'units.csv': 'unit_id\n6\n5\n4\n3\n2\n1\n',
        'epochs.csv': 'start,stop\n0,20\n20,45.3\n',
      };
      const expected = rows
        .filter(([, time]) => time >= 0 && time < 45.3)
        .map(([id, time]): [number, number] => [time, 6 - id])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      for (const order of [(spikes: readonly Spike[]) => spikes, ...Object.values(orders)]) {
        const files = { 'spikes.csv': toCsv(table(columns, order(rows))), ...known };
        const { streams } = await open(files, { chunkSeconds });
        const chunks = await collectChunks(streams.spikes());
        expect(spikesOf(chunks)).toEqual(expected);
        expect([chunks[0].start, chunks.at(-1)?.end]).toEqual([0, 45.3]);
        chunks.slice(1).forEach(({ start }, i) => {
          expect(start).toBe(chunks[i].end);
        });
      }
    }),
    { numRuns: 25 },
  );
});

describe('memory', () => {
  /** A run that counts what was pulled of it. */
  function countedRun(nBlocks: number, offset: number, counts: { pulled: number }): SpikeRun {
    let block = 0;
    return {
      next: async () => {
        if (block === nBlocks) return { done: true, value: undefined };
        counts.pulled += 10;
        const start = block++;
        const times = Float64Array.from({ length: 10 }, (_, i) => start + i / 10 + offset);
        return { done: false, value: { times, units: new Int32Array(10) } };
      },
    };
  }

  test('no more is held than a chunk and a block of each run', async () => {
    const counts = { pulled: 0 };
    const runs = Array.from({ length: 5 }, (_, i) => countedRun(200, i / 100, counts));
    const span = { start: 0, end: 300 };
    let [emitted, most] = [0, 0];
    for await (const { times } of mergeChunks(runs, span, { nUnits: 1, chunkSeconds: 3 })) {
      most = Math.max(most, counts.pulled - emitted);
      emitted += times.length;
    }
    expect(emitted).toBe(10_000);
    expect(most).toBeLessThanOrEqual(5 * (30 + 10));
  });

  test('a long file is streamed through: a loose bound', async () => {
    const nSpikes = 500_000;
    let text = 'unit_id,time\n';
    for (let i = 0; i < nSpikes; i++) text += `${i % 97},${i / 1000}\n`;
    const { streams } = await open({ 'spikes.csv': text });
    text = '';
    const before = process.memoryUsage().arrayBuffers;
    let [n, most] = [0, 0];
    for await (const { times } of streams.spikes()) {
      n += times.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(n).toBe(nSpikes);
    expect(most).toBeLessThan(100e6);
  });
});

describe('what can happen between opening and reading', () => {
  const sorted: Files = { 'spikes.csv': 'unit_id,time\n1,1\n2,2\n' };
  const byUnit: Files = { 'spikes.csv': 'unit_id,time\n1,1\n1,5\n2,2\n' };

  test.each([
    ['in the order of time', sorted, {}],
    ['merged in memory', byUnit, {}],
  ])('a file that was written to, %s', async (_, files, options) => {
    const { path, streams } = await open(files, options);
    const file = join(path, 'spikes.csv');
    writeFileSync(file, 'unit_id,time\n1,1\n2,2\n1,3\n1,4\n');
    const reading = collectChunks(streams.spikes());
    await expect(reading).rejects.toBeInstanceOf(InputError);
    await expect(reading).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  });

  test('a file of the same size, and one that is gone', async () => {
    const { path, streams } = await open(sorted);
    const file = join(path, 'spikes.csv');
    const { mtimeMs } = statSync(file);
    utimesSync(file, mtimeMs / 1000 + 10, mtimeMs / 1000 + 10);
    await expect(collectChunks(streams.spikes())).rejects.toMatchObject({ code: 'FILE_CHANGED' });
    const gone = await openTables({ path: save(sorted), scratch: '/nowhere' });
    const other = await open(sorted);
    expect(await collectChunks(gone.streams.spikes())).toEqual(
      await collectChunks(other.streams.spikes()),
    );
  });

  test('readers that leave early close the file, and a scratch file goes with close', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Spike => [i % 7, (i * 7919) % 1000]);
    const files = { 'spikes.csv': toCsv(table(columns, rows)) };
    const scratch = save({});
    const { streams, close } = await open(files, {
      mergeMemory: 1 << 16,
      scratch,
      chunkSeconds: 10,
    });
    for await (const chunk of streams.spikes()) if (chunk.times.length > 0) break;
    const both = [streams.spikes(), streams.spikes()].map((stream) => collectChunks(stream));
    const [one, two] = await Promise.all(both);
    expect(one).toEqual(two);
    expect(one.reduce((sum: number, { times }: SpikeChunk) => sum + times.length, 0)).toBe(20_000);
    await close();
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('a scratch folder that cannot be written, or whose file cannot be filled', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Spike => [i % 7, (i * 7919) % 1000]);
    const files = { 'spikes.csv': toCsv(table(columns, rows)) };
    const absent = join(save({}), 'absent');
    const { streams, close } = await open(files, { mergeMemory: 1 << 16, scratch: absent });
    await expect(collectChunks(streams.spikes())).rejects.toBeInstanceOf(SinkError);
    await close();
    const scratch = join(save({}), 'scratch');
    mkdirSync(scratch);
    const broken = await open(files, { mergeMemory: 1 << 16, scratch });
    writeFileSync(join(broken.path, 'spikes.csv'), 'unit_id,time\n1,1\n');
    await expect(collectChunks(broken.streams.spikes())).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    await broken.close();
    expect(existsSync(scratch) && readdirSync(scratch)).toEqual([]);
  });
});
