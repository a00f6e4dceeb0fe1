import type { FileWriter } from '../define.ts';
import { freeMemory } from './free-memory.ts';

/** Bytes on their way to a file. */
export interface ByteQueue {
  /** Bytes put so far, written or not: where in the file the next ones will stand. */
  readonly length: () => number;
  /** Bytes that are not written yet. */
  readonly nWaiting: () => number;
  /** Takes bytes, which nobody changes from then on. Throws what writing has failed with. */
  readonly put: (...parts: readonly Uint8Array[]) => void;
  /** The same for bytes that nobody else has: once they are written, their memory is freed. */
  readonly give: (...parts: readonly Uint8Array[]) => void;
  /** Resolves when all that was put is written. */
  readonly written: () => Promise<void>;
}

/** Parts that are written in one step, at most: systems know a limit, 1024 on most. */
const mostParts = 512;

/**
 * Writes bytes in the order they came, all that wait in one step, while their maker goes on. Memory: what waits; where the
 * writer takes one piece at a time, as much again.
 */
export function createByteQueue(writer: FileWriter): ByteQueue {
  let waiting: Uint8Array[] = [];
  const given = new Set<Uint8Array>();
  let length = 0;
  let nWaiting = 0;
  let writing: Promise<void> | undefined;
  let failure: { readonly cause: unknown } | undefined;

  const throwIfFailed = (): void => {
    if (failure) throw failure.cause;
  };

  async function writeAll(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const parts = waiting.slice(0, mostParts);
        waiting = waiting.slice(mostParts);
        await (writer.gather?.(parts) ?? writer.write(joined(parts)));
        nWaiting -= sizeOf(parts);
        for (const part of parts) if (given.delete(part)) freeMemory(part);
      }
    } catch (cause) {
      failure = { cause };
      waiting = [];
    }
  }

  function start(): void {
    if (writing || waiting.length === 0) return;
    writing = writeAll().finally(() => {
      writing = undefined;
      // What came in the last moment.
      start();
    });
  }

  function put(...parts: readonly Uint8Array[]): void {
    throwIfFailed();
    const size = sizeOf(parts);
    length += size;
    nWaiting += size;
    waiting.push(...parts);
    start();
  }

  return {
    length: () => length,
    nWaiting: () => nWaiting,
    put,
    give: (...parts) => {
      for (const part of parts) given.add(part);
      put(...parts);
    },
    written: async () => {
      while (writing) await writing;
      throwIfFailed();
    },
  };
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(sizeOf(parts));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
