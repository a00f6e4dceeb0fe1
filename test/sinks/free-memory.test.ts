import { describe, expect, test } from 'vitest';
import { createByteQueue } from '../../src/sinks/byte-queue.ts';
import { freeMemory } from '../../src/sinks/free-memory.ts';
import { createMemoryFile } from '../support/memory-folder.ts';

const large = 1 << 20;

describe('memory that is not needed any more', () => {
  test('is given back without being looked for', async () => {
    const arrays = Array.from({ length: 50 }, () => new Uint8Array(large));
    const before = process.memoryUsage().arrayBuffers;
    for (const array of arrays) freeMemory(array);
    // The first time it is on its way until the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 10));
    // Others may come and go meanwhile, but not so many.
    expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThan(40 * large);
    expect(arrays.map(({ length }) => length)).toEqual(arrays.map(() => 0));
  });

  test.each([
    { what: 'small bytes', bytes: new Uint8Array(1000) },
    { what: 'a part of others', bytes: new Uint8Array(2 * large).subarray(0, large) },
    { what: 'shared memory', bytes: new Uint8Array(new SharedArrayBuffer(large)) },
  ])('but not $what', ({ bytes }) => {
    const { length } = bytes;
    freeMemory(bytes);
    expect(bytes.length).toBe(length);
  });

  test('a queue frees what it was given once that is written, and nothing else', async () => {
    const file = createMemoryFile();
    const queue = createByteQueue(file);
    const [given, lent] = [new Uint8Array(large).fill(1), new Uint8Array(large).fill(2)];
    queue.give(given);
    queue.put(lent);
    expect(given.length).toBe(large);
    await queue.written();
    expect([given.length, lent.length]).toEqual([0, large]);
    const written = file.bytes();
    expect(written.length).toBe(2 * large);
    expect([written[0], written[large - 1], written[large]]).toEqual([1, 1, 2]);
  });
});
