import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { InputError } from '../errors.ts';
import { LiveFeed } from '../live/live-feed.ts';
import { machineClock } from '../model/clock.ts';
import { silent } from '../model/report.ts';
import { check, choice, flag, number, type OptionsOf, optional, seconds, text } from '../params.ts';
import { loadZeroMq } from '../zeromq.ts';
import { timelineOptions, timelineParams } from './live-params.ts';
import { findLiveUnits, liveUnitParams } from './live-units.ts';
import { readBroadcaster } from './open-ephys/broadcaster.ts';
import {
  type Heartbeat,
  heartbeatAddress,
  type StartHeartbeat,
  startHeartbeat,
} from './open-ephys/heartbeat.ts';
import { createIntake } from './open-ephys/intake.ts';
import { type Subscribe, subscribe as subscribeZeroMq } from './open-ephys/subscription.ts';
import { readZmqInterface } from './open-ephys/zmq-interface.ts';
import { tellBreaks } from './tell-breaks.ts';

const params = {
  address: text({
    default: 'tcp://127.0.0.1:5557',
    expected: 'an address such as tcp://127.0.0.1:5557',
    doc: 'Where Open Ephys publishes: port 5557 for the Event Broadcaster, 5556 for the ZMQ Interface, unless they were taken.',
  }),
  format: choice({
    of: ['broadcaster', 'zmq-interface'],
    default: 'broadcaster',
    doc: 'Which plugin sends: the Event Broadcaster or the ZMQ Interface.',
  }),
  ...liveUnitParams,
  stream: optional(
    text({ doc: 'Stream of samples to follow, by its name; the first that is heard by default.' }),
  ),
  sampleRate: optional(
    number({
      min: 1,
      max: 1e7,
      what: 'samples per second',
      doc: 'Of that stream, where the messages do not say it: spikes of the ZMQ Interface, and events as bytes.',
    }),
  ),
  samples: flag({
    default: true,
    doc: 'With zmq-interface, subscribe to blocks of samples too: they tell the rate, move time in silence, and show losses.',
  }),
  heartbeat: flag({
    default: true,
    doc: 'With zmq-interface, tell the plugin every 2 s that this run listens, so that it lists it as a client.',
  }),
  heartbeatAddress: optional(
    text({
      doc: 'Where the plugin listens for that; the port behind the one of address by default.',
    }),
  ),
  ...timelineParams,
  giveUpAfter: optional(
    seconds({
      min: 0.1,
      doc: 'Seconds without a connection that end the run with an error; never by default.',
    }),
  ),
};
export type LiveOpenEphysOptions = OptionsOf<typeof params>;

/** How it reaches the plugin. */
export interface Connections {
  readonly subscribe: Subscribe;
  readonly beat: StartHeartbeat;
}

/**
 * Spikes and TTL events of a running Open Ephys acquisition, in the order of its samples; see `Timeline` for what becomes
 * of late messages, silence, gaps and clocks that start again. Times are sample numbers over the sample rate. Spikes of
 * sorted units that are not listened to only move time. `status` counts `messages`, `spikes`, `unmapped`, `late`,
 * `early`, `duplicates`, `strays`, `dropped`, `gaps`, `restarts`, `reconnects`, `garbage`, `lost` (by the sender's
 * numbers, where it numbers; whatever was lost, a new run of bins begins behind it), `heartbeats` (those that were
 * answered), `otherStreams`, `withoutRate` and `droppedTriggers`.
 * Memory: `maxQueued` spikes, besides what waits in the socket.
 * @throws ConfigError for options that do not go together, or LIVE_NOT_INSTALLED without the package zeromq
 * @throws InputError while it is read: LIVE_QUEUE_FULL, or LIVE_SOURCE_GONE after `giveUpAfter`
 */
export async function openLiveOpenEphys(
  options: LiveOpenEphysOptions,
  context: Partial<SourceContext> = {},
  { subscribe = subscribeZeroMq, beat = startHeartbeat }: Partial<Connections> = {},
): Promise<OpenSource> {
  const settings = check(params, options);
  const { report = silent, clock = machineClock } = context;
  const { address, format, giveUpAfter } = settings;
  const units = await findLiveUnits(settings, report);
  const nUnits = units.table.kept.length;
  const onBreak = tellBreaks(report);
  const feed = new LiveFeed({ ...timelineOptions(settings), nUnits, clock, onBreak });
  const intake = createIntake(feed, {
    read: format === 'broadcaster' ? readBroadcaster : readZmqInterface,
    indexOf: units.indexOf,
    stream: settings.stream,
    sampleRate: settings.sampleRate,
    isNumbered: format === 'zmq-interface' && settings.samples,
    report,
  });

  const connection = { nReconnects: 0, wasLost: false, isUp: false };
  let callOff = () => {};
  const waitForConnection = (): void => {
    callOff();
    if (giveUpAfter === undefined) return;
    callOff = clock.after(giveUpAfter, () => feed.fail(sourceGone(address, giveUpAfter)));
  };
  let isWakeDue = false;
  const wakeSoon = (): void => {
    if (isWakeDue) return;
    isWakeDue = true;
    // Once for all messages that have come by then.
    setImmediate(() => {
      isWakeDue = false;
      feed.wake();
    });
  };
  const prefixes =
    format === 'broadcaster' ? [''] : settings.samples ? ['EVENT', 'DATA'] : ['EVENT'];
  waitForConnection();
  const subscription = await subscribe(address, prefixes, {
    message: (frames) => {
      intake.take(frames);
      wakeSoon();
    },
    connected: () => {
      callOff();
      connection.isUp = true;
      if (!connection.wasLost) return;
      connection.wasLost = false;
      connection.nReconnects++;
      feed.interrupt('reconnect');
    },
    lost: () => {
      if (!connection.isUp) return;
      connection.isUp = false;
      connection.wasLost = true;
      feed.lose();
      waitForConnection();
    },
    failed: (error) => feed.fail(error),
  });
  const beatTo = settings.heartbeatAddress ?? heartbeatAddress(address);
  let heartbeat: Heartbeat | undefined;
  if (format === 'zmq-interface' && settings.heartbeat && beatTo !== undefined) {
    const onUnanswered = (): void => {
      const message = `nobody answers at ${beatTo}, so that the plugin does not list this run as a client; what it publishes comes all the same`;
      report({ level: 'info', code: 'LIVE_NO_HEARTBEAT', message });
    };
    const starting = beat({ address: beatTo, clock, onUnanswered });
    heartbeat = await starting.catch((error: unknown) => {
      callOff();
      subscription.close();
      throw error;
    });
  }
  const end = (): void => {
    callOff();
    subscription.close();
    heartbeat?.close();
    feed.stop();
  };
  return {
    values: { units: units.table },
    streams: { spikes: () => feed.chunks(), triggers: () => feed.triggers() },
    digests: units.digests,
    paths: [address, ...units.paths],
    span: undefined,
    stop: end,
    status: () => ({
      state: feed.state,
      watermark: feed.timeline.watermark,
      queued: feed.timeline.queued,
      counts: {
        ...feed.timeline.counts,
        ...intake.counts(),
        reconnects: connection.nReconnects,
        ...(heartbeat ? { heartbeats: heartbeat.nAnswers() } : {}),
        droppedTriggers: feed.droppedTriggers,
      },
    }),
    arrived: () => feed.arrived,
    close: async () => end(),
  };
}

function sourceGone(address: string, seconds: number): InputError {
  return new InputError({
    code: 'LIVE_SOURCE_GONE',
    where: address,
    found: `no connection for ${seconds} s`,
    expected: 'a publisher that is reached',
    hint: 'see whether the acquisition runs and publishes there, or wait longer with giveUpAfter',
  });
}

export const liveOpenEphysNode = defineSource({
  op: 'live-open-ephys',
  summary: 'Spikes and TTL events of a running Open Ephys acquisition, over ZeroMQ.',
  outputs: { spikes: 'spikes', triggers: 'triggers', units: 'units' },
  params,
  isLive: true,
  prepare: async () => {
    await loadZeroMq();
  },
  open: (options, context) => openLiveOpenEphys(options, context),
});
