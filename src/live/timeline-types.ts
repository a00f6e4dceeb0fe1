export interface TimelineOptions {
  readonly nUnits: number;
  /** How far behind the latest message another may lie and still find its place, in seconds. */
  readonly lateness: number;
  /** A longer step forward is no silence: the recording's clock was set, or a part is missing. */
  readonly maxSilence: number;
  /** A message further behind comes of a clock that was started again, not late. */
  readonly maxLate: number;
  /** Start of the first run; without it that of its earliest message. */
  readonly start?: number | undefined;
  /** After so many seconds without a message the recording's clock is taken to run like the wall's; without it only messages move it. */
  readonly idleAfter?: number | undefined;
  /** Spikes that may wait. */
  readonly maxQueued: number;
  readonly whenFull: 'fail' | 'drop-oldest';
}

/** Why a new run of bins begins. */
export interface Break {
  readonly why: 'gap' | 'restart' | 'reconnect' | 'lost' | 'dropped';
  /** End of the run before, and start of the run behind, on the recording's clock. */
  readonly end: number;
  readonly start: number;
}

export interface TimelineCounts {
  messages: number;
  spikes: number;
  late: number;
  early: number;
  duplicates: number;
  strays: number;
  dropped: number;
  gaps: number;
  restarts: number;
}

export function noCounts(): TimelineCounts {
  return {
    messages: 0,
    spikes: 0,
    late: 0,
    early: 0,
    duplicates: 0,
    strays: 0,
    dropped: 0,
    gaps: 0,
    restarts: 0,
  };
}
