import { type Clock, machineClock } from '../model/clock.ts';

/** Pulses on lines, each of which is on or off. */
export interface Pulses {
  /** Switches a line on, now or never, and off when the pulse is over; resolves when it is on, or will not be. */
  readonly begin: (line: number) => Promise<void>;
  /** Counts a trigger for which there is no line. */
  readonly refuse: () => void;
  /** Switches off what is on. */
  readonly endAll: () => Promise<void>;
  readonly counts: () => {
    readonly nSent: number;
    readonly nUnsent: number;
    readonly nOverlapping: number;
  };
}

/** Seconds after which a line that could not be switched off is tried again. */
const retryAfter = 0.05;

/** @param send whether it could be sent at once */
export function createPulses(
  seconds: number,
  send: (line: number, state: 0 | 1) => Promise<boolean>,
  clock: Clock = machineClock,
): Pulses {
  /** Lines that are on or being switched on; what calls their end off. */
  const on = new Map<number, () => void>();
  const sending = new Set<Promise<void>>();
  let nSent = 0;
  let nUnsent = 0;
  let nOverlapping = 0;

  async function begin(line: number): Promise<void> {
    if (on.has(line)) {
      nOverlapping++;
      return;
    }
    on.set(line, () => {});
    await track(switchOn(line));
  }

  async function switchOn(line: number): Promise<void> {
    if (!(await send(line, 1))) {
      on.delete(line);
      nUnsent++;
      return;
    }
    nSent++;
    endAfter(line, seconds);
  }

  function endAfter(line: number, wait: number): void {
    const callOff = clock.after(wait, () => void track(switchOff(line)));
    on.set(line, callOff);
  }

  /** A line must not stay on because nobody listened just then. */
  async function switchOff(line: number): Promise<void> {
    if (await send(line, 0)) on.delete(line);
    else endAfter(line, retryAfter);
  }

  function track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => sending.delete(tracked));
    sending.add(tracked);
    return tracked;
  }

  async function endAll(): Promise<void> {
    await Promise.all(sending);
    for (const [line, callOff] of on) {
      callOff();
      await send(line, 0);
    }
    on.clear();
  }

  const refuse = (): void => {
    nUnsent++;
  };
  return { begin, refuse, endAll, counts: () => ({ nSent, nUnsent, nOverlapping }) };
}
