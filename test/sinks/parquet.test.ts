import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordedWire, RecordingTables, SinkContext } from '../../src/define.ts';
import { SinkError } from '../../src/errors.ts';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import type { Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { silent } from '../../src/model/report.ts';
import { numberedUnits } from '../../src/model/units.ts';
import type { WireType } from '../../src/model/wires.ts';
import { check } from '../../src/params.ts';
import { parquetNode } from '../../src/sinks/parquet.ts';
import { createMemoryFolder, type MemoryFolder } from '../support/memory-folder.ts';
import { queryParquet, readParquet } from '../support/read-parquet.ts';

const binSize = 0.01;

function wire(node: string, type: WireType, port: string = type): RecordedWire {
  return { node, op: 'any', port, type };
}

function open(
  wires: readonly RecordedWire[],
  folder: MemoryFolder,
  { options = {}, recordings = [] }: { options?: object; recordings?: RecordingTables[] } = {},
) {
  const provenance = new Map([['rekindle.version', '0.1.0']]);
  const context: SinkContext = { folder, wires, recordings, provenance, report: silent };
  return parquetNode.open(check(parquetNode.params, options), context);
}

/** Bins `from` to `to` of an activation that is the same however it is cut. */
function chunkOf(nAssemblies: number, from: number, to: number): ActivationChunk {
  const nBins = to - from;
  const bins = Array.from({ length: nBins }, (_, i) => from + i);
  return {
    kind: 'activation',
    start: from * binSize,
    end: to * binSize,
    origin: 0,
    step: binSize,
    binSize,
    firstBin: from,
    nBins,
    times: Float64Array.from(bins, (bin) => (bin + 0.5) * binSize),
    columns: Array.from({ length: nAssemblies }, (_, k) =>
      Float64Array.from(bins, (bin) => (bin % 11 === k ? NaN : Math.sin(bin * (k + 1)))),
    ),
  };
}

async function read(folder: MemoryFolder, name: string) {
  const file = folder.files.get(name);
  if (!file) throw new Error(`${name} was not written`);
  expect(file.isClosed()).toBe(true);
  return readParquet(file.bytes());
}

const patterns: Patterns = {
  kind: 'patterns',
  units: numberedUnits(2).kept,
  weights: [Float64Array.of(0.8, 0.6)],
  members: [Uint8Array.of(1, 0)],
  valid: [true],
  patternEigenvalues: Float64Array.of(NaN),
  eigenvalues: Float64Array.of(1.5, 0.5),
  bound: 1.2,
  method: 'ica',
  boundMethod: 'marchenko-pastur',
  nBins: 100,
  binSize: 0.025,
  constantUnits: [],
  ica: undefined,
  warnings: [],
};

function psthOf(value: number): Psth {
  return {
    kind: 'psth',
    lags: Float64Array.of(0),
    mean: [Float64Array.of(value)],
    sem: [Float64Array.of(NaN)],
    n: Int32Array.of(1),
    eventTimes: Float64Array.of(value * 10),
    nUsed: 1,
    convention: 'exact',
  };
}

const recording: RecordingTables = {
  node: 'recording',
  values: {
    units: numberedUnits(2),
    epochs: {
      kind: 'epochs',
      domain: { start: 0, end: 10 },
      recorded: [{ name: 'run', environment: 'linear', start: 0, end: 10 }],
      epochs: [],
      states: new Map(),
      roles: undefined,
    },
    ripples: {
      kind: 'events',
      name: 'ripples',
      starts: Float64Array.of(1),
      peaks: Float64Array.of(NaN),
      stops: Float64Array.of(2),
    },
  },
};

describe('activation', () => {
  const activity = wire('activity', 'activation');

  async function activations(chunks: readonly ActivationChunk[], options: object = {}) {
    const folder = createMemoryFolder();
    const sink = await open([activity], folder, { options });
    // Two under way at once, as the demand gate allows.
    await Promise.all(chunks.map((chunk) => sink.chunk(activity, chunk)));
    await sink.finish();
    return { folder, bytes: folder.files.get('activations.parquet')?.bytes() ?? new Uint8Array() };
  }

  test('any chunking gives the same bytes', async () => {
    const options = { rowGroupSize: 64, checkpointRowGroups: 2 };
    const whole = (await activations([chunkOf(3, 0, 300)], options)).bytes;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 10 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 300];
        const chunks = edges.slice(1).map((to, i) => chunkOf(3, edges[i] as number, to));
        expect((await activations(chunks, options)).bytes).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('rows, columns and key-value pairs', async () => {
    const { folder, bytes } = await activations([chunkOf(2, 0, 90), chunkOf(2, 90, 150)], {
      rowGroupSize: 64,
    });
    const file = await read(folder, 'activations.parquet');
    expect(file.names).toEqual(['time', 'assembly_1', 'assembly_2']);
    expect(file.groups).toEqual([64, 64, 22]);
    expect(file.keyValues).toEqual({ 'rekindle.version': '0.1.0' });
    const { times, columns } = chunkOf(2, 0, 150);
    const expected = [...times].map((time, bin) => [time, ...columns.map((column) => column[bin])]);
    expect(file.rows).toEqual(expected);
    expect((await queryParquet(bytes, 'select * from FILE'))[0]).toEqual(expected);
  });

  test('float32 by option, times stay float64', async () => {
    const { folder, bytes } = await activations([chunkOf(1, 0, 50)], { activations: 'float32' });
    const file = await read(folder, 'activations.parquet');
    expect(file.types).toEqual(['DOUBLE', 'FLOAT']);
    const { times, columns } = chunkOf(1, 0, 50);
    const rounded = Float32Array.from(columns[0] ?? []);
    const expected = [...times].map((time, bin) => [time, rounded[bin]]);
    expect(file.rows).toEqual(expected);
    expect((await queryParquet(bytes, 'select * from FILE'))[0]).toEqual(expected);
  });

  test.each([
    ['no assemblies', [chunkOf(0, 0, 3)], ['time'], 3],
    ['no bins', [chunkOf(2, 0, 0)], ['time', 'assembly_1', 'assembly_2'], 0],
    ['nothing at all', [], ['time'], 0],
  ])('%s', async (_, chunks, names, nRows) => {
    const { folder, bytes } = await activations(chunks);
    const file = await read(folder, 'activations.parquet');
    expect(file.names).toEqual(names);
    expect(file.rows).toHaveLength(nRows);
    const [answer] = await queryParquet(bytes, 'select count(*)::int, count(time)::int from FILE');
    expect(answer).toEqual([[nRows, nRows]]);
  });

  test('another number of assemblies in mid-stream is refused', async () => {
    await expect(activations([chunkOf(2, 0, 5), chunkOf(3, 5, 9)])).rejects.toMatchObject({
      code: 'BAD_COLUMNS',
      where: 'activations.parquet',
    });
  });

  test('streams that are not recorded are refused', async () => {
    const sink = await open([activity], createMemoryFolder());
    const trigger = { kind: 'trigger', time: 1 } as const;
    const writing = sink.chunk(wire('ttl', 'triggers'), trigger);
    await expect(writing).rejects.toBeInstanceOf(SinkError);
  });

  test('a folder that fails is a SinkError', async () => {
    const folder = createMemoryFolder({ beforeWrite: () => Promise.reject(new Error('EIO')) });
    const sink = await open([activity], folder);
    await expect(sink.chunk(activity, chunkOf(1, 0, 5))).rejects.toBeInstanceOf(SinkError);
    await expect(sink.finish()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});

describe('tables of a run', () => {
  const wires = [
    wire('templates', 'patterns'),
    wire('pre', 'psth'),
    wire('z', 'moments'),
    wire('post', 'psth'),
  ];

  async function run(order: readonly RecordedWire[], recordings: RecordingTables[]) {
    const folder = createMemoryFolder();
    const sink = await open(wires, folder, { recordings });
    for (const one of order) {
      if (one.type === 'patterns') await sink.value(one, patterns);
      if (one.type === 'psth') {
        // A live align tells its state as it goes; the last one counts.
        await sink.value(one, psthOf(99));
        await sink.value(one, psthOf(one.node === 'pre' ? 1 : 2));
      }
    }
    await sink.finish();
    return folder;
  }

  test('one recording: no prefixes', async () => {
    const folder = await run(wires, [recording]);
    expect([...folder.files.keys()].sort()).toEqual([
      'assemblies.parquet',
      'assembly_regions.parquet',
      'epochs.parquet',
      'events.parquet',
      'moments.parquet',
      'patterns.parquet',
      'psth.parquet',
      'spectrum.parquet',
      'units.parquet',
    ]);
    const rows = async (name: string) => (await read(folder, name)).rows;
    expect(await rows('patterns.parquet')).toEqual([
      [1, 1, null, null, 0.8, true],
      [1, 2, null, null, 0.6, false],
    ]);
    expect(await rows('assemblies.parquet')).toEqual([
      [1, true, 1, null, null, null, null, null, null, null, null],
    ]);
    expect(await rows('psth.parquet')).toEqual([
      ['pre', 1, 0, 1, NaN, 1],
      ['post', 1, 0, 2, NaN, 1],
    ]);
    expect(await rows('events.parquet')).toEqual([
      ['recorded', 'ripples', 1, null, 2],
      ['aligned', 'pre', 10, null, null],
      ['aligned', 'post', 20, null, null],
    ]);
    // Never came: the columns alone.
    expect(await rows('moments.parquet')).toEqual([]);
    expect((await read(folder, 'units.parquet')).keyValues).toEqual({
      'rekindle.version': '0.1.0',
    });
  });

  test('the order in which values come does not show', async () => {
    const one = await run(wires, [recording]);
    const other = await run([...wires].reverse(), [recording]);
    for (const [name, file] of one.files) {
      expect(other.files.get(name)?.bytes()).toEqual(file.bytes());
    }
  });

  test('columns are public', async () => {
    const folder = await run(wires, [recording]);
    const columns: Record<string, string> = {};
    for (const [name, file] of folder.files) {
      const [described] = await queryParquet(
        file.bytes(),
        `select name, duckdb_type, repetition_type from parquet_schema(FILE) where type is not null`,
      );
      columns[name] = (described ?? [])
        .map(([column, type, kind]) => `${column} ${type}${kind === 'OPTIONAL' ? '?' : ''}`)
        .join(', ');
    }
    expect(columns).toEqual({
      'patterns.parquet':
        'assembly INTEGER, unit_id INTEGER, region VARCHAR?, cell_type VARCHAR?, weight DOUBLE, member BOOLEAN',
      'assemblies.parquet':
        'assembly INTEGER, valid BOOLEAN, n_members INTEGER, eigenvalue DOUBLE?, ' +
        'n_members_otsu INTEGER?, n_members_root_n INTEGER?, n_members_2sd INTEGER?, ' +
        'otsu_effectiveness DOUBLE?, stability DOUBLE?, restart_stability DOUBLE?, ' +
        'within_share DOUBLE?',
      'assembly_regions.parquet':
        'assembly INTEGER, region VARCHAR?, n_members INTEGER, weight_share DOUBLE',
      'spectrum.parquet': 'component INTEGER, eigenvalue DOUBLE, bound DOUBLE, p_value DOUBLE?',
      'psth.parquet':
        'events VARCHAR, assembly INTEGER, lag DOUBLE, mean DOUBLE, sem DOUBLE, n INTEGER',
      'moments.parquet':
        'node VARCHAR, unit_id INTEGER, mean DOUBLE, sd DOUBLE, n_bins INTEGER, bin_size DOUBLE, smoothing_sd DOUBLE, smoothing_side VARCHAR?',
      'units.parquet':
        'unit_id INTEGER, unit_label VARCHAR?, region VARCHAR?, cell_type VARCHAR?, n_spikes INTEGER, kept BOOLEAN, reason VARCHAR?',
      'epochs.parquet':
        'kind VARCHAR, name VARCHAR, environment VARCHAR?, role VARCHAR?, start DOUBLE, stop DOUBLE',
      'events.parquet': 'kind VARCHAR, events VARCHAR, start DOUBLE, peak DOUBLE?, stop DOUBLE?',
    });
  });

  test('several recordings: their tables carry their names', async () => {
    const folder = await run(wires, [recording, { ...recording, node: 'second' }]);
    const names = [...folder.files.keys()].filter((name) => /units|epochs|events/.test(name));
    expect(names.sort()).toEqual([
      'events.parquet',
      'recording.epochs.parquet',
      'recording.events.parquet',
      'recording.units.parquet',
      'second.epochs.parquet',
      'second.events.parquet',
      'second.units.parquet',
    ]);
    const { rows } = await read(folder, 'events.parquet');
    expect(rows.map(([kind]) => kind)).toEqual(['aligned', 'aligned']);
  });

  test('several fits and projections: their files carry their names', async () => {
    const folder = createMemoryFolder();
    const several = [
      wire('standard', 'patterns'),
      wire('shuffled', 'patterns'),
      wire('fast', 'activation'),
      wire('both', 'activation', 'left'),
      wire('both', 'activation', 'right'),
    ];
    const sink = await open(several, folder);
    await sink.finish();
    expect([...folder.files.keys()].sort()).toEqual([
      'both.left.activations.parquet',
      'both.right.activations.parquet',
      'fast.activations.parquet',
      'shuffled.assemblies.parquet',
      'shuffled.assembly_regions.parquet',
      'shuffled.patterns.parquet',
      'shuffled.spectrum.parquet',
      'standard.assemblies.parquet',
      'standard.assembly_regions.parquet',
      'standard.patterns.parquet',
      'standard.spectrum.parquet',
    ]);
  });
});
