/** Named events, sorted by start; times in seconds. */
export interface Events {
  readonly kind: 'events';
  readonly name: string;
  readonly starts: Float64Array;
  /** NaN where an event has no peak. */
  readonly peaks: Float64Array;
  readonly stops: Float64Array;
}

/** Event-triggered average of each assembly's activation. */
export interface Psth {
  readonly kind: 'psth';
  /** Seconds from the event to the bin, one per lag. */
  readonly lags: Float64Array;
  /** Mean over events: one Float64Array of nLags per assembly; NaN where no event has a bin. */
  readonly mean: readonly Float64Array[];
  /** Standard error of the mean (sample SD / sqrt n); NaN where n < 2. */
  readonly sem: readonly Float64Array[];
  /** Events that have a bin at each lag. */
  readonly n: Int32Array;
  /** Times events were aligned to, those with no usable bin included. */
  readonly eventTimes: Float64Array;
  /** Events that contributed at least one bin. */
  readonly nUsed: number;
  readonly convention: string;
}
