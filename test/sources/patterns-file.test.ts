import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, InputError } from '../../src/errors.ts';
import type { Psth } from '../../src/model/events.ts';
import { openPatternsFile } from '../../src/sources/patterns-file.ts';
import { rejection } from '../support/compare.ts';
import { runText } from '../support/run.ts';
import { findSession } from '../support/sessions.ts';
import { notes } from '../support/streams.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekindle-patterns-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'weights.csv');
  await writeFile(path, text);
  const { report, all } = notes();
  const { values, digests } = await openPatternsFile({ path }, { report });
  return { patterns: values.patterns, digests, all };
}

const refusal = (text: string) => rejection(read(text));

describe('CSV', () => {
  test('weights of length 1 are taken as they are; members by Otsu', async () => {
    const { patterns, digests, all } = await read(
      'assembly,unit_id,weight,region\n1,7,0.6,CA1\n1,3,0.8,PFC\n1,5,0,PFC\n2,7,0,CA1\n2,3,0.6,PFC\n2,5,-0.8,PFC\n',
    );
    expect(patterns.units.map(({ id, region }) => [id, region])).toEqual([
      [7, 'CA1'],
      [3, 'PFC'],
      [5, 'PFC'],
    ]);
    expect(patterns.weights.map((row) => [...row])).toEqual([
      [0.6, 0.8, 0],
      [-0, -0.6, 0.8],
    ]);
    expect(patterns.members.map((row) => [...row])).toEqual([
      [1, 1, 0],
      [0, 1, 1],
    ]);
    expect(patterns.valid).toEqual([true, false]);
    expect(patterns.bound).toBeNaN();
    expect(patterns.warnings).toEqual(['1 of 2 patterns were turned: largest weight positive']);
    expect(all).toMatchObject([{ level: 'warning', code: 'PATTERNS_CHANGED' }]);
    expect(digests).toMatchObject([{ name: 'weights.csv' }]);
  });

  test('other lengths, gaps and numbers are mended and told', async () => {
    const { patterns } = await read(
      'assembly,unit_id,weight,member\n4,1,3,1\n4,2,4,0\n9,2,1,true\n',
    );
    expect(patterns.weights.map((row) => [...row])).toEqual([
      [0.6, 0.8],
      [0, 1],
    ]);
    expect(patterns.members.map((row) => [...row])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(patterns.warnings).toHaveLength(3);
  });

  test('no rows: no patterns', async () => {
    const { patterns } = await read('assembly,unit_id,weight\n');
    expect([patterns.weights, patterns.units, patterns.warnings]).toEqual([[], [], []]);
  });

  test.each([
    ['a column is missing', 'assembly,unit\n1,1\n'],
    ['a weight is no number', 'assembly,unit_id,weight\n1,1,much\n'],
    ['a weight is infinite', 'assembly,unit_id,weight\n1,1,Infinity\n'],
    ['an id is not whole', 'assembly,unit_id,weight\n1,1.5,1\n'],
    ['a unit stands twice', 'assembly,unit_id,weight\n1,1,1\n1,1,1\n'],
    ['a unit has two regions', 'assembly,unit_id,weight,region\n1,1,1,A\n2,1,1,B\n'],
    ['all weights are 0', 'assembly,unit_id,weight\n1,1,0\n'],
    ['only some rows tell members', 'assembly,unit_id,weight,member\n1,1,1,1\n1,2,1,\n'],
    ['a member is neither', 'assembly,unit_id,weight,member\n1,1,1,maybe\n'],
    ['a line is short', 'assembly,unit_id,weight\n1,1\n'],
  ])('refused: %s', async (_, text) => {
    expect(await refusal(text)).toBeInstanceOf(InputError);
  });
});

test('files that are not there, and a node beside a file', async () => {
  const open = (options: { path: string; node?: string }) => rejection(openPatternsFile(options));
  expect(await open({ path: join(folder, 'none.csv') })).toBeInstanceOf(InputError);
  expect(await open({ path: folder, node: 'standard' })).toMatchObject({
    where: join(folder, 'standard.patterns.parquet'),
  });
  const beside = await open({ path: join(folder, 'none.csv'), node: 'a' });
  expect(beside).toBeInstanceOf(ConfigError);
  const damaged = join(folder, 'patterns.parquet');
  await writeFile(damaged, 'PAR1 and no more');
  expect(await open({ path: folder })).toBeInstanceOf(InputError);
});

test('patterns of a run give the same bytes of activation again', async () => {
  const session = findSession('sim_small_11');
  if (!session) return;
  const head = `version: 1
name: again
nodes:
  recording: { op: cellexplorer, path: ${session}, brainRegion: CA1, cellType: Pyr }
  counts: { op: bin, from: recording.spikes, binSize: 0.02 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;
  const fitted = `${head}  theta: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  thetaCounts: { op: bin, from: theta, binSize: 0.025 }
  thetaZ: { op: zscore, from: thetaCounts }
  templates: { op: fit-patterns, from: thetaZ }
`;
  const first = await runText(fitted, folder);
  const bytesOf = (run: typeof first, name: string) => {
    const bytes = run.folder.files.get(name)?.bytes();
    if (!bytes) throw new Error(`no ${name} in ${[...run.folder.files.keys()].join(', ')}`);
    return bytes;
  };
  await writeFile(join(folder, 'templates.patterns.parquet'), bytesOf(first, 'patterns.parquet'));
  const read = `${head}  templates: { op: patterns-file, path: ${folder}, node: templates }\n`;
  const second = await runText(read, folder);
  const [ours, theirs] = [first, second].map((run) => bytesOf(run, 'activations.parquet'));
  expect(ours.length).toBeGreaterThan(10_000);
  expect(Buffer.compare(ours, theirs)).toBe(0);
  // Patterns are no recording: its tables keep their names, and moments the ids of its units.
  const ids = (run: typeof first) => bytesOf(run, 'units.parquet');
  expect(Buffer.compare(ids(first), ids(second))).toBe(0);
});

test('weights of another tool go through projection and alignment; units by id, some missing, some extra', async () => {
  const session = findSession('sim_small_11');
  if (!session) return;
  const text = (options: string) => `version: 1
name: travelling
nodes:
  recording: { op: cellexplorer, path: ${session}, brainRegion: CA1, cellType: Pyr }
  templates: { op: patterns-file, path: ${join(folder, 'other-day.csv')} }
  counts: { op: bin, from: recording.spikes, binSize: 0.02 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates }${options} }
  post: { op: event-align, inputs: { activation: activity, events: recording.ripples }, in: post & NREMstate }
`;
  // Members of the first planted assembly, one unit that this recording has not, and no row for all others.
  await writeFile(
    join(folder, 'other-day.csv'),
    'assembly,unit_id,weight\n1,11,0.5\n1,16,0.5\n1,18,0.5\n1,777,0.5\n',
  );
  expect(await rejection(runText(text(''), folder))).toMatchObject({ code: 'UNITS_MISSING' });
  const partly = text(', missingUnits: zero');
  expect(await rejection(runText(partly, folder))).toMatchObject({ code: 'UNITS_EXTRA' });
  const run = await runText(text(', missingUnits: zero, extraUnits: ignore'), folder);
  const told = run.result.notes.filter(({ code }) => code.startsWith('UNITS_'));
  expect(told.map(({ node, code, data }) => [node, code, data])).toEqual([
    ['activity', 'UNITS_MISSING', { nMissing: 1, largestLoss: 0.25 }],
    ['activity', 'UNITS_EXTRA', { nExtra: 9 }],
  ]);
  const { mean, lags } = run.result.values.get('post.psth') as Psth;
  const peak = mean[0].indexOf(Math.max(...mean[0]));
  // These units do fire together in ripples.
  expect(Math.abs(lags[peak])).toBeLessThan(0.1);
  expect(mean[0][peak]).toBeGreaterThan(5 * Math.abs(mean[0][0]));
});
