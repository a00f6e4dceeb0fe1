import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { InputError } from '../errors.ts';
import type { SpikeChunk, Trigger } from '../model/chunk.ts';
import { machineClock } from '../model/clock.ts';
import type { Events } from '../model/events.ts';
import { silent } from '../model/report.ts';
import { spikeChunks } from '../model/spike-trains.ts';
import { check, choice, type OptionsOf, type Param, path, text } from '../params.ts';
import { openAnySession } from './any-session.ts';
import { unitParams } from './session-params.ts';

const expected = 'how many times as fast as it was recorded, from 0.01 to 1000000, or max';

/** How fast a recording is told again; `max` is as fast as it is read. */
export function speedParam(): Param<number | 'max'> {
  return {
    ...text({ doc: 'How many times as fast as it was recorded, or max: as fast as it is read.' }),
    expected,
    schema: { anyOf: [{ type: 'number', minimum: 0.01, maximum: 1e6 }, { type: 'string' }] },
    default: 1,
    parse: (value) => {
      if (value === 'max') return 'max';
      const speed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof speed === 'number' && speed >= 0.01 && speed <= 1e6 ? speed : undefined;
    },
  };
}

const params = {
  path: path({ doc: 'Folder of a recording, in any format that is read from files.' }),
  speed: speedParam(),
  ...unitParams,
  events: text({ default: 'ripples', doc: 'Which of its events come as triggers.' }),
  at: choice({ of: ['start', 'peak'], default: 'start', doc: 'The time of an event.' }),
};
export type ReplayOptions = OptionsOf<typeof params> & { readonly path: string };

/** Seconds between two chunks, on the wall clock; of recording where there is no waiting. */
const stepSeconds = 0.01;
const stepAtMax = 1;

/**
 * A recording from files as a live source: its spikes and the times of its events come as fast as `speed` says, nothing is
 * known of what lies ahead, and it can be read once. The numbers are those of the files. Memory: that of the files' source.
 * @throws ConfigError when an option is out of range; InputError when the recording cannot be read
 */
export async function openReplay(
  options: ReplayOptions,
  context: Partial<SourceContext> = {},
): Promise<OpenSource> {
  const { path, speed, events, at, ...units } = check(params, options);
  const { report = silent, signal, clock = machineClock } = context;
  const isTriggered = context.wanted?.has('triggers') ?? true;
  const wanted = new Set(isTriggered ? ['spikes', events] : ['spikes']);
  const session = await openAnySession(path, units, { report, wanted, ...(signal && { signal }) });
  const { span, values } = session;
  if (!span) throw new InputError({ code: 'NOTHING_TO_REPLAY', where: path, found: 'no span' });
  const times = isTriggered ? triggerTimes(values[events], at, path, events) : new Float64Array(0);

  let state: 'waiting' | 'running' | 'ended' = 'waiting';
  let position = span.start;
  let began = Number.NaN;
  let isToldSpikes = false;
  let arrived = Number.NaN;
  let waiting: (() => void)[] = [];
  const counts = { spikes: 0, triggers: 0 };
  const news = () => new Promise<void>((resolve) => waiting.push(resolve));
  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const call of all) call();
  };
  const stop = (): void => {
    state = 'ended';
    wake();
  };
  /** Until the recording has come so far, or is stopped. */
  const until = async (time: number): Promise<void> => {
    if (Number.isNaN(began)) began = clock.now();
    if (state === 'waiting') state = 'running';
    if (speed === 'max') return;
    const due = began + (time - span.start) / speed;
    while (state === 'running' && clock.now() < due) {
      const callOff = clock.after(due - clock.now(), wake);
      await news();
      callOff();
    }
  };

  async function* spikes(): AsyncGenerator<SpikeChunk> {
    isToldSpikes = true;
    const step = speed === 'max' ? stepAtMax : stepSeconds * speed;
    for await (const chunk of session.streams.spikes() as AsyncIterable<SpikeChunk>) {
      for (const piece of pieces(chunk, step)) {
        await until(piece.end);
        if (state === 'ended') return;
        position = piece.end;
        arrived = clock.now();
        counts.spikes += piece.times.length;
        yield piece;
        wake();
      }
    }
    stop();
  }
  async function* triggers(): AsyncGenerator<Trigger> {
    for (const time of times) {
      if (time >= (span?.end ?? 0)) break;
      if (!isToldSpikes) await until(time);
      while (isToldSpikes && position <= time && state !== 'ended') await news();
      if (position <= time && state === 'ended') return;
      counts.triggers++;
      yield { kind: 'trigger', time };
    }
  }
  return {
    values: values.units ? { units: values.units } : {},
    streams: { spikes, triggers },
    digests: session.digests,
    paths: session.paths,
    span: undefined,
    stop,
    status: () => ({ state, watermark: position, queued: 0, counts: { ...counts } }),
    arrived: () => arrived,
    close: async () => {
      stop();
      await session.close?.();
    },
  };
}

/** A chunk cut into spans of `step`, without what a live recording does not know. */
function* pieces(chunk: SpikeChunk, step: number): Generator<SpikeChunk> {
  for (const { runEnd: _runEnd, ...piece } of spikeChunks(chunk, step)) yield piece;
}

function triggerTimes(
  value: OpenSource['values'][string] | undefined,
  at: 'start' | 'peak',
  where: string,
  name: string,
): Float64Array {
  if (value?.kind !== 'events') {
    const expected = 'the name of a set of events of the recording';
    throw new InputError({ code: 'UNKNOWN_EVENTS', where, found: `events ${name}`, expected });
  }
  const { starts, peaks }: Events = value;
  return (at === 'peak' ? peaks : starts).filter((time) => !Number.isNaN(time)).sort();
}

export const replayNode = defineSource({
  op: 'replay',
  summary: 'Tells a recording from files again, as if it were running.',
  outputs: { spikes: 'spikes', triggers: 'triggers', units: 'units' },
  params,
  isLive: true,
  open: (options, context) => openReplay(options, context),
});
