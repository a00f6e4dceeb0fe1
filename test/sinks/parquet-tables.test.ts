import { expect, test } from 'vitest';
import type { Moments } from '../../src/model/chunk.ts';
import type { Epoch, Epochs } from '../../src/model/epochs.ts';
import type { Events, Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { Unit } from '../../src/model/units.ts';
import { epochsTable, eventsTable, unitsTable } from '../../src/sinks/parquet-recording.ts';
import {
  assembliesTable,
  assemblyRegionsTable,
  momentsTable,
  patternsTable,
  psthTable,
  spectrumTable,
} from '../../src/sinks/parquet-tables.ts';

function unit(id: number, region: string, fields: Partial<Unit> = {}): Unit {
  return { id, label: '', region, cellType: '', nSpikes: 10, attributes: new Map(), ...fields };
}

const patterns: Patterns = {
  kind: 'patterns',
  units: [unit(7, 'CA1', { cellType: 'Pyr' }), unit(3, ''), unit(9, 'CA1')],
  weights: [Float64Array.of(0.6, -0.8, 0), Float64Array.of(0, 0, 1)],
  members: [Uint8Array.of(0, 1, 0), Uint8Array.of(0, 0, 1)],
  valid: [false, true],
  patternEigenvalues: Float64Array.of(NaN, 2.5),
  eigenvalues: Float64Array.of(2.5, 0.4, 0.1),
  bound: 1.25,
  method: 'pca',
  boundMethod: 'marchenko-pastur',
  nBins: 100,
  binSize: 0.025,
  constantUnits: [],
  ica: undefined,
  warnings: [],
};

const psth: Psth = {
  kind: 'psth',
  lags: Float64Array.of(-0.01, 0, 0.01),
  mean: [Float64Array.of(1, 2, NaN), Float64Array.of(4, 5, NaN)],
  sem: [Float64Array.of(0.1, NaN, NaN), Float64Array.of(0.2, NaN, NaN)],
  n: Int32Array.of(2, 1, 0),
  eventTimes: Float64Array.of(10.5, 20.5),
  nUsed: 2,
  convention: 'exact',
};

test('patterns: one row per assembly and unit', () => {
  expect(patternsTable(patterns).rows).toEqual([
    [1, 7, 'CA1', 'Pyr', 0.6, false],
    [1, 3, null, null, -0.8, true],
    [1, 9, 'CA1', null, 0, false],
    [2, 7, 'CA1', 'Pyr', 0, false],
    [2, 3, null, null, 0, false],
    [2, 9, 'CA1', null, 1, true],
  ]);
});

test('assemblies: no eigenvalue is null, and so is what patterns made elsewhere do not say', () => {
  const unsaid = [null, null, null, null, null, null, null];
  expect(assembliesTable(patterns).rows).toEqual([
    [1, false, 1, null, ...unsaid],
    [2, true, 1, 2.5, ...unsaid],
  ]);
});

test('assemblies: members by each rule, stability, and the share within groups', () => {
  const memberCounts = {
    otsu: Int32Array.of(1, 1),
    rootN: Int32Array.of(2, 1),
    twoSd: Int32Array.of(0, 0),
    otsuEffectiveness: Float64Array.of(0.5, NaN),
  };
  const stability = Float64Array.of(0.9, NaN);
  const restartStability = Float64Array.of(1, 0.7);
  const withinShare = Float64Array.of(0.25, NaN);
  const said = { memberCounts, stability, restartStability, withinShare };
  const told = assembliesTable({ ...patterns, ...said });
  expect([...told.rows].map((row) => row.slice(4))).toEqual([
    [1, 2, 0, 0.5, 0.9, 1, 0.25],
    [1, 1, 0, null, null, 0.7, null],
  ]);
});

test('regions: squared weights add up to 1 per assembly', () => {
  const { rows } = assemblyRegionsTable(patterns);
  expect([...rows].map(([assembly, region, nMembers]) => [assembly, region, nMembers])).toEqual([
    [1, 'CA1', 0],
    [1, null, 1],
    [2, 'CA1', 1],
    [2, null, 0],
  ]);
  const shares = [...rows].map((row) => row[3] as number);
  expect(shares[0]).toBeCloseTo(0.36, 15);
  expect(shares[1]).toBeCloseTo(0.64, 15);
  expect(shares.slice(2)).toEqual([1, 0]);
});

test('spectrum: components count from 1', () => {
  expect(spectrumTable(patterns).rows).toEqual([
    [1, 2.5, 1.25, null],
    [2, 0.4, 1.25, null],
    [3, 0.1, 1.25, null],
  ]);
  const pValues = Float64Array.of(0.01, 0.5, 1);
  expect([...spectrumTable({ ...patterns, pValues }).rows].map((row) => row[3])).toEqual([
    ...pValues,
  ]);
});

test('tables of patterns that never came have columns and no rows', () => {
  for (const table of [patternsTable, assembliesTable, assemblyRegionsTable, spectrumTable]) {
    expect(table(undefined).rows).toEqual([]);
    expect(table(undefined).columns).toEqual(table(patterns).columns);
  }
});

test('psth: node after node, NaN stays NaN', () => {
  const none = { ...psth, mean: [], sem: [] };
  const made = [
    { node: 'post', value: psth },
    { node: 'empty', value: none },
    { node: 'pre', value: { ...psth, mean: psth.mean.slice(0, 1) } },
  ];
  expect(psthTable(made).rows).toEqual([
    ['post', 1, -0.01, 1, 0.1, 2],
    ['post', 1, 0, 2, NaN, 1],
    ['post', 1, 0.01, NaN, NaN, 0],
    ['post', 2, -0.01, 4, 0.2, 2],
    ['post', 2, 0, 5, NaN, 1],
    ['post', 2, 0.01, NaN, NaN, 0],
    ['pre', 1, -0.01, 1, 0.1, 2],
    ['pre', 1, 0, 2, NaN, 1],
    ['pre', 1, 0.01, NaN, NaN, 0],
  ]);
});

test('moments: own unit ids, else those of the recording, else from 1', () => {
  const moments: Moments = {
    kind: 'moments',
    mean: Float64Array.of(0.5, 0),
    sd: Float64Array.of(0.7, 0),
    isConstant: Uint8Array.of(0, 1),
    nBins: 40,
    binSize: 0.025,
    smoothingSd: 0,
  };
  const made = [
    { node: 'a', value: { ...moments, unitIds: Int32Array.of(8, 4) } },
    { node: 'b', value: { ...moments, binSize: 0.01, smoothingSd: 0.007 } },
  ];
  expect(momentsTable(made, Int32Array.of(5, 6)).rows).toEqual([
    ['a', 8, 0.5, 0.7, 40, 0.025, 0, null],
    ['a', 4, 0, 0, 40, 0.025, 0, null],
    ['b', 5, 0.5, 0.7, 40, 0.01, 0.007, 'centred'],
    ['b', 6, 0, 0, 40, 0.01, 0.007, 'centred'],
  ]);
  const ids = (unitIds?: Int32Array) =>
    [...momentsTable(made.slice(1), unitIds).rows].map((row) => row[1]);
  expect(ids()).toEqual([1, 2]);
  expect(ids(Int32Array.of(5, 6, 7))).toEqual([1, 2]);
});

test('units: kept, then excluded with the reason; further columns by name', () => {
  const table = unitsTable({
    kind: 'units',
    kept: [
      unit(2, 'CA1', {
        attributes: new Map<string, string | number>([
          ['shankID', 3],
          ['Region', 'x'],
        ]),
      }),
    ],
    excluded: [
      {
        unit: unit(1, '', {
          label: 'u-1',
          attributes: new Map<string, string | number>([
            ['group', 'b'],
            ['shankID', 1],
          ]),
        }),
        reason: 'brain region is not known',
      },
      {
        unit: unit(5, 'CA3', { attributes: new Map<string, string | number>([['group', 4]]) }),
        reason: 'CA3',
      },
    ],
  });
  expect(table.columns.slice(7)).toEqual([
    { name: 'Region_2', type: 'utf8', isNullable: true },
    { name: 'group', type: 'utf8', isNullable: true },
    { name: 'shankID', type: 'float64', isNullable: true },
  ]);
  expect(table.rows).toEqual([
    [2, null, 'CA1', null, 10, true, null, 'x', null, 3],
    [1, 'u-1', null, null, 10, false, 'brain region is not known', null, 'b', 1],
    [5, null, 'CA3', null, 10, false, 'CA3', null, '4', null],
  ]);
});

test('epochs: as recorded, as counted, states', () => {
  const epoch = (name: string, environment: string, start: number, end: number): Epoch => ({
    name,
    environment,
    start,
    end,
  });
  const joined = [
    epoch('pre', 'sleep', 0, 10),
    epoch('run', 'linear', 10, 30),
    epoch('post', 'sleep', 30, 40),
  ];
  const epochs: Epochs = {
    kind: 'epochs',
    domain: { start: 0, end: 40 },
    recorded: [joined[0] as Epoch, epoch('run', '', 10, 20)],
    epochs: joined,
    states: new Map([
      [
        'NREMstate',
        [
          { start: 1, end: 2 },
          { start: 31, end: 35 },
        ],
      ],
      ['WAKEstate', []],
    ]),
    roles: { pre: 0, task: 1, post: 2 },
  };
  expect(epochsTable(epochs).rows).toEqual([
    ['recorded', 'pre', 'sleep', null, 0, 10],
    ['recorded', 'run', null, null, 10, 20],
    ['epoch', 'pre', 'sleep', 'pre', 0, 10],
    ['epoch', 'run', 'linear', 'task', 10, 30],
    ['epoch', 'post', 'sleep', 'post', 30, 40],
    ['state', 'NREMstate', null, null, 1, 2],
    ['state', 'NREMstate', null, null, 31, 35],
  ]);
  const { rows } = epochsTable({ ...epochs, roles: undefined });
  expect([...rows].filter((row) => row[3] !== null)).toEqual([]);
});

test('events: recorded sets and times aligned to', () => {
  const ripples: Events = {
    kind: 'events',
    name: 'ripples',
    starts: Float64Array.of(1, 2),
    peaks: Float64Array.of(1.5, NaN),
    stops: Float64Array.of(1.9, 2.9),
  };
  expect([...eventsTable([ripples], [{ node: 'post', value: psth }]).rows]).toEqual([
    ['recorded', 'ripples', 1, 1.5, 1.9],
    ['recorded', 'ripples', 2, null, 2.9],
    ['aligned', 'post', 10.5, null, null],
    ['aligned', 'post', 20.5, null, null],
  ]);
});
