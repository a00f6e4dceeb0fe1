import { ConfigError } from '../../errors.ts';
import { loadZeroMq } from '../../zeromq.ts';

/** A connection that messages come over; it connects again by itself. */
export interface Subscription {
  readonly close: () => void;
}

export interface SubscriptionEvents {
  readonly message: (frames: readonly Uint8Array[]) => void;
  /** The connection stands. */
  readonly connected: () => void;
  readonly lost: () => void;
  readonly failed: (error: unknown) => void;
}

export type Subscribe = (
  address: string,
  prefixes: readonly string[],
  events: SubscriptionEvents,
) => Promise<Subscription>;

/** Messages that may wait in the socket: more than it takes while the machine is busy with something else. */
const maxWaiting = 1_000_000;
const firstRetryMs = 100;
const lastRetryMs = 5000;

/**
 * Subscribes over ZeroMQ. A connection that is lost, or never stood, is tried again after 0.1 s, then after twice as long
 * each time, up to 5 s.
 * @throws ConfigError LIVE_NOT_INSTALLED without the package, BAD_ADDRESS for what is no address
 */
export const subscribe: Subscribe = async (address, prefixes, events) => {
  const { Subscriber } = await loadZeroMq();
  const socket = new Subscriber({
    receiveHighWaterMark: maxWaiting,
    reconnectInterval: firstRetryMs,
    reconnectMaxInterval: lastRetryMs,
    linger: 0,
  });
  let isClosed = false;
  const watch = async () => {
    for await (const event of socket.events) {
      if (isClosed) return;
      if (event.type === 'handshake') events.connected();
      else if (event.type === 'disconnect') events.lost();
    }
  };
  const receive = async () => {
    for await (const frames of socket) {
      if (isClosed) return;
      events.message(frames);
    }
  };
  try {
    socket.subscribe(...prefixes);
    socket.connect(address);
  } catch (cause) {
    socket.close();
    throw new ConfigError({
      code: 'BAD_ADDRESS',
      where: 'option "address"',
      found: address,
      expected: 'an address such as tcp://127.0.0.1:5557',
      cause,
    });
  }
  const told = (error: unknown) => {
    if (!isClosed) events.failed(error);
  };
  watch().catch(told);
  receive().catch(told);
  return {
    close: () => {
      if (isClosed) return;
      isClosed = true;
      socket.close();
    },
  };
};
