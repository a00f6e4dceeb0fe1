import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, InputError } from '../../src/errors.ts';
import type { Note } from '../../src/model/report.ts';
import {
  type CellExplorerOptions,
  cellexplorerNode,
  openCellExplorer,
} from '../../src/sources/cellexplorer.ts';
import {
  cell,
  char,
  type MatNode,
  matFile,
  numeric,
  scalar,
  struct,
} from '../support/mat-writer.ts';

type Fields = Readonly<Record<string, MatNode | undefined>>;

/** Files of a session by suffix, each with its variable and fields; undefined leaves a file out. */
interface Session {
  readonly session?: Fields;
  readonly metrics?: Fields;
  readonly ripples?: Fields | undefined;
  readonly states?: Fields | undefined;
}

let folder = '';
let nSessions = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellexplorer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const epoch = (environment: string, start: number, stop: number) => ({
  name: char(`${environment} ${start}`),
  startTime: scalar(start),
  stopTime: scalar(stop),
  environment: char(environment),
});

const texts = (...list: string[]) => cell(list.map((text) => char(text)));

const sessionFields: Fields = {
  epochs: cell([
    struct(epoch('sleep', 0, 10)),
    struct(epoch('linear', 10, 20)),
    struct(epoch('sleep', 20, 30)),
  ]),
  extracellular: struct({ sr: scalar(20_000) }),
};

const metricsFields: Fields = {
  UID: numeric([5, 7], { dims: [1, 2], storedAs: 'uint8' }),
  brainRegion: texts('CA1', 'CA3'),
  putativeCellType: texts('Pyramidal Cell', 'Pyramidal Cell'),
  spikes: struct({ times: cell([numeric([1, 2, 25]), numeric([2, 3, 4, 29.5])]) }),
};

function present(fields: Fields): Record<string, MatNode> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.filter((entry): entry is [string, MatNode] => !!entry[1]));
}

/** Writes a session and returns its folder. */
function save({ session, metrics, ripples, states }: Session, basename?: string): string {
  const name = `session${nSessions++}`;
  const path = join(folder, name);
  mkdirSync(path);
  const write = (suffix: string, variable: string, fields: Fields | undefined) => {
    if (fields === undefined) return;
    const file = join(path, `${basename ?? name}.${suffix}`);
    writeFileSync(file, matFile({ [variable]: struct(present(fields)) }));
  };
  write('session.mat', 'session', { ...sessionFields, ...session });
  write('cell_metrics.cellinfo.mat', 'cell_metrics', { ...metricsFields, ...metrics });
  write('ripples.events.mat', 'ripples', ripples);
  write('SleepState.states.mat', 'SleepState', states);
  return path;
}

async function open(session: Session = {}, options: Partial<CellExplorerOptions> = {}) {
  const notes: Note[] = [];
  const report = (note: Note) => notes.push(note);
  const opened = await openCellExplorer({ path: save(session), ...options }, { report });
  return { ...opened, notes: notes.map(({ code }) => code) };
}

const ripples = numeric([1, 12, 1.1, 12.1], { dims: [2, 2] });
const states = { ints: struct({ THETA: numeric([11, 13, 12, 14], { dims: [2, 2] }) }) };

describe('what is read', () => {
  test('units with their attributes, spikes in chunks, digests', async () => {
    const metrics = {
      shankID: numeric([1, 2], { dims: [1, 2] }),
      sessionName: texts('a', 'b'),
      cluID: numeric([1, 2, 3]),
      general: struct({ cellCount: scalar(2) }),
    };
    const { values, streams, digests, paths, span, notes } = await open(
      { metrics, ripples: { timestamps: ripples }, states },
      { chunkSeconds: 20 },
    );
    const attributes = (shankID: number, sessionName: string) =>
      new Map<string, string | number>([
        ['shankID', shankID],
        ['sessionName', sessionName],
      ]);
    const unit = { label: '', cellType: 'Pyramidal Cell' };
    expect(values.units.kept).toEqual([
      { ...unit, id: 5, region: 'CA1', nSpikes: 3, attributes: attributes(1, 'a') },
      { ...unit, id: 7, region: 'CA3', nSpikes: 4, attributes: attributes(2, 'b') },
    ]);
    expect(notes).toEqual(['ATTRIBUTE_SKIPPED']);
    expect([...streams.spikes()]).toEqual([
      {
        kind: 'spikes',
        start: 0,
        end: 20,
        nUnits: 2,
        times: Float64Array.of(1, 2, 2, 3, 4),
        units: Int32Array.of(0, 0, 1, 1, 1),
        runEnd: 30,
      },
      {
        kind: 'spikes',
        start: 20,
        end: 30,
        nUnits: 2,
        times: Float64Array.of(25, 29.5),
        units: Int32Array.of(0, 1),
        runEnd: 30,
      },
    ]);
    expect(span).toEqual({ start: 0, end: 30 });
    expect(digests.map(({ name }) => name)).toEqual([
      'session.mat',
      'cell_metrics.cellinfo.mat',
      'ripples.events.mat',
      'SleepState.states.mat',
    ]);
    for (const [i, path] of paths.entries()) {
      const bytes = readFileSync(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(digests[i]).toMatchObject({ sha256, bytes: bytes.length });
    }
  });

  test.each([
    ['a struct array', struct([epoch('sleep', 0, 10), epoch('box', 10, 30)])],
    ['one struct', struct(epoch('sleep', 0, 30))],
    [
      'a column of structs',
      cell([struct(epoch('sleep', 0, 9)), struct(epoch('box', 9, 30))], [2, 1]),
    ],
  ])('epochs as %s', async (_, epochs) => {
    const { values } = await open({ session: { epochs } });
    expect(values.epochs.domain).toEqual({ start: 0, end: 30 });
    expect(values.epochs.recorded[0]).toMatchObject({ name: 'sleep 0', environment: 'sleep' });
  });

  test('labels as rows of a char matrix, ids in a cell, flags as logical values', async () => {
    const { values } = await open({
      metrics: { brainRegion: char(['CA1  ', 'CA1sp']), UID: cell([scalar(5), scalar(7)]) },
      ripples: {
        timestamps: ripples,
        flagged: numeric([1, 0], { matClass: 'uint8', isLogical: true }),
      },
    });
    expect(values.units.kept.map(({ region }) => region)).toEqual(['CA1', 'CA1sp']);
    expect(values.ripples.starts).toEqual(Float64Array.of(12));
  });

  test('a tag without units, tags that are no struct, an id that no unit has', async () => {
    const bad = (value: MatNode) => ({ tags: struct({ Bad: value, Good: scalar(5) }) });
    expect(
      (await open({ metrics: bad(numeric([], { dims: [0, 0] })) })).values.units.kept,
    ).toHaveLength(2);
    expect((await open({ metrics: { tags: cell([]) } })).values.units.kept).toHaveLength(2);
    const { values, notes } = await open({ metrics: bad(numeric([7, 99], { dims: [1, 2] })) });
    expect(values.units.excluded.map(({ reason }) => reason)).toEqual(['tagged bad']);
    expect(notes).toContain('TAG_UNKNOWN_UNIT');
  });

  test('what is missing is warned of: ids, labels, peaks that do not fit', async () => {
    const { values, notes } = await open({
      metrics: { UID: undefined, brainRegion: undefined },
      ripples: { timestamps: ripples, peaks: numeric([1, 2, 3]) },
    });
    expect(values.units.kept.map(({ id, region }) => [id, region])).toEqual([
      [1, ''],
      [2, ''],
    ]);
    expect(values.ripples.peaks).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    expect(notes).toEqual(['IDS_MISSING', 'LABELS_MISSING', 'PEAKS_SKIPPED', 'FILE_MISSING']);
  });

  test('spikes that are not in order of time are sorted and counted', async () => {
    const spikes = struct({ times: cell([numeric([3, 1, 2]), numeric([4])]) });
    const { streams, notes } = await open({ metrics: { spikes } });
    expect([...streams.spikes()][0].times).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(notes).toContain('SPIKES_SORTED');
  });

  test('a session named otherwise than its folder', async () => {
    const { paths } = await openCellExplorer({ path: save({}, 'rat 7') });
    expect(paths[0]).toMatch(/rat 7\.session\.mat$/);
    const path = save({}, 'rat 7');
    writeFileSync(join(path, 'rat 8.session.mat'), '');
    await expect(openCellExplorer({ path })).rejects.toMatchObject({ code: 'SESSION_MISSING' });
  });

  test('tasks by environment, whatever the case', async () => {
    const epochs = cell([
      struct(epoch('Sleep box', 0, 10)),
      struct(epoch('Linear', 10, 20)),
      struct(epoch('open field', 20, 30)),
      struct(epoch('sleep', 30, 40)),
    ]);
    const roles = async (options: Partial<CellExplorerOptions>) =>
      (await open({ session: { epochs } }, options)).values.epochs.roles;
    const multitask = { roles: 'multitask' as const };
    expect(await roles({})).toBeUndefined();
    expect(await roles(multitask)).toEqual({ pre: 0, task: 1, post: 3 });
    const taskEnvironment = '^open';
    expect(await roles({ ...multitask, taskEnvironment: '^OPEN' })).toEqual({
      pre: 0,
      task: 2,
      post: 3,
    });
    expect(await roles({ ...multitask, taskEnvironment: 'closed' })).toBeUndefined();
    await expect(roles({ taskEnvironment })).rejects.toBeInstanceOf(ConfigError);
    await expect(roles({ ...multitask, task: 2 })).rejects.toBeInstanceOf(ConfigError);
    await expect(roles({ ...multitask, taskEnvironment: '(?i)x' })).rejects.toBeInstanceOf(
      ConfigError,
    );
  });
});

describe('what is refused, naming file and field', () => {
  const timesOf = (...trains: MatNode[]) => ({ spikes: struct({ times: cell(trains) }) });
  const cases: readonly [string, Session, RegExp][] = [
    [
      'a spike that is no number',
      { metrics: timesOf(numeric([1, Number.NaN]), numeric([])) },
      /spikes\.times\{1\}.*NaN as spike 2/,
    ],
    [
      'an endless spike',
      { metrics: timesOf(numeric([]), numeric([1, Number.POSITIVE_INFINITY])) },
      /times\{2\}.*Infinity/,
    ],
    [
      'a matrix of spikes',
      { metrics: timesOf(numeric([1, 2, 3, 4], { dims: [2, 2] })) },
      /times\{1\}.*2 x 2/,
    ],
    ['text for spikes', { metrics: timesOf(char('x'), numeric([1])) }, /times\{1\}.*1 x 1 char/],
    ['no spikes field', { metrics: { spikes: undefined } }, /cell_metrics\.spikes/],
    [
      'fewer ids than units',
      { metrics: { UID: numeric([1]) } },
      /cell_metrics\.UID.*1 values.*2, one/,
    ],
    ['an id given twice', { metrics: { UID: numeric([1, 1]) } }, /UID.*1 twice/],
    ['an id that is not whole', { metrics: { UID: numeric([1, 1.5]) } }, /UID.*1\.5/],
    [
      'another number of regions',
      { metrics: { brainRegion: texts('CA1') } },
      /brainRegion.*1 values/,
    ],
    [
      'numbers for regions',
      { metrics: { brainRegion: cell([scalar(1), scalar(2)]) } },
      /brainRegion\{1\}/,
    ],
    [
      'a cell count that differs',
      { metrics: { general: struct({ cellCount: scalar(9) }) } },
      /cellCount.*found 9/,
    ],
    [
      'complex spike times',
      { metrics: timesOf(numeric([1], { imaginary: [1] })) },
      /times\{1\}.*complex/,
    ],
    ['no epochs', { session: { epochs: cell([]) } }, /session\.epochs.*no epochs/],
    [
      'an epoch that stops early',
      { session: { epochs: struct(epoch('x', 5, 4)) } },
      /epochs.*stop 4 before start 5/,
    ],
    [
      'an epoch without stop',
      { session: { epochs: cell([struct({ startTime: scalar(1) })]) } },
      /epochs\{1\}\.stopTime/,
    ],
    [
      'an epoch time that is no number',
      { session: { epochs: struct(epoch('x', Number.NaN, 4)) } },
      /startTime.*NaN/,
    ],
    [
      'epochs out of order',
      { session: { epochs: struct([epoch('x', 9, 10), epoch('y', 1, 2)]) } },
      /order of time/,
    ],
    [
      'a session of ages',
      { session: { epochs: struct(epoch('x', 0, 1e78)) } },
      /from 0 to 1e\+78 s/,
    ],
    [
      'states in three columns',
      { states: { ints: struct({ REM: numeric([1, 2, 3], { dims: [1, 3] }) }) } },
      /ints\.REM.*1 x 3/,
    ],
    [
      'a state that stops early',
      { states: { ints: struct({ REM: numeric([2, 1], { dims: [1, 2] }) }) } },
      /ints\.REM.*start 2, stop 1 in row 1/,
    ],
    ['ripples without times', { ripples: { peaks: scalar(1) } }, /ripples\.timestamps/],
    [
      'a flag beyond the rows',
      { ripples: { timestamps: ripples, flagged: numeric([3]) } },
      /flagged.*found 3/,
    ],
    ['a flag that is no row', { ripples: { timestamps: ripples, flagged: char('x') } }, /flagged/],
    [
      'an added ripple without time',
      { ripples: { timestamps: ripples, added: numeric([Number.NaN]) } },
      /added.*NaN/,
    ],
    [
      'added ripples alone',
      { ripples: { timestamps: numeric([], { dims: [0, 2] }), added: scalar(1) } },
      /added/,
    ],
  ];

  test.each(cases)('%s', async (_, session, message) => {
    const opening = open(session);
    await expect(opening).rejects.toBeInstanceOf(InputError);
    await expect(opening).rejects.toThrow(message);
  });

  test('a folder that is not there', async () => {
    const opening = openCellExplorer({ path: join(folder, 'absent') });
    await expect(opening).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
  });

  test('a region filter where regions are missing', async () => {
    const opening = open({ metrics: { brainRegion: undefined } }, { brainRegion: ['CA1'] });
    await expect(opening).rejects.toThrow('cell_metrics.brainRegion');
  });

  test('options out of range', async () => {
    await expect(open({}, { chunkSeconds: 0 })).rejects.toBeInstanceOf(ConfigError);
    await expect(open({}, { brainRegion: ['('] })).rejects.toMatchObject({
      code: 'PATTERN_INVALID',
    });
    await expect(open({}, { maxBytes: 100 })).rejects.toMatchObject({ code: 'MAT_TOO_LARGE' });
  });
});

test('the node opens what the function opens', async () => {
  const path = save({ states });
  const context = {
    wanted: new Set<string>(),
    report: () => {},
    signal: new AbortController().signal,
  };
  const options = {
    path,
    brainRegion: undefined,
    cellType: undefined,
    excludeBad: true,
    manualEvents: true,
    support: 'session',
    roles: 'first',
    task: 0,
    taskEnvironment: undefined,
    postSleepFlank: false,
    preSleepCommon: false,
    chunkSeconds: 60,
    maxBytes: 2 ** 32,
  } as const;
  const opened = await cellexplorerNode.open(options, context);
  expect(Object.keys(opened.values)).toEqual(['units', 'epochs', 'ripples']);
  expect(Object.keys(opened.streams)).toEqual(['spikes']);
});
