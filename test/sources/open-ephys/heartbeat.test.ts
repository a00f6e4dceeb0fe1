import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Reply } from 'zeromq';
import { openLiveOpenEphys } from '../../../src/sources/live-open-ephys.ts';
import {
  type Heartbeat,
  heartbeatAddress,
  type StartHeartbeat,
  startHeartbeat,
} from '../../../src/sources/open-ephys/heartbeat.ts';
import { freeAddress } from '../../support/live.ts';
import { madeClock } from '../../support/made-clock.ts';
import { notes } from '../../support/streams.ts';

/** What the plugin does with what it is told; one that is silent never answers. */
async function plugin(address: string, answer = 'heartbeat received') {
  const socket = new Reply({ linger: 0 });
  await socket.bind(address);
  const heard: string[] = [];
  const listen = async () => {
    for await (const [frame] of socket) {
      heard.push(String(frame));
      if (answer !== 'silent') await socket.send(answer);
    }
  };
  listen().catch(() => undefined);
  const close = () => socket.close();
  onTestFinished(close);
  return { heard, close };
}

/** A heartbeat on a clock that is moved until something holds. */
async function start(address: string) {
  const clock = madeClock();
  const told: string[] = [];
  const heartbeat = await startHeartbeat({
    address,
    clock,
    onUnanswered: () => told.push('unanswered'),
  });
  onTestFinished(heartbeat.close);
  const passUntil = async (isSo: () => boolean, seconds = 2): Promise<void> => {
    while (!isSo()) {
      clock.pass(seconds);
      await wait(20);
    }
  };
  return { heartbeat, clock, told, passUntil };
}

describe('a heartbeat', () => {
  test('is what the plugin reads, and goes on', async () => {
    const address = freeAddress();
    const { heard } = await plugin(address);
    const { heartbeat, told, passUntil } = await start(address);
    await passUntil(() => heartbeat.nAnswers() >= 3);
    const said = heard.map((text) => JSON.parse(text) as Record<string, string>);
    expect(said[0]).toEqual({
      application: 'rekindle',
      uuid: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      type: 'heartbeat',
    });
    // Always the same client.
    expect(new Set(heard).size).toBe(1);
    expect(heard.length).toBeGreaterThanOrEqual(3);
    expect(told).toEqual([]);
  });

  test('comes every two seconds', async () => {
    const address = freeAddress();
    const { heard } = await plugin(address);
    const { heartbeat, clock, passUntil } = await start(address);
    await passUntil(() => heartbeat.nAnswers() === 1);
    clock.pass(1.5);
    await wait(100);
    expect(heard).toHaveLength(1);
    clock.pass(0.5);
    await expect.poll(() => heartbeat.nAnswers(), { timeout: 60_000 }).toBe(2);
  });

  test('that is not answered is told once, comes less often, and holds nothing up', async () => {
    const address = freeAddress();
    const silent = await plugin(address, 'silent');
    const { heartbeat, clock, told, passUntil } = await start(address);
    await passUntil(() => silent.heard.length === 1);
    // The plugin may take the next question only when it has answered: nothing else can be heard.
    for (let i = 0; i < 20; i++) clock.pass(2);
    await wait(100);
    expect(told).toEqual(['unanswered']);
    expect([heartbeat.nAnswers(), silent.heard.length]).toEqual([0, 1]);
    heartbeat.close();
    expect(clock.nWaiting()).toBe(0);
  });

  test('of which the plugin cannot make anything is not answered', async () => {
    const address = freeAddress();
    const { heard } = await plugin(address, 'JSON message could not be read');
    const { heartbeat, told, passUntil } = await start(address);
    await passUntil(() => heard.length >= 3);
    expect(heartbeat.nAnswers()).toBe(0);
    await passUntil(() => told.length > 0);
  });

  test('to nobody goes on until someone is there, and again when that one comes back', async () => {
    const address = freeAddress();
    const { heartbeat, told, passUntil } = await start(address);
    await passUntil(() => told.length > 0);
    const first = await plugin(address);
    await passUntil(() => heartbeat.nAnswers() >= 1);
    first.close();
    await wait(100);
    const nBefore = heartbeat.nAnswers();
    const second = await plugin(address);
    await passUntil(() => heartbeat.nAnswers() > nBefore);
    expect(second.heard.length).toBeGreaterThan(0);
    expect(told).toEqual(['unanswered']);
  });

  test('that is closed says nothing more, twice closed too', async () => {
    const address = freeAddress();
    const { heard } = await plugin(address);
    const { heartbeat, clock, passUntil } = await start(address);
    await passUntil(() => heartbeat.nAnswers() >= 1);
    heartbeat.close();
    heartbeat.close();
    const nHeard = heard.length;
    expect(clock.nWaiting()).toBe(0);
    clock.pass(100);
    await wait(100);
    expect(heard).toHaveLength(nHeard);
  });

  test('to what is no address', async () => {
    await expect(start('nowhere')).rejects.toMatchObject({
      code: 'BAD_ADDRESS',
      where: 'option "heartbeatAddress"',
    });
  });
});

test.each([
  ['tcp://127.0.0.1:5556', 'tcp://127.0.0.1:5557'],
  ['tcp://[::1]:5558', 'tcp://[::1]:5559'],
  ['tcp://127.0.0.1:65535', undefined],
  ['tcp://127.0.0.1', undefined],
  ['ipc://feed', undefined],
])('beside %s it goes to %s', (address, expected) => {
  expect(heartbeatAddress(address)).toBe(expected);
});

describe('a live source', () => {
  const units = [['E1', 1, 1]] as const;
  const subscribe = async () => ({ close: () => {} });

  /** Opens the source with a heartbeat that only notes what becomes of it. */
  async function open(options: object) {
    const log: string[] = [];
    const beat: StartHeartbeat = async ({ address, onUnanswered }): Promise<Heartbeat> => {
      log.push(address);
      onUnanswered();
      return { nAnswers: () => 7, close: () => log.push('closed') };
    };
    const { report, codes } = notes();
    const all = { units, address: 'tcp://127.0.0.1:5556', ...options };
    const source = await openLiveOpenEphys(all, { report }, { subscribe, beat });
    const counts = source.status?.().counts ?? {};
    await source.close?.();
    return { log, counts, codes: codes() };
  }

  test('tells the ZMQ Interface, until it is closed', async () => {
    const { log, counts, codes } = await open({ format: 'zmq-interface' });
    expect(log).toEqual(['tcp://127.0.0.1:5557', 'closed']);
    expect(counts.heartbeats).toBe(7);
    expect(codes).toEqual(['LIVE_NO_HEARTBEAT']);
    const heartbeatAddress = 'tcp://127.0.0.1:6000';
    const elsewhere = await open({ format: 'zmq-interface', heartbeatAddress });
    expect(elsewhere.log).toEqual([heartbeatAddress, 'closed']);
  });

  test.each([
    ['the Event Broadcaster', {}],
    ['heartbeat: false', { format: 'zmq-interface', heartbeat: false }],
    ['an address without a port', { format: 'zmq-interface', address: 'ipc://feed' }],
  ])('%s: none', async (_, options) => {
    const { log, counts } = await open(options);
    expect(log).toEqual([]);
    expect(counts).not.toHaveProperty('heartbeats');
  });

  test('leaves no subscription behind where the heartbeat cannot begin', async () => {
    let nClosed = 0;
    const closing = async () => ({ close: () => void nClosed++ });
    const settings = { units, format: 'zmq-interface', heartbeatAddress: 'nowhere' } as const;
    const opening = openLiveOpenEphys(settings, {}, { subscribe: closing });
    await expect(opening).rejects.toMatchObject({ code: 'BAD_ADDRESS' });
    expect(nClosed).toBe(1);
  });
});
