import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { encoders } from '../../../src/emulator/encode.ts';
import { openPublisher } from '../../../src/emulator/publisher.ts';
import { createMersenneTwister } from '../../../src/math/random.ts';
import type { Measured, ProbeOptions } from '../probe.ts';

interface Options extends ProbeOptions {
  readonly address: string;
  readonly nUnits: number;
  /** Spikes per second of the recording, of all units together. */
  readonly spikesPerSecond: number;
  /** Seconds of recording. */
  readonly duration: number;
  readonly speed: number;
}

const sampleRate = 30_000;

/** A rig in a process of its own: spikes at random times, each sent when it is due. */
export async function measure(options: Options): Promise<Measured> {
  const { address, nUnits, spikesPerSecond, duration, speed } = options;
  const random = createMersenneTwister(1);
  const publisher = await openPublisher(address);
  await publisher.subscribed();
  const began = performance.now();
  let [time, nSpikes] = [0, 0];
  while (time < duration) {
    time -= Math.log(1 - random.double()) / spikesPerSecond;
    const due = began + (time / speed) * 1000;
    while (performance.now() < due) await wait(1);
    const spike = {
      kind: 'spike' as const,
      sample: Math.round(time * sampleRate),
      electrode: 1,
      sortedId: 1 + (random.uint32() % nUnits),
    };
    const frames = encoders.broadcaster(spike, { sampleRate, stream: 'rig' }, ++nSpikes);
    if (frames) await publisher.send(frames);
  }
  await publisher.close();
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: 0, counts: { nSpikes } };
}
