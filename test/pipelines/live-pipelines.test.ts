import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rehearse } from '../support/live.ts';
import { readColumns, runText, type TestRun } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_1', import.meta.url));
const pipeline = (name: string) => readFileSync(`${base}${name}.yaml`, 'utf8');
let scratch: string;
let earlier: TestRun;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-live-'));
  earlier = await runText(pipeline('reactivation-tables'), base);
  for (const [name, file] of earlier.folder.files) {
    if (name.endsWith('.parquet')) writeFileSync(join(scratch, name), file.bytes());
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('replay.yaml gives the activation of the run whose templates it takes, to the bit', async () => {
  const { folder, result } = await runText(pipeline('replay'), base, {
    patterns: scratch,
    speed: 'max',
  });
  const columns = await readColumns(folder, 'activations.parquet');
  expect(columns).toEqual(await readColumns(earlier.folder, 'activations.parquet'));
  expect(columns.size).toBeGreaterThan(1);
  expect(result.live[0]).toMatchObject({ node: 'recording', status: { state: 'ended' } });
});

test('live-open-ephys.yaml gives it as far as it went, and leaves a recording and no journal', async () => {
  const text = pipeline('live-open-ephys')
    .replace('tcp://127.0.0.1:5557', 'ADDRESS')
    .replace('default: ../out/reactivation-tables', `default: '${scratch}'`)
    .replace('default: 8377', 'default: 0')
    .replace("lateness: '${lateness}'", "lateness: '${lateness}', start: 0, idle: messages");
  const run = await rehearse(text, base, { session: sample, to: 90 });
  const columns = await readColumns(run.folder, 'activations.parquet');
  const nRows = columns.get('time')?.length ?? 0;
  expect(nRows).toBeGreaterThan(8800);
  // The kernel does not know what comes behind the end, and the end is nearer.
  const [nSame, whole] = [nRows - 10, await readColumns(earlier.folder, 'activations.parquet')];
  for (const [name, values] of columns) {
    expect(values.slice(0, nSame)).toEqual(whole.get(name)?.slice(0, nSame));
  }
  expect(run.counts.spikes + run.counts.unmapped).toBe(run.sent.spikes);
  expect(run.counts).toMatchObject({ late: 0, gaps: 0, garbage: 0 });
  const names = [...run.folder.files.keys()];
  expect(names).toEqual(expect.arrayContaining(['recording/spikes.parquet', 'psth.parquet']));
});
