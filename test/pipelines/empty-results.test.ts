import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { readColumns, readRows, runText } from '../support/run.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_11', import.meta.url));
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The sample without some of its files. */
function without(...suffixes: readonly string[]): string {
  const session = join(mkdtempSync(join(scratch, 'session-')), 'sim_small_11');
  cpSync(sample, session, { recursive: true });
  for (const suffix of suffixes) rmSync(join(session, `sim_small_11.${suffix}`));
  return session;
}

describe.each(['reactivation', 'neuro-py-tutorial'])('%s', (name) => {
  const text = readFileSync(`${folder}${name}.yaml`, 'utf8');

  test.each([
    ['no unit passes the filters', { brainRegion: 'CA9' }, 0],
    ['one unit', { brainRegion: 'CA3' }, 1],
  ])('%s: no assemblies is a result', async (_, sets, nUnits) => {
    const { result, folder: files } = await runText(text, folder, sets);
    const patterns = result.values.get('templates.patterns') as Patterns;
    expect(patterns.weights).toEqual([]);
    expect(patterns.units).toHaveLength(nUnits);
    expect(patterns.warnings.length).toBeGreaterThan(0);
    const columns = await readColumns(files, 'activations.parquet');
    expect([...columns.keys()]).toEqual(['time']);
    expect(columns.get('time')).toHaveLength(60_006);
    for (const table of ['patterns', 'assemblies', 'assembly_regions', 'psth']) {
      expect(await readRows(files, `${table}.parquet`)).toEqual([]);
    }
    const units = await readRows(files, 'units.parquet');
    expect(units).toHaveLength(24);
    expect(units.filter(({ kept }) => kept === true)).toHaveLength(nUnits);
  });

  test('no ripples is a result, with empty averages', async () => {
    const session = without('ripples.events.mat');
    const { result, folder: files } = await runText(text, folder, { session });
    const psth = result.values.get('post.psth') as Psth;
    expect(psth.nUsed).toBe(0);
    expect(psth.mean.length).toBe(2);
    expect(psth.mean.every((mean) => mean.every(Number.isNaN))).toBe(true);
    expect([...psth.n].every((n) => n === 0)).toBe(true);
    expect(result.notes).toContainEqual(
      expect.objectContaining({ code: 'FILE_MISSING', level: 'warning' }),
    );
    expect(result.notes).toContainEqual(
      expect.objectContaining({ code: 'NO_USABLE_EVENTS', node: 'post' }),
    );
    expect(await readRows(files, 'psth.parquet')).toHaveLength(2 * 3 * psth.lags.length);
  });

  test('no states: the epochs that need them are named with those there are', async () => {
    const session = without('SleepState.states.mat');
    await expect(runText(text, folder, { session })).rejects.toMatchObject({
      code: 'UNKNOWN_EPOCH',
      found: expect.stringContaining('THETA'),
      hint: expect.stringContaining('maze'),
    });
  });
});
