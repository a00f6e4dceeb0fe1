import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../../src/live-page/frame.ts';
import { recordedBy } from '../../src/pipeline/plan.ts';
import type { NodeNote } from '../../src/pipeline/run.ts';
import { builtins } from '../../src/registry.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';
import { readRows, runText, type TestRun } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_11', import.meta.url));
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-live-'));
  const { folder } = await runText(soundPipeline, base);
  for (const [name, file] of folder.files) writeFileSync(join(scratch, name), file.bytes());
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a rig runs through; `more` are further nodes. */
const graph = (recording: string, more = ''): string => `version: 1
name: live
nodes:
  recording: { ${recording}, path: '${sample}', brainRegion: CA1, cellType: Pyr }
  templates: { op: patterns-file, path: '${scratch}' }
  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  smoothed: { op: smooth, from: counts, sd: 0.01, side: causal }
  z: { op: zscore-baseline, from: smoothed, baseline: [0, 60] }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  high: { op: threshold, from: activity, level: 30, refractory: 0.2 }
  around: { op: event-align-live, inputs: { activation: activity, triggers: high } }
  files: { op: parquet }
${more}`;

const replay = 'op: replay, speed: max';
const textOf = ({ folder }: TestRun, name: string): string =>
  new TextDecoder().decode(folder.files.get(name)?.bytes());

describe('operators of a live graph', () => {
  test('give live what they give over files, to the bit', async () => {
    const lines = '  crossings: { op: triggers, from: high }\n';
    const batch = await runText(graph('op: cellexplorer', lines), base);
    const live = await runText(graph(replay, lines), base);
    expect(live.result.passes).toHaveLength(1);
    for (const name of ['activations.parquet', 'psth.parquet', 'moments.parquet']) {
      const [a, b] = [live, batch].map(({ folder }) => folder.files.get(name)?.bytes());
      expect(a?.length).toBeGreaterThan(100);
      expect(a).toEqual(b);
    }
    expect(textOf(live, 'triggers.jsonl').split('\n').length).toBeGreaterThan(50);
    expect(textOf(live, 'triggers.jsonl')).toBe(textOf(batch, 'triggers.jsonl'));
    const moments = await readRows(live.folder, 'moments.parquet');
    expect(moments[0]).toMatchObject({ node: 'z', n_bins: 6000, smoothing_side: 'causal' });
  });

  test('moments of causal counts are read back as such', async () => {
    const first = await runText(graph('op: cellexplorer'), base);
    const kept = first.folder.files.get('moments.parquet')?.bytes() ?? new Uint8Array(0);
    writeFileSync(join(scratch, 'causal.parquet'), kept);
    const frozen = `  frozen: { op: moments-file, path: '${scratch}/causal.parquet' }\n`;
    const z = 'z: { op: zscore, inputs: { counts: smoothed, moments: frozen } }';
    const text = graph('op: cellexplorer', frozen).replace(/z: \{ op: zscore-baseline.*\}/, z);
    const again = await runText(text, base);
    const rows = await readRows(again.folder, 'activations.parquet');
    const before = await readRows(first.folder, 'activations.parquet');
    expect(rows.slice(6000)).toEqual(before);
    const centred = runText(text.replace(', side: causal', ''), base);
    await expect(centred).rejects.toMatchObject({ code: 'MOMENTS_MISMATCH' });
  });

  test('centred smoothing tells how long it waits, of a running recording alone', async () => {
    const codes = async (recording: string): Promise<string[]> => {
      const text = graph(recording).replace(', side: causal', '');
      const { result } = await runText(text, base);
      return result.notes.filter(({ node }) => node === 'smoothed').map(({ code }) => code);
    };
    expect(await codes(replay)).toEqual(['SMOOTHING_DELAY']);
    expect(await codes('op: cellexplorer')).toEqual([]);
  });

  test('events of the rig are averaged as they come', async () => {
    // As fast as the recording can be read, its events come by a way of their own and may fall minutes behind.
    const ripples =
      '  ripples: { op: event-align-live, inputs: { activation: activity, triggers: recording.triggers }, lateness: 3600 }\n';
    const { folder } = await runText(graph(replay, ripples), base);
    const live = await readRows(folder, 'psth.parquet');
    const known =
      '  ripples: { op: event-align, inputs: { activation: activity, events: recording.ripples } }\n';
    const batch = await runText(graph('op: cellexplorer', known), base);
    const isOf = ({ events }: Record<string, unknown>): boolean => events === 'ripples';
    const expected = (await readRows(batch.folder, 'psth.parquet')).filter(isOf);
    expect(expected.length).toBeGreaterThan(100);
    const found = live.filter(isOf);
    expect(found.map(({ n }) => n)).toEqual(expected.map(({ n }) => n));
    const worst = Math.max(
      ...found.map(({ mean }, i) => Math.abs(Number(mean) - Number(expected[i]?.mean))),
    );
    expect(worst).toBeLessThan(1e-10);
  });
});

describe('what sinks take of a live source', () => {
  const recorded = (sink: string): string[] => {
    const { graph: checked, problems } = checkText(graph(replay, `  sink: { ${sink} }\n`));
    expect(problems).toEqual([]);
    const node = checked?.sinks.find(({ id }) => id === 'sink');
    if (!checked || !node) throw new Error('no sink');
    return recordedBy(checked, node).map((wire) => `${wire.node}.${wire.port}`);
  };

  test('the file of triggers and the page take its events, and the page its spikes', () => {
    expect(recorded('op: triggers')).toEqual(['recording.triggers', 'high.triggers']);
    expect(recorded('op: live-page').sort()).toEqual([
      'activity.activation',
      'around.psth',
      'high.triggers',
      'recording.spikes',
      'recording.triggers',
    ]);
  });

  test('what Open Ephys has sent is not sent back to it, unless that is asked for', () => {
    expect(recorded('op: triggers-zmq')).toEqual(['high.triggers']);
    expect(recorded('op: triggers-zmq, from: recording.triggers')).toEqual(['recording.triggers']);
  });
});

/** All frames of a page, until the run ends. */
function follow(url: string): Promise<Frame[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    get(`${url}events`, (response) => {
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => {
        const messages = text.split('\n\n').filter(Boolean);
        resolve(messages.map((message) => JSON.parse(message.slice('data: '.length)) as Frame));
      });
    }).on('error', reject);
  });
}

test('a page shows a replay as it goes on', async () => {
  let frames: Promise<Frame[]> | undefined;
  const onNote = ({ code, data }: NodeNote): void => {
    if (code === 'LIVE_PAGE') frames = follow(String(data?.url));
  };
  const page = '  page: { op: live-page, port: 0 }\n';
  const recording = 'op: replay, speed: 200';
  await runText(graph(recording, page), base, {}, builtins, { onNote });
  const told = (await frames) ?? [];
  const last = told.at(-1)?.status;
  expect(last).toMatchObject({ state: 'ended', sources: [{ node: 'recording', queued: 0 }] });
  expect(last?.sources[0]?.latency).toBeGreaterThan(0);
  const averages = told.flatMap(({ psths }) => psths).filter(({ node }) => node === 'around');
  expect(averages.length).toBeGreaterThan(3);
  expect(averages.at(-1)?.nUsed).toBeGreaterThan(averages[0]?.nUsed ?? 0);
  const times = told.flatMap(({ traces }) => traces.flatMap((trace) => trace.times));
  expect(times.length).toBeGreaterThan(30);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(told.flatMap(({ triggers }) => triggers.map(({ node }) => node))).toContain('high');
  expect(told.some(({ rates }) => rates.some(({ rates: of }) => of.length === 12))).toBe(true);
});
