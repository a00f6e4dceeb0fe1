import type { OpenSource } from '../define.ts';
import type { RandomSource } from '../math/random.ts';
import type { SpikeChunk } from '../model/chunk.ts';
import type { RigEvent } from './encode.ts';
import { reordered } from './faults.ts';

export interface RigOptions {
  readonly sampleRate: number;
  /** The counter of samples begins again at this time of the recording. */
  readonly restart: number | undefined;
  /** Every spike comes so many times, each a sample behind the other. */
  readonly load: number;
  readonly reorder: number;
  /** Whether blocks of samples are told too. */
  readonly hasSamples: boolean;
  /** Part of the recording. */
  readonly from: number;
  readonly to: number;
}

/** An event of the rig, and when it happened on the clock of the recording. */
export interface Happening {
  readonly time: number;
  readonly event: RigEvent;
  /** Whether the acquisition began again just before it. */
  readonly isRestart: boolean;
}

const blockSeconds = 0.02;

/**
 * What a rig would tell of a recording: its spikes, its ripples as line 1 that goes up and down, and blocks of samples
 * where the format has those.
 */
export async function* happenings(
  session: OpenSource,
  options: RigOptions,
  random: RandomSource,
): AsyncGenerator<Happening> {
  const told = reordered(merged(session, options), options.reorder, random);
  const { sampleRate, restart, load } = options;
  let hasRestarted = false;
  for await (const { time, make } of told) {
    const isAgain = restart !== undefined && time >= restart;
    const origin = isAgain ? restart : 0;
    const isRestart = isAgain && !hasRestarted;
    if (isAgain) hasRestarted = true;
    const sample = Math.round((time - origin) * sampleRate);
    const event = make(sample);
    yield { time, event, isRestart };
    if (event.kind !== 'spike') continue;
    for (let copy = 1; copy < load; copy++) {
      yield { time, event: { ...event, sample: sample + copy }, isRestart: false };
    }
  }
}

interface Made {
  readonly time: number;
  readonly make: (sample: number) => RigEvent;
}

/** Spikes, lines and blocks in the order of time. */
async function* merged(session: OpenSource, options: RigOptions): AsyncGenerator<Made> {
  const { from, to, hasSamples, sampleRate } = options;
  const lines = linesOf(session).filter(({ time }) => time >= from && time < to);
  const nSamples = Math.round(blockSeconds * sampleRate);
  let nextBlock = from;
  let nextLine = 0;
  function* until(time: number): Generator<Made> {
    while (hasSamples && nextBlock + blockSeconds <= time) {
      nextBlock += blockSeconds;
      const make = (sample: number): RigEvent => ({
        kind: 'samples',
        sample: Math.max(0, sample - nSamples),
        nSamples,
      });
      yield { time: nextBlock, make };
    }
    while (nextLine < lines.length && lines[nextLine].time <= time) yield lines[nextLine++];
  }
  const electrodes = electrodesOf(session);
  for await (const chunk of session.streams.spikes() as AsyncIterable<SpikeChunk>) {
    for (let s = 0; s < chunk.times.length; s++) {
      const time = chunk.times[s];
      if (time < from || time >= to) continue;
      yield* until(time);
      const rigUnit = electrodes[chunk.units[s]];
      yield { time, make: (sample) => ({ kind: 'spike', sample, ...rigUnit }) };
    }
    if (chunk.start >= to) break;
  }
  yield* until(Math.min(to, session.span?.end ?? to));
}

function linesOf({ values }: OpenSource): Made[] {
  const ripples = values.ripples;
  if (ripples?.kind !== 'events') return [];
  const edge = (time: number, isOn: boolean): Made => ({
    time,
    make: (sample) => ({ kind: 'ttl', sample, line: 1, isOn }),
  });
  return [...ripples.starts]
    .flatMap((start, i) => [edge(start, true), edge(ripples.stops[i], false)])
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => a.time - b.time);
}

/** Electrode and sorted id of each unit: the shank, where that is known, and the unit's own id. */
export function electrodesOf({ values }: OpenSource): { electrode: number; sortedId: number }[] {
  const units = values.units;
  if (units?.kind !== 'units') return [];
  return units.kept.map(({ id, attributes }) => {
    const shank = Number(attributes.get('shank') ?? attributes.get('shankID') ?? 1);
    return { electrode: Number.isInteger(shank) && shank > 0 ? shank : 1, sortedId: id };
  });
}
