import { setTimeout as wait } from 'node:timers/promises';
import { SinkError } from '../errors.ts';
import { loadZeroMq } from '../zeromq.ts';

/** A socket that a rig publishes on. */
export interface Publisher {
  readonly send: (frames: readonly Buffer[]) => Promise<void>;
  /** Resolves when someone has subscribed. */
  readonly subscribed: () => Promise<void>;
  /** Closes the socket when what was sent has left. */
  readonly close: () => Promise<void>;
}

/** What was sent needs a moment to reach the other end before the connection goes. */
const partingMs = 200;

/** How often an address that is taken is tried again. */
const retryMs = 20;

/**
 * Binds a ZeroMQ socket that publishes. Nothing that was sent is dropped while the memory lasts.
 * @param patienceMs how long an address that is taken is waited for: one that this process has just left may be for a
 *   moment
 * @throws ConfigError LIVE_NOT_INSTALLED; SinkError EMULATOR_PORT_IN_USE, EMULATOR_ADDRESS
 */
export async function openPublisher(address: string, patienceMs = 0): Promise<Publisher> {
  const { XPublisher } = await loadZeroMq();
  const socket = new XPublisher({ sendHighWaterMark: 0, linger: 2000 });
  const deadline = performance.now() + patienceMs;
  for (let isBound = false; !isBound; ) {
    try {
      await socket.bind(address);
      isBound = true;
    } catch (cause) {
      const isInUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
      if (isInUse && performance.now() < deadline) {
        await wait(retryMs);
        continue;
      }
      socket.close();
      throw new SinkError({
        code: isInUse ? 'EMULATOR_PORT_IN_USE' : 'EMULATOR_ADDRESS',
        where: address,
        message: isInUse ? 'another program listens there' : String(cause),
        hint: 'choose another with --address, such as tcp://127.0.0.1:5657',
        cause,
      });
    }
  }
  return {
    send: (frames) => socket.send([...frames]),
    subscribed: async () => {
      for (;;) {
        const [frame] = await socket.receive();
        if (frame[0] === 1) return;
      }
    },
    close: async () => {
      await wait(partingMs);
      // The address is free when that resolves, or soon after; closing alone does not say when.
      await socket.unbind(address);
      socket.close();
    },
  };
}
