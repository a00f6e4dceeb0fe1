import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/model/clock.ts';
import { openReplay } from '../../src/sources/replay.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';
import { readRows, runText, type TestRun } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_11', import.meta.url));
let scratch: string;
let earlier: TestRun;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-replay-'));
  earlier = await runText(soundPipeline, base);
  for (const [name, file] of earlier.folder.files) {
    writeFileSync(join(scratch, name), file.bytes());
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const graph = (recording: string): string => `version: 1
name: live
nodes:
  recording: { ${recording}, path: '${sample}', brainRegion: CA1, cellType: Pyr }
  templates: { op: patterns-file, path: '${scratch}' }
  frozen: { op: moments-file, path: '${scratch}', node: z }
  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  z: { op: zscore, inputs: { counts: counts, moments: frozen } }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;

describe('a replay', () => {
  test('gives the rows of the batch run to the bit, in one pass', async () => {
    const batch = await runText(graph('op: cellexplorer'), base);
    const { result, folder } = await runText(graph('op: replay, speed: max'), base);
    const rows = await readRows(folder, 'activations.parquet');
    expect(rows.length).toBeGreaterThan(50_000);
    const bytes = (run: TestRun) => run.folder.files.get('activations.parquet')?.bytes();
    expect(folder.files.get('activations.parquet')?.bytes()).toEqual(bytes(batch));
    expect(bytes(batch)).toEqual(bytes(earlier));
    expect(result.passes).toHaveLength(1);
  });

  test('cannot be read twice: a graph that needs that is refused before anything is opened', () => {
    const text = soundPipeline
      .replace('op: cellexplorer', 'op: replay')
      .replace(/ {2}task: .*\n/, '')
      .replace('from: task,', 'from: recording.spikes,')
      .replace(/ {2}post: .*\n/, '');
    const { problems } = checkText(text);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['LIVE_NEEDS_ONE_PASS']));
  });
});

/** A clock that stands until someone waits; then it moves there at once. */
function virtualClock(): Clock & { readonly time: () => number } {
  let time = 100;
  return {
    time: () => time,
    now: () => time,
    after: (seconds, call) => {
      const timer = setImmediate(() => {
        time += seconds;
        call();
      });
      return () => clearImmediate(timer);
    },
  };
}

describe('speed', () => {
  test('20 tells 600 s in 30, each spike when it is due and none before', async () => {
    const clock = virtualClock();
    const source = await openReplay({ path: sample, speed: 20 }, { clock });
    let [nSpikes, last, worst] = [0, 0, 0];
    for await (const chunk of source.streams.spikes()) {
      if (chunk.kind !== 'spikes') throw new Error(chunk.kind);
      const due = 100 + chunk.end / 20;
      worst = Math.max(worst, Math.abs(clock.now() - due));
      nSpikes += chunk.times.length;
      last = chunk.end;
      expect(chunk.runEnd).toBeUndefined();
    }
    expect(worst).toBeLessThan(1e-6);
    expect(clock.time()).toBeCloseTo(100 + last / 20, 6);
    expect(source.status?.()).toMatchObject({ state: 'ended', watermark: last });
    expect(nSpikes).toBe(source.status?.().counts.spikes);
    await source.close?.();
  });

  test('triggers come when the spikes have come so far', async () => {
    const source = await openReplay({ path: sample, speed: 'max' });
    let position = 0;
    const times: number[] = [];
    const reading = (async () => {
      for await (const item of source.streams.triggers()) {
        if (item.kind !== 'trigger') throw new Error(item.kind);
        expect(item.time).toBeLessThan(position);
        expect(item.time).toBeGreaterThanOrEqual(position - 2);
        times.push(item.time);
      }
    })();
    for await (const item of source.streams.spikes()) {
      if (item.kind === 'spikes') position = item.end;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await reading;
    expect(times.length).toBeGreaterThan(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test.each(['fast', '0', '-1', ''])('%j is refused', async (speed) => {
    const options = { path: sample, speed: speed as unknown as number };
    await expect(openReplay(options)).rejects.toMatchObject({ exitCode: 2 });
  });

  test('a stop ends it where it is', async () => {
    const source = await openReplay({ path: sample, speed: 1 }, { clock: virtualClock() });
    let end = 0;
    for await (const chunk of source.streams.spikes()) {
      if (chunk.kind === 'spikes') end = chunk.end;
      if (end > 2) source.stop?.();
    }
    expect(end).toBeGreaterThan(2);
    expect(end).toBeLessThan(2.1);
    await source.close?.();
  });
});
