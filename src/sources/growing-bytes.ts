import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';

/** Bytes that come while they are read. */
export interface GrowingBytes {
  /** Ends behind the last byte, or when `stop` is called. */
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly stop: () => void;
}

const pollSeconds = 0.02;
const pieceLength = 1 << 16;

/** Standard input, until it ends. */
export function standardInput(): GrowingBytes {
  return { pieces: process.stdin, stop: () => void process.stdin.destroy() };
}

/**
 * A file that another program appends to; it may not be there yet. It is looked at every 20 ms.
 * @param isFollowed whether more may come behind its end
 * @throws InputError while it is read: when it cannot be, or has become shorter
 */
export function growingFile(path: string, isFollowed: boolean, clock: Clock): GrowingBytes {
  let isStopped = false;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const callOff = clock.after(pollSeconds, resolve);
      wake = () => {
        callOff();
        resolve();
      };
    });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const handle = await openWhenThere(path, () => isStopped || !isFollowed, pause);
    if (!handle) return;
    try {
      let at = 0;
      for (;;) {
        const { bytesRead, buffer } = await handle.read(
          Buffer.alloc(pieceLength),
          0,
          pieceLength,
          at,
        );
        at += bytesRead;
        if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
        else if (isStopped || !isFollowed) return;
        else {
          if ((await handle.stat()).size < at) throw becameShorter(path, at);
          await pause();
        }
        if (isStopped) return;
      }
    } finally {
      await handle.close();
    }
  }
  const reading = pieces();
  const stop = (): void => {
    isStopped = true;
    wake();
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => reading.next(),
    // The generator's own closes the file, and would wait for bytes that may never come.
    return: async () => {
      stop();
      reading.return(undefined).catch(() => undefined);
      return { done: true, value: undefined };
    },
  };
  return { pieces: { [Symbol.asyncIterator]: () => iterator }, stop };
}

async function openWhenThere(
  path: string,
  isOver: () => boolean,
  pause: () => Promise<void>,
): Promise<FileHandle | undefined> {
  for (;;) {
    try {
      return await open(path, 'r');
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (isMissing && !isOver()) {
        await pause();
        continue;
      }
      if (isMissing && isOver()) return undefined;
      const found = cause instanceof Error ? cause.message : String(cause);
      throw new InputError({ code: 'FILE_UNREADABLE', where: path, found, cause });
    }
  }
}

function becameShorter(where: string, at: number): InputError {
  return new InputError({
    code: 'LIVE_FILE_CUT',
    where,
    found: `a file of fewer than the ${at} bytes that were read`,
    expected: 'one that only grows',
  });
}
