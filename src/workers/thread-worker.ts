import { parentPort } from 'node:worker_threads';
import type { ThreadMessage } from './thread-messages.ts';

/** What does each kind of work, loaded with its first order. */
const loaders = {
  chain: () => import('./chain-worker.ts'),
  encoding: () => import('../sinks/encoding-worker.ts'),
};
type Work = keyof typeof loaders;

const loaded = new Map<Work, Promise<{ receive: (order: never) => void }>>();

parentPort?.on('message', ({ work, order }: ThreadMessage) => {
  const worker = loaded.get(work) ?? loaders[work]();
  loaded.set(work, worker);
  // In the order they came. What fails is told as an error of the thread.
  worker.then(({ receive }) => receive(order as never));
});

parentPort?.on('messageerror', (error) => {
  throw error;
});
