import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createByteQueue } from '../../src/sinks/byte-queue.ts';
import { DiskFile } from '../../src/sinks/disk-file.ts';
import { createMemoryFile } from '../support/memory-folder.ts';

const part = fc.uint8Array({ maxLength: 9 });
const puts = fc.array(fc.array(part, { maxLength: 4 }), { maxLength: 12 });
const bytesOf = (given: readonly (readonly Uint8Array[])[]) => [...Buffer.concat(given.flat())];

describe('bytes on their way to a file', () => {
  test('are written in the order they came, whenever that is', async () => {
    await fc.assert(
      fc.asyncProperty(puts, fc.array(fc.nat(3)), async (given, pauses) => {
        let at = 0;
        const file = createMemoryFile({
          beforeWrite: async () => {
            for (let n = pauses[at++ % (pauses.length || 1)] ?? 0; n > 0; n--) {
              await new Promise((resolve) => setImmediate(resolve));
            }
          },
        });
        const queue = createByteQueue(file);
        for (const [i, parts] of given.entries()) {
          queue.put(...parts);
          if (i % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(queue.length()).toBe(bytesOf(given).length);
        await queue.written();
        expect(queue.nWaiting()).toBe(0);
        expect([...file.bytes()]).toEqual(bytesOf(given));
        expect(file.mostWritesAtOnce()).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('gather on a disk, however many they are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bytes-'));
    try {
      const file = new DiskFile('a', join(folder, 'a'));
      await file.open();
      const queue = createByteQueue(file);
      const parts = Array.from({ length: 3000 }, (_, i) => new Uint8Array(i % 7).fill(i));
      queue.put(...parts);
      queue.put(Uint8Array.of(1, 2, 3));
      await queue.written();
      await file.close();
      const expected = bytesOf([parts, [Uint8Array.of(1, 2, 3)]]);
      expect([...(await readFile(join(folder, 'a')))]).toEqual(expected);
      expect(file.bytes).toBe(expected.length);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('all that wait go in one step', async () => {
    const steps: number[] = [];
    const queue = createByteQueue({
      write: () => Promise.reject(new Error('not used')),
      gather: async (parts) => {
        steps.push(parts.length);
      },
      close: async () => {},
    });
    queue.put(Uint8Array.of(1));
    queue.put(Uint8Array.of(2), Uint8Array.of(3));
    queue.put(Uint8Array.of(4));
    await queue.written();
    // The first step begins at once.
    expect(steps).toEqual([1, 3]);
  });

  test('that cannot be written fail whoever puts more or waits, with the same error', async () => {
    const full = new Error('the disk is full');
    const queue = createByteQueue(
      createMemoryFile({
        beforeWrite: async () => {
          throw full;
        },
      }),
    );
    queue.put(Uint8Array.of(1));
    await expect(queue.written()).rejects.toBe(full);
    expect(() => queue.put(Uint8Array.of(2))).toThrow(full);
    await expect(queue.written()).rejects.toBe(full);
  });
});
