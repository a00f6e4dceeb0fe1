import { encoders, type Format, formats, type RigEvent } from '../../src/emulator/encode.ts';
import { openLiveOpenEphys } from '../../src/sources/live-open-ephys.ts';
import type { Subscribe, SubscriptionEvents } from '../../src/sources/open-ephys/subscription.ts';
import { damage, hostileWords } from './bytes.ts';
import { Dice } from './dice.ts';
import { hostileText } from './hostile.ts';
import { checkLive } from './live-checks.ts';
import type { Target } from './targets.ts';

const sampleRate = 1000;

/** What Open Ephys sends over its plugins, damaged on the way: read, or counted as garbage; nothing is thrown. */
export const rigs: Target = {
  make: async (seed) => {
    const dice = new Dice(seed, 'rigs');
    const format = dice.pick(formats);
    const messages = Array.from(acquisition(format, dice));
    const options = {
      address: 'tcp://127.0.0.1:1',
      units: [1, 2, 3].map((id) => [dice.chance(0.9) ? 'E1' : '', id, id] as const),
      format: format === 'zmq-interface' ? ('zmq-interface' as const) : ('broadcaster' as const),
      idle: dice.pick(['messages', 'wall-clock'] as const),
      lateness: dice.pick([0, 0.02, 5]),
      maxSilence: dice.pick([1, 60]),
      maxLate: dice.pick([0.1, 5]),
      maxQueued: 1000,
      whenFull: dice.pick(['fail', 'drop-oldest'] as const),
      samples: dice.chance(0.8),
      ...(dice.chance(0.7) ? { sampleRate } : {}),
      ...(dice.chance(0.2) ? { start: 0 } : {}),
    };
    return {
      run: async () => {
        const beat = async () => ({ nAnswers: () => 0, close: () => {} });
        const source = await openLiveOpenEphys(options, {}, { subscribe: telling(messages), beat });
        source.stop?.();
        return checkLive(source);
      },
    };
  },
};

type Message = readonly Uint8Array[] | 'lost' | 'connected';

/** A connection on which everything has come before anyone reads. */
function telling(messages: readonly Message[]): Subscribe {
  return async (_address, _prefixes, events: SubscriptionEvents) => {
    events.connected();
    for (const message of messages) {
      if (typeof message === 'string') events[message]();
      else events.message(message);
    }
    return { close: () => {} };
  };
}

/** Some seconds of a recording, many of whose messages are damaged, missing, repeated or out of order. */
function* acquisition(format: Format, dice: Dice): Generator<Message> {
  const share = dice.pick([0, 0.05, 0.5, 1]);
  let [sample, number] = [dice.below(3000), 0];
  for (let left = dice.few(300); left > 0; left--) {
    sample += dice.pick([0, 1, 5, 20, -10]);
    if (dice.chance(0.01)) [sample, number] = [dice.pick([0, sample + 90_000, 2 ** 45]), 0];
    if (dice.chance(0.02)) number += dice.few(5000);
    if (dice.chance(0.01)) yield dice.pick(['lost', 'connected']);
    const rig = { sampleRate, stream: dice.chance(0.95) ? 'A' : 'Ä' };
    const frames = encoders[format](eventAt(Math.max(0, sample), dice), rig, ++number);
    if (!frames) continue;
    yield dice.chance(share) ? spoiled(frames, dice) : frames;
    if (dice.chance(0.03)) yield frames;
  }
}

function eventAt(sample: number, dice: Dice): RigEvent {
  const what = dice.next();
  if (what < 0.8) return { kind: 'spike', sample, electrode: 1, sortedId: dice.below(5) };
  if (what < 0.9) return { kind: 'ttl', sample, line: 1 + dice.below(64), isOn: dice.chance(0.5) };
  return { kind: 'samples', sample, nSamples: 20 };
}

function spoiled(frames: readonly Buffer[], dice: Dice): Uint8Array[] {
  const at = dice.below(frames.length);
  const others = (frame: Uint8Array): Uint8Array[] => frames.map((f, i) => (i === at ? frame : f));
  switch (dice.below(7)) {
    case 0:
      return frames.filter((_, index) => index !== at);
    case 1:
      return [...frames, ...frames.slice(at)];
    case 2:
      return [];
    case 3:
      return others(Buffer.alloc(dice.pick([0, 1, 24, 25, 26, 5000]), dice.below(256)));
    case 4:
    case 5:
      return others(hostileJson(frames[at], dice));
    default:
      return others(damage(Buffer.from(frames[at]), dice));
  }
}

/** A header one of whose values is another; bytes that are no text are damaged as they are. */
function hostileJson(frame: Buffer, dice: Dice): Uint8Array {
  if (frame[0] !== 0x7b) return damage(Buffer.from(frame), dice);
  const values = [
    ...hostileWords.map(String),
    ...['null', 'true', '[]', '{}', '"x"', '-1', '1e308', '1e400', '0.5', '9007199254740993'],
    JSON.stringify(hostileText(dice)),
    '['.repeat(dice.few(20_000)),
  ];
  let left = dice.below(12);
  const text = frame
    .toString()
    .replaceAll(/: ?("[^"]*"|[\d.-]+|true|false)/g, (found) =>
      left-- === 0 ? `:${dice.pick(values)}` : found,
    );
  return Buffer.from(text);
}
