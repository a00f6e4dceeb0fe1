import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { rejection } from '../support/compare.ts';
import { runText, type TestRun } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const session = fileURLToPath(new URL('../../data-samples/sim_small_11', import.meta.url));

/** Every node that groups units, over pyramidal cells of two regions. */
const byRegion = `version: 1
name: across
nodes:
  recording: { op: cellexplorer, path: '${session}', brainRegion: CA1|PFC, cellType: Pyr }
  theta: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  counts: { op: bin, from: theta, binSize: 0.05 }
  z: { op: zscore, from: counts }
  cross:
    { op: fit-patterns, from: z, structure: masked-correlation, groups: [CA1, PFC] }
  activity:
    { op: project, inputs: { zscored: z, patterns: cross }, pairs: cross, groups: [CA1, PFC] }
  correlation:
    { op: correlate, from: z, pairs: cross, groups: [CA1, PFC] }
`;

/** The same with groups from a table instead of the region column. */
function byTable(path: string, options = ''): string {
  return byRegion
    .replaceAll(', groups: [CA1, PFC]', '')
    .replace('from: z, structure', 'inputs: { zscored: z, labels: sheet }, structure')
    .replace('patterns: cross }', 'patterns: cross, labels: sheet }')
    .replace('from: z, pairs', 'inputs: { zscored: z, labels: sheet }, pairs')
    .concat(`  sheet: { op: labels-file, path: '${path}'${options} }\n`);
}

let folder: string;
let first: TestRun;
let units: UnitTable;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rekindle-labels-'));
  first = await runText(byRegion, base);
  units = first.result.values.get('recording.units') as UnitTable;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function save(name: string, rows: readonly (readonly [number | string, string])[]): string {
  const path = join(folder, name);
  writeFileSync(path, `unit_id,group\n${rows.map((row) => `${row.join(',')}\n`).join('')}`);
  return path;
}

/** CA1sp is a part of CA1. */
function groupRows(): [number, string][] {
  return units.kept.map(({ id, region }) => [id, region.slice(0, 3)]);
}

function bytes(run: TestRun): [string, Uint8Array][] {
  return [...run.folder.files].map(([name, file]) => [name, file.bytes()]);
}

test('groups of a table give the bytes that the same groups of the region column give', async () => {
  const path = save('groups.csv', groupRows().reverse());
  const second = await runText(byTable(path), base);
  expect(second.result.values.get('cross.patterns')).toEqual(
    first.result.values.get('cross.patterns'),
  );
  expect(bytes(second)).toEqual(bytes(first));
  const { groups, weights } = second.result.values.get('cross.patterns') as Patterns;
  expect(new Set(groups)).toEqual(new Set(['CA1', 'PFC']));
  expect(weights).toHaveLength(2);
  // The table is an input like any other: its digest stands in the provenance.
  expect(second.result.sources.get('sheet')?.digests).toMatchObject([{ name: 'groups.csv' }]);
  expect(second.result.passes).toHaveLength(first.result.passes.length);
  expect(second.result.notes.filter(({ code }) => code.startsWith('UNITS'))).toEqual([]);
});

test('the table of a run serves, with any of its columns', async () => {
  const path = join(folder, 'units.parquet');
  writeFileSync(path, first.folder.files.get('units.parquet')?.bytes() ?? '');
  // It lists the units that the filters left out too, which is no mistake.
  expect(units.excluded.length).toBeGreaterThan(0);
  const text = byTable(path, ', column: region').replaceAll(
    'labels: sheet }',
    'labels: sheet }, groups: [CA1, PFC]',
  );
  expect(bytes(await runText(text, base))).toEqual(bytes(first));
});

describe('units that table and recording do not share', () => {
  const noteOf = (run: TestRun, code: string) =>
    run.result.notes.filter((note) => note.code === code);

  test('a unit without label', async () => {
    const path = save('short.csv', groupRows().slice(1));
    const refused = await rejection(runText(byTable(path), base));
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused).toMatchObject({ code: 'UNITS_UNLABELLED' });
    expect(String(refused)).toContain(
      `1 of 20 units without a label in group: ${units.kept[0].id}`,
    );
    const run = await runText(byTable(path, ', extraUnits: unknown'), base);
    const { groups } = run.result.values.get('cross.patterns') as Patterns;
    expect([groups?.[0], new Set(groups).size]).toEqual(['unknown', 3]);
    // Once for each node that groups.
    const told = noteOf(run, 'UNITS_UNLABELLED');
    expect(told.map(({ node }) => node).sort()).toEqual(['activity', 'correlation', 'cross']);
    expect(told[0].data).toEqual({ nExtra: 1, nUnits: 20 });
  });

  test('a label without unit', async () => {
    const path = save('long.csv', [...groupRows(), [9001, 'CA1'], [9002, 'PFC']]);
    const refused = await rejection(runText(byTable(path), base));
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused).toMatchObject({ code: 'UNITS_MISSING' });
    expect(String(refused)).toContain('labels for 2 units that the recording has not: 9001, 9002');
    const run = await runText(byTable(path, ', missingUnits: ignore'), base);
    expect(bytes(run)).toEqual(bytes(first));
    expect(noteOf(run, 'UNITS_MISSING')).toHaveLength(3);
  });
});

describe('labels that do not go with the rest', () => {
  const refusal = (text: string) => rejection(runText(text, base));
  const path = () => save('groups.csv', groupRows());

  test.each([
    ['masked-correlation', 'all'],
    ['patterns: cross, labels: sheet }, pairs: cross', 'patterns: cross, labels: sheet }'],
    ['labels: sheet }, pairs: cross }', 'labels: sheet } }'],
  ])('nothing reads them: %s -> %s', async (from, to) => {
    expect(await refusal(byTable(path()).replace(from, to))).toMatchObject({
      code: 'GROUPS_UNUSED',
      found: 'labels that are connected',
    });
  });

  test('a column beside them', async () => {
    const text = byTable(path()).replace('structure:', 'groupBy: cellType, structure:');
    expect(await refusal(text)).toMatchObject({ code: 'GROUPS_UNUSED' });
  });

  test('all of one group, or a group that nobody is in', async () => {
    const one = save(
      'one.csv',
      groupRows().map(([id]) => [id, 'CA1'] as const),
    );
    expect(await refusal(byTable(one))).toMatchObject({ code: 'TOO_FEW_GROUPS' });
    const text = byTable(path()).replace('structure:', 'groups: [CA1, CA3], structure:');
    expect(await refusal(text)).toMatchObject({ code: 'EMPTY_GROUP' });
  });
});

test('a recording that names its units by text is labelled by text', async () => {
  const { double } = createMersenneTwister(2);
  const names = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'];
  const spikes = names.flatMap((name, unit) =>
    Array.from({ length: 400 }, (_, i) => {
      // Two of each group fire together now and then.
      const time = unit % 3 < 2 && i < 100 ? 1.5 * i + 0.003 * unit : 150 * double();
      return `${name},${time.toFixed(4)}\n`;
    }),
  );
  const recording = join(folder, 'named');
  mkdirSync(recording);
  writeFileSync(join(recording, 'spikes.csv'), `unit_id,time\n${spikes.join('')}`);
  const path = save(
    'named.csv',
    [...names].reverse().map((name) => [name, name[0]] as const),
  );
  const text = `version: 1
name: named
nodes:
  recording: { op: tables, path: '${recording}' }
  sheet: { op: labels-file, path: '${path}' }
  counts: { op: bin, from: recording.spikes, binSize: 0.05 }
  z: { op: zscore, from: counts }
  cross:
    { op: fit-patterns, inputs: { zscored: z, labels: sheet }, structure: masked-correlation }
`;
  const { result } = await runText(text, base);
  const patterns = result.values.get('cross.patterns') as Patterns;
  expect(patterns.units.map(({ label }) => label)).toEqual(names);
  expect(patterns.groups).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  expect(patterns.members.map((row) => [...row])).toEqual([[1, 1, 0, 1, 1, 0]]);
});
