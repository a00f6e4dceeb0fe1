import { setTimeout as wait } from 'node:timers/promises';
import type { OpenSource } from '../define.ts';
import { createMersenneTwister } from '../math/random.ts';
import { encoders, type Format } from './encode.ts';
import { type Faults, spoil } from './faults.ts';
import { openPublisher, type Publisher } from './publisher.ts';
import { happenings, type RigOptions } from './rig.ts';

/** A point of the recording, and so many seconds of the wall clock. */
export interface Interval {
  readonly at: number;
  readonly seconds: number;
}

export interface EmulatorOptions extends Omit<RigOptions, 'hasSamples'>, Faults {
  readonly format: Format;
  readonly address: string;
  /** How many times as fast as it was recorded. */
  readonly speed: number | 'max';
  readonly seed: number;
  readonly isWaiting: boolean;
  /** Nothing is sent for a while, and what was held up comes then. */
  readonly pause: Interval | undefined;
  /** The socket is closed for a while, and what happens meanwhile is lost. */
  readonly reconnect: Interval | undefined;
  readonly signal: AbortSignal;
}

/** What the emulator has sent, and what it did to it. */
export interface EmulatorCounts {
  messages: number;
  spikes: number;
  ttl: number;
  dropped: number;
  duplicated: number;
  /** Of those messages, the spikes. */
  droppedSpikes: number;
  duplicatedSpikes: number;
  garbage: number;
  restarts: number;
  pauses: number;
  reconnects: number;
  /** Messages of the time that the socket was closed. */
  unsent: number;
}

/** Messages between two turns of the event loop, where nothing else waits. */
const burst = 200;
/** An address that was just left may be taken for so long. */
const rebindMs = 2000;

/**
 * Publishes a recording as a rig would while it runs.
 * @returns what was sent; the same options give the same messages
 * @throws ConfigError LIVE_NOT_INSTALLED; SinkError where the address cannot be bound
 */
export async function emulate(
  session: OpenSource,
  options: EmulatorOptions,
): Promise<EmulatorCounts> {
  const { format, address, speed, seed, signal, pause, reconnect } = options;
  const counts: EmulatorCounts = {
    messages: 0,
    spikes: 0,
    ttl: 0,
    dropped: 0,
    duplicated: 0,
    droppedSpikes: 0,
    duplicatedSpikes: 0,
    garbage: 0,
    restarts: 0,
    pauses: 0,
    reconnects: 0,
    unsent: 0,
  };
  const random = createMersenneTwister(seed);
  const encode = encoders[format];
  const rig = { sampleRate: options.sampleRate, stream: 'Probe-A' };
  const hasSamples = format === 'zmq-interface';
  let publisher: Publisher | undefined = await openPublisher(address);
  try {
    if (options.isWaiting) await Promise.race([publisher.subscribed(), aborted(signal)]);
    let began = performance.now();
    let number = 0;
    let nSinceTurn = 0;
    let hasPaused = false;
    let closedAt: number | undefined;
    for await (const happening of happenings(session, { ...options, hasSamples }, random)) {
      const { time, event, isRestart } = happening;
      if (signal.aborted) break;
      if (pause && !hasPaused && time >= pause.at) {
        hasPaused = true;
        counts.pauses++;
        await wait(pause.seconds * 1000);
      }
      if (reconnect && counts.reconnects === 0 && time >= reconnect.at) {
        counts.reconnects++;
        await publisher?.close();
        publisher = undefined;
        closedAt = performance.now();
      }
      const due = speed === 'max' ? 0 : began + ((time - options.from) / speed) * 1000;
      while (performance.now() < due && !signal.aborted) await wait(1);
      if (isRestart) {
        counts.restarts++;
        number = 0;
      }
      const frames = encode(event, rig, number + 1);
      if (!frames) continue;
      number++;
      if (reconnect && closedAt !== undefined && !publisher) {
        const isOver = performance.now() - closedAt >= reconnect.seconds * 1000;
        // As fast as it is read nothing would be left to send behind a gap of the wall clock.
        if (speed === 'max' ? time < reconnect.at + reconnect.seconds : !isOver) {
          counts.unsent++;
          continue;
        }
        publisher = await openPublisher(address, rebindMs);
        if (options.isWaiting) await Promise.race([publisher.subscribed(), aborted(signal)]);
        if (speed !== 'max') began = performance.now() - ((time - options.from) / speed) * 1000;
      }
      if (event.kind === 'spike') counts.spikes++;
      if (event.kind === 'ttl') counts.ttl++;
      const { dropped, duplicated } = counts;
      const messages = spoil(frames, options, random, counts);
      if (event.kind === 'spike') {
        counts.droppedSpikes += counts.dropped - dropped;
        counts.duplicatedSpikes += counts.duplicated - duplicated;
      }
      for (const message of messages) {
        counts.messages++;
        await publisher?.send(message);
      }
      if (++nSinceTurn < burst) continue;
      nSinceTurn = 0;
      await wait(0);
    }
  } finally {
    await publisher?.close();
  }
  return counts;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
