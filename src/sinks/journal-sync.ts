import type { Clock } from '../model/clock.ts';

/** Has something done a while after it was asked for, beside everything else. */
export interface Syncer {
  /** Something was written: it is to be on the disk so many seconds from now. */
  readonly later: () => void;
  /** Nothing more begins; resolves when what goes on has ended. */
  readonly stop: () => Promise<void>;
}

/**
 * Calls `sync` so many seconds after `later`, once for everything that was asked for by then and never twice at a time: a
 * slow disk is asked less often. Nobody waits for it; what it throws is told to `failed`.
 */
export function createSyncer(
  seconds: number,
  sync: () => Promise<void>,
  failed: (error: unknown) => void,
  clock: Clock,
): Syncer {
  let callOff: (() => void) | undefined;
  let syncing: Promise<void> | undefined;
  let isOver = false;
  const begin = (): void => {
    callOff = undefined;
    if (syncing) {
      later();
      return;
    }
    syncing = sync()
      .catch(failed)
      .finally(() => {
        syncing = undefined;
      });
  };
  const later = (): void => {
    if (!isOver) callOff ??= clock.after(seconds, begin);
  };
  return {
    later,
    stop: async () => {
      isOver = true;
      callOff?.();
      callOff = undefined;
      await syncing;
    },
  };
}
