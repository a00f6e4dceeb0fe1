/** What the page is told of one projection since the last frame. */
export interface TraceFrame {
  readonly node: string;
  readonly nAssemblies: number;
  /** Bin centres in seconds. */
  readonly times: readonly number[];
  /** The largest activation of each assembly in the bins that a time stands for; null where there is none. */
  readonly columns: readonly (readonly (number | null)[])[];
  /** How many bins each of these times stands for, at most. */
  readonly nBinsPerPoint: number;
}

/** An event-triggered average so far; null where no event has a bin. */
export interface PsthFrame {
  readonly node: string;
  readonly lags: readonly number[];
  readonly mean: readonly (readonly (number | null)[])[];
  readonly nUsed: number;
  readonly nEvents: number;
}

export interface TriggerFrame {
  readonly node: string;
  readonly time: number;
  readonly assembly?: number;
  readonly line?: number;
  readonly isOn?: boolean;
}

/** Firing rates over the last second, in spikes per second. */
export interface RatesFrame {
  readonly node: string;
  readonly rates: readonly number[];
}

export interface SourceFrame {
  readonly node: string;
  readonly state: string;
  readonly watermark: number | null;
  readonly queued: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Seconds from the message that let the newest row close to that row being here. */
  readonly latency?: number;
}

export interface StatusFrame {
  /** `ended` when the run is over; `stale` when nothing has come for as long as the page was told. */
  readonly state: 'waiting' | 'running' | 'stale' | 'ended';
  /** End of what has come so far, on the recording's clock. */
  readonly time: number | null;
  /** Seconds of this machine's clock since anything came. */
  readonly silent: number;
  readonly nBins: number;
  readonly nTriggers: number;
  readonly sources: readonly SourceFrame[];
  /** Points that this page was not sent because it did not keep up. */
  readonly nDropped: number;
}

/** One message to the page. */
export interface Frame {
  /** Set in the first message to a page: what is there so far, in the place of what it had. */
  readonly isStart?: true;
  readonly traces: readonly TraceFrame[];
  readonly psths: readonly PsthFrame[];
  readonly triggers: readonly TriggerFrame[];
  readonly rates: readonly RatesFrame[];
  readonly status?: StatusFrame;
}
