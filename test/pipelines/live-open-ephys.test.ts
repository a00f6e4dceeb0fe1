import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formats } from '../../src/emulator/encode.ts';
import { type LiveRun, rehearse } from '../support/live.ts';
import { soundPipeline } from '../support/pipeline.ts';
import { readColumns, runText } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_1', import.meta.url));
const units = { brainRegion: ['CA1'], cellType: ['Pyr'] };
const part = { session: sample, ...units, to: 60 };
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-live-'));
  const earlier = await runText(
    soundPipeline.replace('op: cellexplorer', 'op: tables').replace('sim_small_11', 'sim_small_1'),
    base,
  );
  for (const [name, file] of earlier.folder.files) {
    writeFileSync(join(scratch, name), file.bytes());
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const graph = (source: string): string => `version: 1
name: live
nodes:
  rig: { ${source} }
  templates: { op: patterns-file, path: '${scratch}' }
  frozen: { op: moments-file, path: '${scratch}', node: z }
  counts: { op: bin, from: rig.spikes, binSize: 0.01 }
  z: { op: zscore, inputs: { counts: counts, moments: frozen } }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;

const live = (options = ''): string =>
  graph(`op: live-open-ephys, address: ADDRESS, patterns: '${scratch}', idle: messages${options}`);

/** Columns of the batch run over the original recording, as far as a live run of its part went. */
async function batch(nRows: number) {
  const source = `op: tables, path: '${sample}', brainRegion: CA1, cellType: Pyr`;
  const { folder } = await runText(graph(source), base);
  const columns = await readColumns(folder, 'activations.parquet');
  return new Map([...columns].map(([name, values]) => [name, values.slice(0, nRows)]));
}

describe('a live run over the rows of the recording', () => {
  test.each(formats)('%s: the same to the bit', async (format) => {
    const rate = format === 'broadcaster' ? '' : ', sampleRate: 20000';
    const plugin = format === 'zmq-interface' ? ', format: zmq-interface' : '';
    const source = live(`${rate}${plugin}, start: 0`);
    const { folder, counts, sent } = await rehearse(source, base, { ...part, format });
    expect(counts).toMatchObject({ spikes: sent.spikes, late: 0, gaps: 0, garbage: 0 });
    expect(counts.messages).toBe(sent.messages);
    expect(sent.ttl).toBeGreaterThan(0);
    const columns = await readColumns(folder, 'activations.parquet');
    const nRows = columns.get('time')?.length ?? 0;
    expect(nRows).toBeGreaterThan(5900);
    expect(columns).toEqual(await batch(nRows));
  });

  test('reordered within the lateness: the same to the bit', async () => {
    const { folder, counts } = await rehearse(live(', start: 0, lateness: 0.05'), base, {
      ...part,
      reorder: 0.049,
    });
    expect(counts.late).toBe(0);
    const columns = await readColumns(folder, 'activations.parquet');
    const nRows = columns.get('time')?.length ?? 0;
    expect(nRows).toBeGreaterThan(5900);
    expect(columns).toEqual(await batch(nRows));
  });
});

describe('what was recorded, run as batch', () => {
  /** Columns of the batch run over what a live run recorded, each of its runs on its own. */
  async function again({ folder }: LiveRun, part = 'recording') {
    const session = mkdtempSync(join(scratch, 'recorded-'));
    for (const [name, file] of folder.files) {
      if (name.startsWith(`${part}/`)) writeFileSync(join(session, basename(name)), file.bytes());
    }
    const text = graph(`op: tables, path: '${session}'`)
      .replace('from: rig.spikes', 'from: runs')
      .replace(
        '  counts:',
        '  runs: { op: epoch-filter, from: rig.spikes, keep: LIVE }\n  counts:',
      );
    return readColumns((await runText(text, base)).folder, 'activations.parquet');
  }
  const recorded = () => `${live(', lateness: 0.05')}  journal: { op: journal }\n`;

  test('the same rows to the bit; events and units too', async () => {
    const run = await rehearse(recorded(), base, { ...part, reorder: 0.04 });
    const columns = await readColumns(run.folder, 'activations.parquet');
    expect(columns.get('time')?.length).toBeGreaterThan(5900);
    expect(await again(run)).toEqual(columns);
    const text = (name: string) =>
      new TextDecoder().decode(run.folder.files.get(`recording/${name}.csv`)?.bytes());
    expect(text('units').split('\n')[1]).toMatch(/^\d+,CA1/);
    const events = text('events').trim().split('\n');
    expect(events).toHaveLength(1 + run.sent.ttl / 2);
    expect(events.slice(1).every((line) => /^ttl1,[\d.]+,,[\d.]+$/.test(line))).toBe(true);
  });

  test('with a connection lost in the middle: equal outside the stated gap', async () => {
    const run = await rehearse(recorded(), base, { ...part, reconnect: { at: 20, seconds: 3 } });
    expect(run.counts).toMatchObject({ reconnects: 1, gaps: 1, restarts: 0, late: 0 });
    expect(run.counts.spikes).toBe(run.sent.spikes);
    expect(run.sent.unsent).toBeGreaterThan(0);
    const gap = run.result.notes.find(({ code }) => code === 'LIVE_RECONNECT')?.data;
    expect(gap?.end).toBeLessThan(20);
    expect(gap?.start).toBeGreaterThanOrEqual(23);
    const columns = await readColumns(run.folder, 'activations.parquet');
    const times = columns.get('time') ?? new Float64Array(0);
    expect(times.some((time) => time > Number(gap?.end) && time < Number(gap?.start))).toBe(false);
    expect(times.length).toBeGreaterThan(5500);
    expect(await again(run)).toEqual(columns);
  });

  test('with messages lost on the way: equal outside the stated gaps', async () => {
    const text = recorded().replace(', lateness', ', format: zmq-interface, lateness');
    const run = await rehearse(text, base, { ...part, format: 'zmq-interface', drop: 0.002 });
    const { counts, sent } = run;
    expect(sent.dropped).toBeGreaterThan(3);
    expect(counts).toMatchObject({ lost: sent.dropped, restarts: 0, strays: 0 });
    const gaps = run.result.notes.filter(({ code }) => code === 'LIVE_LOST');
    expect(gaps).toHaveLength(counts.gaps);
    const columns = await readColumns(run.folder, 'activations.parquet');
    const times = columns.get('time') ?? new Float64Array(0);
    for (const { data } of gaps) {
      const [end, start] = [Number(data?.end), Number(data?.start)];
      expect(start).toBeGreaterThanOrEqual(end);
      expect(times.some((time) => time > end && time < start)).toBe(false);
    }
    expect(times.length).toBeGreaterThan(5000);
    expect(await again(run)).toEqual(columns);
  });

  test('with a counter that starts again: each clock in a folder of its own, and equal there', async () => {
    const run = await rehearse(recorded(), base, { ...part, restart: 30 });
    expect(run.sent.restarts).toBe(1);
    expect(run.counts).toMatchObject({ restarts: 1, gaps: 0, strays: 0, late: 0 });
    expect(run.counts.spikes).toBe(run.sent.spikes);
    const columns = await readColumns(run.folder, 'activations.parquet');
    const first = await again(run);
    const second = await again(run, 'recording-2');
    const nFirst = first.get('time')?.length ?? 0;
    for (const [name, values] of columns) {
      expect(values.slice(0, nFirst)).toEqual(first.get(name));
      expect(values.slice(nFirst)).toEqual(second.get(name));
    }
    expect(second.get('time')?.at(0)).toBeLessThan(1);
  });
});
