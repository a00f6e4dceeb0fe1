import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OpenSink, RecordedWire, RunFolder, SinkContext } from '../../src/define.ts';
import { journalNode } from '../../src/sinks/journal.ts';
import { createSyncer } from '../../src/sinks/journal-sync.ts';
import { madeClock } from '../support/made-clock.ts';
import { createMemoryFolder } from '../support/memory-folder.ts';
import { activationRun, notes } from '../support/streams.ts';

const wire: RecordedWire = {
  node: 'activity',
  op: 'project',
  port: 'activation',
  type: 'activation',
};

/** The sink on a folder whose files are synced as `sync` says. */
async function openJournal(sync: () => Promise<void>) {
  const memory = createMemoryFolder();
  let nDiscarded = 0;
  const folder: RunFolder = {
    create: async (name) => {
      const discard = async (): Promise<void> => {
        nDiscarded++;
      };
      return Object.assign(await memory.create(name), { sync, discard });
    },
  };
  const context: SinkContext = {
    folder,
    wires: [wire],
    recordings: [],
    provenance: new Map(),
    report: notes().report,
  };
  const sink: OpenSink = await journalNode.open({ flushSeconds: 0.05, recording: true }, context);
  onTestFinished(() => sink.close?.());
  const nBytes = () => memory.files.get('activations.arrows')?.bytes().length ?? 0;
  return { sink, nBytes, nDiscarded: () => nDiscarded };
}

const chunk = activationRun([[1, 2, 3]]);

describe('a journal', () => {
  test('is on the disk itself about a second after it was written, once for all of it', async () => {
    const syncedAt: number[] = [];
    const began = performance.now();
    const { sink, nBytes } = await openJournal(async () => {
      syncedAt.push(performance.now() - began);
    });
    for (let i = 0; i < 5; i++) {
      await sink.chunk(wire, chunk);
      await wait(60);
    }
    expect(nBytes()).toBeGreaterThan(0);
    expect(syncedAt).toEqual([]);
    await expect.poll(() => syncedAt.length, { timeout: 60_000 }).toBe(1);
    expect(syncedAt[0]).toBeGreaterThan(999);
    // Nothing more was written: nothing more is asked of the disk.
    await wait(1300);
    expect(syncedAt).toHaveLength(1);
  });

  test('whose disk does not answer is written all the same', async () => {
    let answer = (): void => {};
    let nAsked = 0;
    const { sink, nBytes, nDiscarded } = await openJournal(() => {
      nAsked++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    await sink.chunk(wire, chunk);
    await expect.poll(() => nAsked, { timeout: 60_000 }).toBe(1);
    const before = nBytes();
    await sink.chunk(wire, chunk);
    await expect.poll(nBytes, { timeout: 60_000 }).toBeGreaterThan(before);
    // Not asked again before it has answered.
    await wait(1300);
    expect(nAsked).toBe(1);
    const finishing = sink.finish();
    await wait(50);
    expect(nDiscarded()).toBe(0);
    answer();
    await finishing;
    expect(nDiscarded()).toBe(1);
  });

  test('whose disk fails ends the run with the next chunk', async () => {
    const { sink } = await openJournal(() => Promise.reject(new Error('broken disk')));
    const go = async (): Promise<string> => {
      try {
        await sink.chunk(wire, chunk);
        return 'goes on';
      } catch (error) {
        return String(error);
      }
    };
    expect(await go()).toBe('goes on');
    await expect.poll(go, { timeout: 60_000 }).toBe('Error: broken disk');
    await expect(sink.finish()).rejects.toThrow('broken disk');
  });
});

test('a syncer asks once for all that was asked for, and nothing when it was stopped', async () => {
  const clock = madeClock();
  let nAsked = 0;
  const count = async (): Promise<void> => {
    nAsked++;
  };
  const syncer = createSyncer(1, count, () => {}, clock);
  clock.pass(10);
  expect(nAsked).toBe(0);
  for (let i = 0; i < 10; i++) {
    syncer.later();
    clock.pass(0.1);
  }
  expect(nAsked).toBe(1);
  await wait(0);
  syncer.later();
  await syncer.stop();
  syncer.later();
  clock.pass(10);
  expect([nAsked, clock.nWaiting()]).toEqual([1, 0]);
});
