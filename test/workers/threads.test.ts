import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { createThreads, type Threads } from '../../src/workers/threads.ts';

/** Sends back what it is sent, and ends when it is told to. */
const echo = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => {
      if (message === 'end') process.exit(3);
      parentPort.postMessage(message);
    });
  `)}`,
);

const opened: Threads[] = [];
function open(): Threads {
  const threads = createThreads(echo);
  opened.push(threads);
  return threads;
}
afterEach(async () => {
  for (const threads of opened.splice(0)) await threads.close();
});

async function answer(thread: Worker, message?: unknown): Promise<unknown> {
  const came = once(thread, 'message');
  if (message !== undefined) thread.postMessage(message);
  const [data] = await came;
  return data;
}

describe('threads that are lent', () => {
  test('one that was given back is lent again, and another one where none is idle', async () => {
    const threads = open();
    const first = threads.take();
    expect(await answer(first, 'a')).toBe('a');
    const second = threads.take();
    expect(second).not.toBe(first);
    threads.giveBack(first);
    expect(threads.take()).toBe(first);
    expect(await answer(second, 'b')).toBe('b');
    for (const thread of [first, second]) threads.giveBack(thread);
  });

  test('one that is idle gets what was announced, each time', async () => {
    const threads = open();
    threads.announce({ work: 'to come' });
    const thread = threads.take();
    expect(await answer(thread, 'first')).toBe('first');
    for (let i = 0; i < 2; i++) {
      const came = answer(thread);
      threads.giveBack(thread);
      expect(await came).toEqual({ work: 'to come' });
      expect(threads.take()).toBe(thread);
    }
    threads.giveBack(thread);
  });

  test('one that has ended is lent to nobody', async () => {
    const threads = open();
    const thread = threads.take();
    threads.giveBack(thread);
    thread.postMessage('end');
    expect(await once(thread, 'exit')).toEqual([3]);
    const other = threads.take();
    expect(other).not.toBe(thread);
    expect(await answer(other, 'a')).toBe('a');
    threads.giveBack(other);
  });

  test('closing ends those that are idle', async () => {
    const threads = open();
    const thread = threads.take();
    threads.giveBack(thread);
    const ended = once(thread, 'exit');
    await threads.close();
    expect(await ended).toHaveLength(1);
  });
});
