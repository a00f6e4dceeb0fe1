import { expect, onTestFinished, test } from 'vitest';
import { Reply } from 'zeromq';
import type { OpenSink, RecordedWire } from '../../src/define.ts';
import type { Clock } from '../../src/model/clock.ts';
import { createPulses } from '../../src/sinks/trigger-pulses.ts';
import { type TriggersZmqOptions, triggersZmqNode } from '../../src/sinks/triggers-zmq.ts';
import { createMemoryFolder } from '../support/memory-folder.ts';
import { notes } from '../support/streams.ts';

const wire: RecordedWire = { node: 'high', op: 'threshold', port: 'triggers', type: 'triggers' };

/** What Open Ephys does: takes one text after the other and answers each. */
async function listen() {
  const socket = new Reply();
  await socket.bind('tcp://127.0.0.1:*');
  const heard: string[] = [];
  const answer = async (): Promise<void> => {
    for await (const [text] of socket) {
      heard.push(String(text));
      await socket.send('TTLHandled: Success');
    }
  };
  const answering = answer();
  onTestFinished(async () => {
    socket.close();
    await answering;
  });
  return { heard, address: socket.lastEndpoint ?? '' };
}

async function openSink(options: Partial<TriggersZmqOptions>) {
  const told = notes();
  const settings = { line: 1, lines: 'one', pulse: 0.005, address: '', ...options } as const;
  const sink = await triggersZmqNode.open(settings, {
    folder: createMemoryFolder(),
    wires: [wire],
    recordings: [],
    provenance: new Map(),
    report: told.report,
  });
  let isOver = false;
  const end = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await sink.finish();
    await sink.close?.();
  };
  onTestFinished(end);
  return { sink, end, ...told };
}

const cross = (sink: OpenSink, assembly: number): Promise<void> =>
  sink.chunk(wire, { kind: 'trigger', time: 1, assembly, value: 9 });

const eventually = <T>(found: () => T | Promise<T>) => expect.poll(found, { timeout: 60_000 });

/** Crossings are never kept for later, so the first ones may find no connection yet. */
async function crossUntilHeard(sink: OpenSink, heard: readonly string[]): Promise<void> {
  await eventually(async () => {
    if (heard.length === 0) await cross(sink, 1);
    return heard.length;
  }).toBeGreaterThan(0);
}

test('a trigger is a pulse on a line', async () => {
  const { heard, address } = await listen();
  const { sink, end, codes } = await openSink({ address, line: 3 });
  await crossUntilHeard(sink, heard);
  await eventually(() => heard.length % 2).toBe(0);
  const pulses = heard.splice(0);
  expect(new Set(pulses)).toEqual(new Set(['TTL Line=3 State=1', 'TTL Line=3 State=0']));
  await sink.chunk(wire, { kind: 'trigger', time: 2, line: 7, isOn: true });
  await sink.chunk(wire, { kind: 'trigger', time: 2, line: 7, isOn: false });
  await eventually(() => heard).toEqual(['TTL Line=3 State=1', 'TTL Line=3 State=0']);
  await end();
  expect(codes().filter((code) => code !== 'TRIGGERS_UNSENT')).toEqual([]);
});

test('each assembly may have its line, as far as there are lines', async () => {
  const { heard, address } = await listen();
  const { sink, end, all } = await openSink({ address, line: 10, lines: 'by-assembly' });
  await crossUntilHeard(sink, heard);
  await eventually(() => heard.length % 2).toBe(0);
  heard.length = 0;
  await cross(sink, 4);
  await eventually(() => heard).toEqual(['TTL Line=13 State=1', 'TTL Line=13 State=0']);
  await cross(sink, 248);
  await end();
  expect(all.find(({ code }) => code === 'TRIGGERS_UNSENT')?.data?.nUnsent).toBeGreaterThan(0);
  expect(heard).toHaveLength(2);
});

test('a line that is on is not switched on again, and is off when the run ends', async () => {
  const { heard, address } = await listen();
  const { sink, end, all } = await openSink({ address, pulse: 60 });
  await crossUntilHeard(sink, heard);
  await cross(sink, 1);
  await cross(sink, 2);
  await end();
  await eventually(() => heard).toEqual(['TTL Line=1 State=1', 'TTL Line=1 State=0']);
  const overlapping = all.find(({ code }) => code === 'TRIGGERS_OVERLAPPING');
  expect(overlapping?.data?.nOverlapping).toBeGreaterThanOrEqual(2);
});

test('where nobody listens triggers are counted, and never sent late', async () => {
  const { sink, end, all } = await openSink({ address: 'tcp://127.0.0.1:1' });
  for (let i = 0; i < 50; i++) await cross(sink, 1);
  await end();
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ code: 'TRIGGERS_UNSENT', data: { nSent: 0, nUnsent: 50 } });
});

test('an address that is none is refused', async () => {
  await expect(openSink({ address: 'nowhere' })).rejects.toMatchObject({
    code: 'TRIGGER_ADDRESS',
    exitCode: 5,
  });
});

/** A clock that is moved by hand. */
function handClock() {
  let time = 0;
  let calls: { at: number; call: () => void }[] = [];
  const clock: Clock = {
    now: () => time,
    after: (seconds, call) => {
      const entry = { at: time + seconds, call };
      calls.push(entry);
      return () => {
        calls = calls.filter((other) => other !== entry);
      };
    },
  };
  const pass = async (seconds: number): Promise<void> => {
    time += seconds;
    const due = calls.filter(({ at }) => at <= time + 1e-9);
    calls = calls.filter(({ at }) => at > time + 1e-9);
    for (const { call } of due) call();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { clock, pass };
}

test('a line that could not be switched off is tried again until it could', async () => {
  const { clock, pass } = handClock();
  const sent: string[] = [];
  let isDeaf = false;
  const send = async (line: number, state: 0 | 1): Promise<boolean> => {
    sent.push(`${line}=${state}${isDeaf ? '?' : ''}`);
    return !isDeaf;
  };
  const pulses = createPulses(0.02, send, clock);
  await pulses.begin(2);
  await pass(0.01);
  await pulses.begin(2);
  isDeaf = true;
  await pass(0.01);
  await pass(0.05);
  await pulses.begin(5);
  isDeaf = false;
  await pass(0.05);
  await pulses.begin(2);
  await pass(0);
  await pulses.endAll();
  expect(sent).toEqual(['2=1', '2=0?', '2=0?', '5=1?', '2=0', '2=1', '2=0']);
  expect(pulses.counts()).toEqual({ nSent: 2, nUnsent: 1, nOverlapping: 1 });
  await pass(1);
  expect(sent).toHaveLength(7);
});
