import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../src/pipeline/run.ts';
import { openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { readParquet } from '../support/read-parquet.ts';
import { readTruth, simulate, simulationFolder } from '../support/simulated.ts';

const folder = simulationFolder();
const place = (name: string) => join(folder, name);

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function readTable(path: string) {
  return readParquet(Uint8Array.from(readFileSync(path)));
}

/** A CSV of a session, row by row, the first one with the names. */
function readCsv(path: string): string[][] {
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => line.split(','));
}

describe('a recording in both formats', async () => {
  const options = { preset: 'small', seed: '4' };
  const printed = await simulate({ ...options, out: place('tables') });
  await simulate({ ...options, format: 'cellexplorer', out: place('cells') });
  const session = await openCellExplorer({ path: place('cells') });
  const { units, epochs, ripples } = session.values;
  const spikes = await readTable(join(place('tables'), 'spikes.parquet'));

  test('has the same spikes in both', () => {
    expect(spikes.names).toEqual(['unit_id', 'time']);
    expect(spikes.types).toEqual(['INT32', 'DOUBLE']);
    const bad = new Set(units.excluded.map(({ unit }) => unit.id));
    expect(bad.size).toBe(1);
    const kept = spikes.rows.filter(([id]) => !bad.has(id as number));
    const read = [...session.streams.spikes()].flatMap((chunk) =>
      Array.from(chunk.times, (time, s) => [units.kept[chunk.units[s]].id, time]),
    );
    expect(read.length).toBeGreaterThan(20_000);
    expect(read).toEqual(kept);
  });

  test('has the same units, epochs, states and ripples in both', () => {
    const all = [...units.kept, ...units.excluded.map(({ unit }) => unit)];
    const [names, ...rows] = readCsv(join(place('tables'), 'units.csv'));
    expect(names).toEqual(['unit_id', 'region', 'cell_type', 'shank', 'bad']);
    expect(rows).toEqual(
      all
        .sort((a, b) => a.id - b.id)
        .map(({ id, region, cellType, attributes }) => {
          const isBad = !units.kept.some((unit) => unit.id === id);
          const type = isBad ? 'Unclassified' : cellType;
          return [id, region, type, attributes.get('shankID'), isBad].map(String);
        }),
    );
    expect(readCsv(join(place('tables'), 'epochs.csv'))).toEqual([
      ['name', 'start', 'stop', 'environment'],
      ...epochs.recorded.map((epoch) =>
        [epoch.name, epoch.start, epoch.end, epoch.environment].map(String),
      ),
    ]);
    expect(readCsv(join(place('tables'), 'states.csv'))).toEqual([
      ['state', 'start', 'stop'],
      ...[...epochs.states].flatMap(([state, spans]) =>
        spans.map(({ start, end }) => [state, start, end].map(String)),
      ),
    ]);
    expect(readCsv(join(place('tables'), 'events.csv'))).toEqual([
      ['name', 'start', 'peak', 'stop'],
      ...Array.from(ripples.starts, (start, i) =>
        ['ripples', start, ripples.peaks[i], ripples.stops[i]].map(String),
      ),
    ]);
    expect(epochs.roles).toEqual({ pre: 0, task: 1, post: 2 });
    expect(epochs.states.size).toBe(5);
  });

  test('has its truth beside it, the same in both', async () => {
    for (const name of ['truth.json', 'truth.parquet']) {
      expect(sha256(join(place('cells'), name))).toBe(sha256(join(place('tables'), name)));
    }
    const truth = readTruth(place('cells'));
    expect(truth).toMatchObject({ seed: 4, preset: 'small' });
    const { rows, names } = await readTable(join(place('tables'), 'truth.parquet'));
    expect(names).toEqual(['assembly', 'time']);
    const times = rows.map(([, time]) => time as number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { assembly, activations, members } of truth.assemblies) {
      const own = rows.filter(([number]) => number === assembly);
      const counted = epochs.epochs.map(({ name, start, end }) => [
        name,
        own.filter(([, time]) => start <= (time as number) && (time as number) < end).length,
      ]);
      expect(activations).toEqual(Object.fromEntries(counted));
      for (const id of members) expect(units.kept.map((unit) => unit.id)).toContain(id);
    }
  });

  test('is summed up, with what to do next', () => {
    expect(printed).toContain('10:00 minutes, preset small, seed 4');
    expect(printed).toContain(`units       25, ${spikes.rows.length.toLocaleString('en')} spikes`);
    expect(printed).toContain('assemblies  3 planted');
    expect(printed).toMatch(
      /next {8}npx rekindle run pipelines\/reactivation-tables\.yaml --set session=\S*tables$/m,
    );
  });

  test('made again has the same bytes', async () => {
    await simulate({ ...options, out: place('again') });
    const names = readdirSync(place('tables'));
    expect(readdirSync(place('again'))).toEqual(names);
    for (const name of names) {
      expect(sha256(join(place('again'), name))).toBe(sha256(join(place('tables'), name)));
    }
  });
});

test('what a short recording holds besides spikes is this, on any machine', async () => {
  await simulate({ hours: '0.01', out: place('short') });
  const hash = createHash('sha256');
  for (const name of ['units.csv', 'epochs.csv', 'states.csv', 'events.csv', 'truth.json']) {
    hash.update(readFileSync(join(place('short'), name)));
  }
  expect(hash.digest('hex')).toBe(
    'fe60ed647ea4838ad812d0f27cca026d92fea502309eb806f61f7a13e1099d1b',
  );
});

test('the file names of a CellExplorer session are those of its folder', async () => {
  const printed = await simulate({
    hours: '0.01',
    assemblies: false,
    format: 'cellexplorer',
    out: `${place('rat 7')}/`,
  });
  expect(readdirSync(place('rat 7')).sort()).toEqual([
    'rat 7.SleepState.states.mat',
    'rat 7.cell_metrics.cellinfo.mat',
    'rat 7.ripples.events.mat',
    'rat 7.session.mat',
    'truth.json',
    'truth.parquet',
  ]);
  expect(printed).toMatch(/--set session="\S*rat 7"$/m);
  expect(printed).toContain('none planted');
  const { values } = await openCellExplorer({ path: place('rat 7'), brainRegion: ['CA1'] });
  expect(values.units.kept).toHaveLength(14);
});

describe('the folder', () => {
  test('must be empty, or may be written over', async () => {
    const out = place('used');
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const options = { hours: '0.01', out };
    await expect(simulate(options)).rejects.toMatchObject({ code: 'SESSION_EXISTS', exitCode: 5 });
    expect(readdirSync(out)).toEqual(['notes.txt']);
    await simulate({ ...options, overwrite: true });
    const before = sha256(join(out, 'spikes.parquet'));
    await simulate({ ...options, seed: '2', overwrite: true });
    expect(sha256(join(out, 'spikes.parquet'))).not.toBe(before);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readdirSync(out).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('is a file: the error says so', async () => {
    writeFileSync(place('file'), '');
    const failing = simulate({ hours: '0.01', out: place('file') });
    await expect(failing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', exitCode: 5 });
  });

  test('is not left behind by a recording that the format cannot hold', async () => {
    const out = place('huge');
    const large = { preset: 'full', hours: '30', units: '1000' };
    const failing = simulate({ ...large, format: 'cellexplorer', out });
    await expect(failing).rejects.toMatchObject({ code: 'TOO_LARGE_FOR_FORMAT', exitCode: 2 });
    expect(() => statSync(out)).toThrow();
  });
});

test.each(['tables', 'cellexplorer'])('interrupted, %s leave nothing behind', async (format) => {
  const out = place(`interrupted_${format}`);
  const nListeners = process.listenerCount('SIGINT');
  const timer = setInterval(() => {
    if (process.listenerCount('SIGINT') === nListeners) return;
    clearInterval(timer);
    process.emit('SIGINT');
  }, 10);
  const failing = simulate({ preset: 'full', hours: '50', format, out });
  await expect(failing).rejects.toBeInstanceOf(Interrupted);
  expect(() => statSync(out)).toThrow();
});

test.each([
  [{ preset: 'smal' }, 'BAD_OPTION', /small/],
  [{ hours: '-1' }, 'PARAM_OUT_OF_RANGE', /from 0.01/],
  [{ hours: 'two' }, 'BAD_OPTION', /hours/],
  [{ units: '2.5' }, 'PARAM_OUT_OF_RANGE', /whole number/],
  [{ assemblies: '-1' }, 'PARAM_OUT_OF_RANGE', /from 0/],
  [{ seed: '4294967296' }, 'BAD_OPTION', /seed/],
  [{ format: 'nwb' }, 'BAD_OPTION', /tables, cellexplorer/],
  [{ units: '5' }, 'TOO_FEW_UNITS', /at least 10 and 8 for 3 assemblies/],
])('%j is refused', async (options, code, message) => {
  const failing = simulate({ ...options, out: place('never') });
  await expect(failing).rejects.toMatchObject({ code, exitCode: 2 });
  await expect(failing).rejects.toThrow(message);
  expect(() => statSync(place('never'))).toThrow();
});
