import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderFiles } from '../../src/results/result-files.ts';
import { openResults, type RunResults } from '../../src/results/run-results.ts';
import { version } from '../../src/version.ts';
import { finishRun, rowsOf, scratchFolder } from '../support/finished-run.ts';

const scratch = scratchFolder();
const whole = join(scratch, 'whole');
const open = (folder: string) => openResults(folderFiles(folder));

/** Small row groups, so that reading them one by one means something. */
const pipeline = `version: 1
name: small-groups
nodes:
  recording: { op: cellexplorer, path: '${join(process.cwd(), 'data-samples/sim_small_11')}', brainRegion: CA1 }
  task: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  taskCounts: { op: bin, from: task, binSize: 0.025 }
  taskZ: { op: zscore, from: taskCounts }
  templates: { op: fit-patterns, from: taskZ }
  counts: { op: bin, from: recording.spikes, binSize: 0.05 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  post: { op: event-align, inputs: { activation: activity, events: recording.ripples }, in: post }
  files: { op: parquet, rowGroupSize: 1000, activations: float32 }
`;
let results: RunResults;

beforeAll(async () => {
  results = await finishRun(whole, pipeline);
});

describe('a run that is whole', () => {
  test('its summary holds everything that run.json says', () => {
    const said = JSON.parse(readFileSync(join(whole, 'run.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(results.run).sort()).toEqual(Object.keys(said).sort());
    expect(results.run.rekindle).toBe(version);
    expect(results.run.detection[0]?.nAssemblies).toBe(2);
    expect(results.run.nodes.find(({ id }) => id === 'post')?.inputs.get('events')).toBe(
      'recording.ripples',
    );
    expect(results.activations).toEqual(['']);
    expect(results.fits).toEqual(['']);
    expect(results.recordings).toEqual(['']);
    expect(results.correlations).toEqual([]);
  });

  test.each(['units', 'epochs', 'events', 'patterns', 'assemblies', 'spectrum', 'psth'])(
    'the table %s has the values of its file',
    async (name) => {
      const rows = await rowsOf(whole, `${name}.parquet`);
      const table = await results.table(`${name}.parquet`);
      expect(table?.nRows).toBe(rows.length);
      expect(rows.length).toBeGreaterThan(0);
      for (const [column, { kind }] of table?.columns ?? []) {
        const found = Array.from({ length: rows.length }, (_, row) => {
          if (table?.isNull(column)[row]) return null;
          if (kind === 'texts') return table?.texts(column)[row];
          return kind === 'flags' ? table?.flags(column)[row] === 1 : table?.numbers(column)[row];
        });
        expect(found, column).toEqual(rows.map((row) => row[column]));
      }
    },
  );

  test('activation comes row group by row group, and is that of the file', async () => {
    const rows = await rowsOf(whole, 'activations.parquet');
    const lengths: number[] = [];
    const read: number[][] = [];
    await results.activation('', ({ time, columns }) => {
      lengths.push(time.length);
      time.forEach((at, row) => {
        read.push([at, ...columns.map((column) => column[row])]);
      });
    });
    expect(lengths.slice(0, -1).every((length) => length === 1000)).toBe(true);
    expect(lengths.length).toBe(Math.ceil(rows.length / 1000));
    expect(read).toEqual(rows.map((row) => Object.values(row)));
    expect(await results.nBins('')).toBe(rows.length);
    expect(await results.nAssemblies('')).toBe(2);
  });

  test('one assembly alone, and one that is not there', async () => {
    const rows = await rowsOf(whole, 'activations.parquet');
    let [sum, nColumns] = [0, 0];
    const visit = ({ columns }: { columns: readonly Float64Array[] }) => {
      nColumns = columns.length;
      sum += columns[0]?.reduce((a, b) => a + b, 0) ?? 0;
    };
    await results.activation('', visit, { assemblies: [2] });
    expect(nColumns).toBe(1);
    expect(sum).toBeCloseTo(
      rows.reduce((all, row) => all + Number(row.assembly_2), 0),
      6,
    );
    await expect(results.activation('', visit, { assemblies: [3] })).rejects.toMatchObject({
      code: 'RESULT_NOT_READABLE',
    });
    expect(() => results.activation('other.', visit)).toThrow(/no such file/);
  });

  test('a table that the run does not have', async () => {
    expect(await results.table('correlation.parquet')).toBeUndefined();
    const units = await results.table('units.parquet');
    expect(() => units?.numbers('region')).toThrow(/found texts, expected numbers/);
    expect(() => units?.texts('nothing')).toThrow(/no such column/);
  });
});

describe('a run that is not', () => {
  let folder: string;
  let nFolders = 0;
  const copy = (): string => {
    folder = join(scratch, `copy${nFolders++}`);
    cpSync(whole, folder, { recursive: true });
    return folder;
  };
  const editRun = (change: (run: Record<string, unknown>) => void): void => {
    const place = join(folder, 'run.json');
    const run = JSON.parse(readFileSync(place, 'utf8')) as Record<string, unknown>;
    change(run);
    writeFileSync(place, JSON.stringify(run));
  };

  test('no folder', async () => {
    await expect(open(join(scratch, 'nowhere'))).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      found: 'no such folder',
      exitCode: 3,
    });
  });

  test('no run.json: it was not completed', async () => {
    rmSync(join(copy(), 'run.json'));
    await expect(open(folder)).rejects.toMatchObject({
      code: 'RUN_INCOMPLETE',
      hint: expect.stringContaining('rekindle run --overwrite'),
    });
    mkdirSync(join(folder, 'run.json'));
    await expect(open(folder)).rejects.toMatchObject({ code: 'RESULT_UNREADABLE' });
  });

  test('another version: the one found and the one expected are named', async () => {
    copy();
    editRun((run) => {
      run.rekindle = '0.0.7';
    });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'RUN_NOT_READABLE',
      found: expect.stringContaining('0.0.7'),
      expected: expect.stringContaining(version),
    });
    editRun((run) => {
      run.rekindle = undefined;
    });
    await expect(open(folder)).rejects.toMatchObject({ found: 'no version' });
    const [major, minor] = version.split('.');
    editRun((run) => {
      run.rekindle = `${major}.${minor}.99`;
    });
    await expect(open(folder)).resolves.toMatchObject({ fits: [''] });
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['half of it', '{"rekindle": "0.1.0", "name": "x'],
    ['no object', '[1, 2]'],
    ['null', 'null'],
  ])('a run.json that is %s', async (_, text) => {
    writeFileSync(join(copy(), 'run.json'), text);
    await expect(open(folder)).rejects.toMatchObject({ code: 'RUN_NOT_READABLE', exitCode: 3 });
  });

  test('a run.json whose parts are of the wrong kind says which', async () => {
    copy();
    editRun((run) => {
      run.detection = [{ node: 'templates' }];
    });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'RUN_NOT_READABLE',
      where: expect.stringContaining('run.json, detection[0].method'),
      found: 'nothing',
      expected: 'a text',
    });
  });

  test('a file that is gone', async () => {
    rmSync(join(copy(), 'psth.parquet'));
    await expect(open(folder)).rejects.toMatchObject({
      code: 'RESULT_MISSING',
      where: expect.stringContaining('psth.parquet'),
    });
  });

  test('a file that was cut short', async () => {
    truncateSync(join(copy(), 'activations.parquet'), 5000);
    const cut = await open(folder);
    await expect(cut.activation('', () => {})).rejects.toMatchObject({
      code: 'RESULT_DAMAGED',
      found: '5000 bytes',
    });
  });

  test('a file of the right size that is no Parquet, and one with damaged values', async () => {
    const place = join(copy(), 'patterns.parquet');
    const bytes = readFileSync(place);
    writeFileSync(place, Buffer.alloc(bytes.length, 0x20));
    const damaged = await open(folder);
    await expect(damaged.table('patterns.parquet')).rejects.toMatchObject({
      code: 'RESULT_DAMAGED',
    });
    bytes.fill(0xff, 8, 200);
    writeFileSync(place, bytes);
    await expect(damaged.table('patterns.parquet')).rejects.toMatchObject({
      code: 'RESULT_DAMAGED',
    });
  });

  test('a file in the place of another', async () => {
    copyFileSync(join(copy(), 'units.parquet'), join(folder, 'psth.parquet'));
    editRun((run) => {
      const files = run.files as { name: string; bytes: number }[];
      const units = files.find(({ name }) => name === 'units.parquet');
      for (const file of files) if (file.name === 'psth.parquet') file.bytes = units?.bytes ?? 0;
    });
    const swapped = await open(folder);
    await expect(swapped.table('psth.parquet')).rejects.toMatchObject({
      code: 'RESULT_NOT_READABLE',
      where: expect.stringContaining('column "events"'),
    });
  });
});
