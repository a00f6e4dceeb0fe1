import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { happenings } from '../../src/emulator/rig.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import { openAnySession } from '../../src/sources/any-session.ts';
import { rehearse } from '../support/live.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const sample = fileURLToPath(new URL('../../data-samples/sim_small_1', import.meta.url));
const units = { brainRegion: ['CA1'], cellType: ['Pyr'] };
const part = { session: sample, ...units, to: 60 };

/** What every unit of the sample is called, and its id. */
const session = await openAnySession(sample, units);
const known = session.values.units;
const rows =
  known?.kind === 'units'
    ? known.kept.map(({ id, attributes }) => `[E${attributes.get('shank')}, ${id}, ${id}]`)
    : [];

const graph = (options = ''): string => `version: 1
name: live
nodes:
  rig: { op: live-open-ephys, address: ADDRESS, units: [${rows.join(', ')}], idle: messages, start: 0${options} }
  journal: { op: journal, from: rig.spikes }
`;
const numbered = ', format: zmq-interface';

describe('each fault of a rig is counted', () => {
  test('nothing wrong: nothing counted', async () => {
    const { counts, sent, result } = await rehearse(graph(), base, part);
    const { messages, spikes, mostQueued, ...faults } = counts;
    expect(messages).toBe(sent.messages);
    expect(spikes).toBe(sent.spikes);
    expect(mostQueued).toBeGreaterThanOrEqual(0);
    expect(Object.values(faults).every((n) => n === 0)).toBe(true);
    expect(result.wires.get('rig.spikes')?.nSpikes).toBe(spikes);
  });

  test('messages that are dropped: by the number, where the sender numbers them, each a gap', async () => {
    const drop = 0.1;
    const run = await rehearse(graph(numbered), base, { ...part, format: 'zmq-interface', drop });
    const { sent, counts } = run;
    expect(sent.dropped).toBeGreaterThan(100);
    expect(counts.lost).toBe(sent.dropped);
    expect(counts.spikes).toBe(sent.spikes - sent.droppedSpikes);
    // The emulator's own dice say which of its messages it dropped: those side by side are one gap.
    const dice = createMersenneTwister(1);
    const nMessages = sent.messages + sent.dropped;
    const isDropped = Array.from({ length: nMessages }, () => dice.double() < drop);
    expect(isDropped.filter(Boolean)).toHaveLength(sent.dropped);
    const nGaps = isDropped.filter((is, i) => is && !isDropped[i - 1]).length;
    expect(nGaps).toBeGreaterThan(100);
    expect(counts).toMatchObject({ gaps: nGaps, restarts: 0, strays: 0, reconnects: 0 });
    expect(run.notes.filter((code) => code === 'LIVE_LOST').length).toBe(100);
    const nSpikes = run.result.wires.get('rig.spikes')?.nSpikes ?? 0;
    expect(nSpikes + counts.late + counts.duplicates).toBe(counts.spikes);
  });

  test('a counter of samples that starts again: where messages are numbered, at the very message', async () => {
    const [drop, restart] = [0.02, 10];
    const run = await rehearse(graph(numbered), base, {
      ...part,
      to: 20,
      format: 'zmq-interface',
      drop,
      restart,
    });
    const { sent, counts } = run;
    expect(sent.restarts).toBe(1);
    expect(sent.dropped).toBeGreaterThan(10);
    expect(counts).toMatchObject({ lost: sent.dropped, restarts: 1, strays: 0 });
    expect(counts.spikes).toBe(sent.spikes - sent.droppedSpikes);
    expect(run.folder.files.has('recording-2/spikes.parquet')).toBe(true);
    expect(run.folder.files.has('recording-3/spikes.parquet')).toBe(false);
  });

  test('a connection that is lost: what was sent meanwhile counts as lost, in one gap', async () => {
    const reconnect = { at: 5, seconds: 2 };
    const options = { ...part, to: 12, format: 'zmq-interface', reconnect } as const;
    const { sent, counts, notes } = await rehearse(graph(numbered), base, options);
    expect(sent.unsent).toBeGreaterThan(50);
    expect(counts).toMatchObject({ lost: sent.unsent, reconnects: 1, gaps: 1, restarts: 0 });
    expect(notes).toContain('LIVE_RECONNECT');
    expect(notes).not.toContain('LIVE_LOST');
  });

  test('messages that are dropped: not seen where the sender does not number them', async () => {
    const run = await rehearse(graph(), base, { ...part, drop: 0.1 });
    expect(run.counts.spikes).toBe(run.sent.spikes - run.sent.droppedSpikes);
    expect(run.counts.lost).toBeUndefined();
  });

  test('messages that come twice', async () => {
    const run = await rehearse(graph(), base, { ...part, duplicate: 0.2 });
    expect(run.sent.duplicatedSpikes).toBeGreaterThan(50);
    expect(run.counts.duplicates).toBe(run.sent.duplicatedSpikes);
    expect(run.result.wires.get('rig.spikes')?.nSpikes).toBe(run.sent.spikes);
  });

  test('messages later than the lateness', async () => {
    const [reorder, lateness, sampleRate] = [0.5, 0.1, 20_000];
    const run = await rehearse(graph(`, lateness: ${lateness}`), base, { ...part, reorder });
    let [latest, expected] = [Number.NEGATIVE_INFINITY, 0];
    const rig = { sampleRate, reorder, restart: undefined, load: 1, hasSamples: false };
    const told = happenings(session, { ...rig, from: 0, to: 60 }, createMersenneTwister(1));
    for await (const { event } of told) {
      const time = event.sample / sampleRate;
      if (time < latest - lateness && event.kind === 'spike') expected++;
      latest = Math.max(latest, time);
    }
    expect(expected).toBeGreaterThan(50);
    expect(run.counts.late).toBe(expected);
    expect(run.counts.gaps + run.counts.restarts + run.counts.strays).toBe(0);
    const late = run.folder.files.get('recording/late.parquet');
    expect(late?.bytes().length).toBeGreaterThan(100);
    expect(run.result.wires.get('rig.spikes')?.nSpikes).toBe(run.sent.spikes - expected);
  });

  test('a pause loses nothing where only messages move the clock', async () => {
    const run = await rehearse(graph(), base, { ...part, to: 20, pause: { at: 10, seconds: 1 } });
    expect(run.sent.pauses).toBe(1);
    expect(run.counts).toMatchObject({ late: 0, gaps: 0, spikes: run.sent.spikes });
  });

  test('a pause that the wall clock takes for silence makes what was held up late', async () => {
    const text = graph().replace('idle: messages', 'idle: wall-clock, idleAfter: 0.1');
    const pause = { at: 1, seconds: 1 };
    const run = await rehearse(text, base, { ...part, to: 3, speed: 1, pause });
    // The clock is due where it would have been: of the second that was held up some 0.9 s are past.
    expect(run.counts.late).toBeGreaterThan(0);
    expect(run.counts.late).toBeLessThan(run.sent.spikes / 2);
    expect(run.counts).toMatchObject({ gaps: 0, restarts: 0, spikes: run.sent.spikes });
  });

  test.each(['broadcaster', 'zmq-interface'] as const)('%s: damaged messages', async (format) => {
    const plugin = format === 'zmq-interface' ? numbered : '';
    const run = await rehearse(graph(plugin), base, { ...part, format, garbage: 0.2 });
    expect(run.sent.garbage).toBeGreaterThan(100);
    expect(run.counts.garbage).toBe(run.sent.garbage);
    expect(run.counts.spikes).toBe(run.sent.spikes);
    expect(run.counts.strays + run.counts.late).toBe(0);
  });

  test('50 times the load comes through whole', async () => {
    const run = await rehearse(graph(), base, { ...part, to: 20, load: 50 });
    expect(run.sent.spikes).toBeGreaterThan(5000);
    expect(run.counts).toMatchObject({ spikes: run.sent.spikes, late: 0, dropped: 0, gaps: 0 });
    const { duplicates } = run.counts;
    expect(run.result.wires.get('rig.spikes')?.nSpikes).toBe(run.sent.spikes - duplicates);
  });

  test('a full queue: the oldest are dropped, counted and reported as a gap; or the run fails', async () => {
    const full = ', lateness: 10, maxQueued: 1000';
    const load = { ...part, to: 20, load: 50 };
    const run = await rehearse(graph(`${full}, whenFull: drop-oldest`), base, load);
    const { dropped, duplicates, late, gaps } = run.counts;
    expect(dropped).toBeGreaterThan(1000);
    expect(gaps).toBeGreaterThan(0);
    expect(run.notes).toContain('LIVE_DROPPED');
    const nSpikes = run.result.wires.get('rig.spikes')?.nSpikes ?? 0;
    expect(nSpikes + dropped + duplicates + late).toBe(run.sent.spikes);
    await expect(rehearse(graph(full), base, load)).rejects.toMatchObject({
      code: 'LIVE_QUEUE_FULL',
    });
  });

  test('units that are not listened to only move the clock', async () => {
    const { brainRegion: _, cellType: __, ...everyone } = part;
    const run = await rehearse(graph(), base, everyone);
    expect(run.counts.unmapped).toBeGreaterThan(100);
    expect(run.counts.spikes + run.counts.unmapped).toBe(run.sent.spikes);
  });
});
