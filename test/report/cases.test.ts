import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPage } from '../../src/report/client/page-model.ts';
import { root } from '../support/cli.ts';
import { pageData, parquetRows } from '../support/report-page.ts';
import { reportOn, runPipeline, runsFolder } from '../support/report-runs.ts';
import { simulate, simulationFolder } from '../support/simulated.ts';

const scratch = runsFolder();
const sessions = simulationFolder();
const tables = join(root, 'pipelines', 'reactivation-tables.yaml');

async function pageOf(
  pipeline: string,
  name: string,
  set: readonly string[] = [],
): Promise<string> {
  const out = join(scratch, name);
  await runPipeline(pipeline, out, set);
  await reportOn(out);
  return readFileSync(join(out, 'report.html'), 'utf8');
}

/** The text of a section, without its tags. */
function textOf(page: string, section: string): string {
  const [, body = ''] =
    new RegExp(`<section id="${section}"[^>]*>([\\s\\S]*?)</section>`).exec(page) ?? [];
  return body
    .replaceAll(/<svg[\s\S]*?<\/svg>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

test('no assemblies: each section says so', async () => {
  const session = join(sessions, 'none');
  await simulate({ preset: 'small', assemblies: false, seed: '3', out: session });
  const page = await pageOf(tables, 'none', [`session=${session}`]);
  expect(textOf(page, 'detection')).toMatch(
    /No assemblies were found in [\d,]+ bins of 25 ms and 12 units: no eigenvalue exceeds/,
  );
  for (const section of ['weights', 'activation', 'events']) {
    expect(textOf(page, section)).toContain('No assemblies were found');
  }
  expect(page).not.toContain('<canvas');
  expect(page).not.toContain('id="assembly"');
  const { projections, spikes } = pageData(page);
  expect(projections).toMatchObject([{ nAssemblies: 0, pyramid: null, strongest: [] }]);
  expect(spikes).toBeNull();
});

test('one epoch, no events, one assembly of a recording of spikes alone', async () => {
  const session = join(sessions, 'bare');
  await simulate({ preset: 'small', assemblies: '1', seed: '4', out: session });
  const pipeline = join(scratch, 'bare.yaml');
  const spikes = join(sessions, 'only-spikes');
  mkdirSync(spikes);
  copyFileSync(join(session, 'spikes.parquet'), join(spikes, 'spikes.parquet'));
  writeFileSync(
    pipeline,
    `version: 1
name: bare
nodes:
  recording: { op: tables, path: ${JSON.stringify(spikes)} }
  counts: { op: bin, from: recording.spikes, binSize: 0.025 }
  z: { op: zscore, from: counts }
  templates: { op: fit-patterns, from: z }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`,
  );
  const page = await pageOf(pipeline, 'bare');
  const model = readPage(pageData(page));
  expect(model.projections[0]?.nAssemblies).toBe(1);
  expect(model.epochs.map(({ name }) => name)).toEqual(['all']);
  expect(model.events).toEqual([]);
  expect(model.spikes?.times.length).toBeGreaterThan(50);
  expect(textOf(page, 'events')).toContain('This run averaged over no events');
  expect(page).not.toContain('id="show-events"');
});

test('a run that has only a report gets its files too', async () => {
  const text = readFileSync(tables, 'utf8');
  const pipeline = join(root, 'pipelines', 'reactivation-tables.yaml');
  const own = join(scratch, 'own.yaml');
  const session = join(root, 'data-samples', 'sim_small_1');
  writeFileSync(own, `${text}  page: { op: report }\n`);
  await runPipeline(own, join(scratch, 'own'), [`session=${session}`]);
  await runPipeline(pipeline, join(scratch, 'plain'));
  const rows = (run: string) => parquetRows(join(scratch, run), 'patterns.parquet');
  expect(await rows('own')).toEqual(await rows('plain'));
  const page = readFileSync(join(scratch, 'own', 'report.html'), 'utf8');
  expect(pageData(page).projections[0]?.nAssemblies).toBeGreaterThan(0);
});

test('two fits side by side: each has its assemblies, its averages and its weights', async () => {
  const page = await pageOf(join(root, 'pipelines', 'neuro-py-cross-structural.yaml'), 'cross');
  const data = pageData(page);
  expect(data.projections.map(({ title }) => title)).toEqual(['standardActivity', 'crossActivity']);
  expect(data.psths.map(({ name, projection }) => [name, projection])).toEqual([
    ['standardPost', 0],
    ['crossPost', 1],
  ]);
  expect(data.fits.map(({ prefix }) => prefix)).toEqual(['standard.', 'cross.']);
  for (const { prefix } of data.fits) expect(page).toContain(`data-fit="${prefix}"`);
  const { projections } = readPage(data);
  for (const { members, nAssemblies } of projections) {
    expect(nAssemblies).toBeGreaterThan(0);
    expect(members.every((list) => list.length > 0)).toBe(true);
  }
  // Activation was followed in the sleep after the task alone.
  const { pyramid } = data.projections[0] ?? {};
  expect(pyramid?.origin).toBeGreaterThan(380);
  expect(textOf(page, 'across')).toMatch(/standard.*cross.*Peaks of the fits.*Correlations/);
});

test('patterns from a file have no members here: the page says what it lacks', async () => {
  const first = join(scratch, 'first');
  const session = join(root, 'data-samples', 'sim_small_1');
  await runPipeline(tables, first);
  const pipeline = join(scratch, 'borrowed.yaml');
  writeFileSync(
    pipeline,
    `version: 1
name: borrowed
nodes:
  recording: { op: tables, path: ${JSON.stringify(session)}, brainRegion: CA1, cellType: Pyr }
  templates: { op: patterns-file, path: ${JSON.stringify(join(first, 'patterns.parquet'))} }
  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { patterns: templates.patterns, zscored: z } }
  post: { op: event-align, inputs: { activation: activity, events: recording.ripples }, in: post }
`,
  );
  const page = await pageOf(pipeline, 'borrowed');
  const data = pageData(page);
  expect(data.spikes).toBeNull();
  expect(data.projections[0]?.pyramid).not.toBeNull();
  expect(textOf(page, 'activation')).toContain('Spikes of members: no members are known');
  expect(textOf(page, 'weights')).toContain('came from elsewhere');
});
