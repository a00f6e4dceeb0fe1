import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import { loadZeroMq } from '../../zeromq.ts';

/** Says again and again that this program listens. */
export interface Heartbeat {
  /** Beats that were answered. */
  readonly nAnswers: () => number;
  readonly close: () => void;
}

export interface HeartbeatOptions {
  readonly address: string;
  readonly clock: Clock;
  /** Nobody has answered for as long as a client may be silent; told once. */
  readonly onUnanswered: () => void;
}

export type StartHeartbeat = (options: HeartbeatOptions) => Promise<Heartbeat>;

/** The plugin shows a client as gone after 5 s without a word. */
const beatSeconds = 2;
const patience = 5;
const answer = 'heartbeat received';

/**
 * Tells the ZMQ Interface every 2 s that this program listens, so that it lists it as a client. An answer that does not
 * come holds nothing up: no other beat is sent for 5 s, then one is. Messages of the recording come without it too.
 * @throws ConfigError LIVE_NOT_INSTALLED without the package, BAD_ADDRESS for what is no address
 */
export const startHeartbeat: StartHeartbeat = async ({ address, clock, onUnanswered }) => {
  const { Dealer } = await loadZeroMq();
  // To a connection that stands, or not at all.
  const socket = new Dealer({
    immediate: true,
    sendTimeout: 0,
    linger: 0,
    reconnectInterval: 1000,
    reconnectMaxInterval: 5000,
  });
  try {
    socket.connect(address);
  } catch (cause) {
    socket.close();
    throw new ConfigError({
      code: 'BAD_ADDRESS',
      where: 'option "heartbeatAddress"',
      found: address,
      expected: 'an address such as tcp://127.0.0.1:5557',
      cause,
    });
  }
  const beat = JSON.stringify({
    application: 'rekindle',
    uuid: randomUUID(),
    type: 'heartbeat',
  });
  let isClosed = false;
  let isTold = false;
  let nAnswers = 0;
  /** When the beat was sent whose answer has not come. */
  let owedSince: number | undefined;
  let answeredAt = clock.now();
  let callOff = () => {};

  const send = async (): Promise<void> => {
    const now = clock.now();
    if (owedSince !== undefined && now - owedSince < patience) return;
    owedSince = now;
    try {
      // The empty frame makes of this socket one that asks, without having to wait for the answer.
      await socket.send(['', beat]);
    } catch {
      // Nobody is there; the next beat may find someone.
      owedSince = undefined;
    }
  };
  const step = (): void => {
    if (isClosed) return;
    callOff = clock.after(beatSeconds, step);
    void send();
    if (isTold || clock.now() - answeredAt <= patience) return;
    isTold = true;
    onUnanswered();
  };
  const listen = async (): Promise<void> => {
    for await (const frames of socket) {
      owedSince = undefined;
      if (!String(frames.at(-1)).startsWith(answer)) continue;
      nAnswers++;
      answeredAt = clock.now();
    }
  };
  // Closing ends it; nothing that comes here can be a reason to end a run.
  listen().catch(() => undefined);
  step();
  return {
    nAnswers: () => nAnswers,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      callOff();
      socket.close();
    },
  };
};

/** Where the plugin listens unless it was told otherwise: the port behind the one it publishes on; undefined for other addresses. */
export function heartbeatAddress(address: string): string | undefined {
  const [, place, port] = /^(tcp:\/\/.+):(\d{1,5})$/.exec(address) ?? [];
  return place !== undefined && Number(port) < 65_535 ? `${place}:${Number(port) + 1}` : undefined;
}
