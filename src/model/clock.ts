/** Time that passes while a recording runs: a machine's own, or a made one in tests. */
export interface Clock {
  /** Monotonic, in seconds. */
  readonly now: () => number;
  /** Calls once after so many seconds; what it returns calls that off. */
  readonly after: (seconds: number, call: () => void) => () => void;
}

/** The clock of this machine. */
export const machineClock: Clock = {
  now: () => performance.now() / 1000,
  after: (seconds, call) => {
    const timer = setTimeout(call, seconds * 1000);
    return () => clearTimeout(timer);
  },
};
