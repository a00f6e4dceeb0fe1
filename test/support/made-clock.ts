import type { Clock } from '../../src/model/clock.ts';

/** A clock that stands until it is moved. */
export interface MadeClock extends Clock {
  /** Moves it, and calls what is due. */
  readonly pass: (seconds: number) => void;
  /** Calls that wait. */
  readonly nWaiting: () => number;
}

export function madeClock(): MadeClock {
  let time = 1000;
  const waiting = new Map<symbol, { at: number; call: () => void }>();
  return {
    now: () => time,
    after: (seconds, call) => {
      const key = Symbol('call');
      waiting.set(key, { at: time + seconds, call });
      return () => void waiting.delete(key);
    },
    pass: (seconds) => {
      time += seconds;
      for (const [key, { at, call }] of [...waiting]) {
        if (at > time || !waiting.delete(key)) continue;
        call();
      }
    },
    nWaiting: () => waiting.size,
  };
}
