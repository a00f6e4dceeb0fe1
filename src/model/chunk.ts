/** A half-open span of time, `[start, end)`, in seconds of the recording's clock. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Spikes of all units within a span. A chunk that starts where the last one ended continues the same
 * run; any other start opens a new run. Silence is data: a chunk may hold no spikes. The arrays may be parts of larger
 * ones, and stand in memory that threads share.
 */
export interface SpikeChunk extends Span {
  readonly kind: 'spikes';
  readonly nUnits: number;
  /** Spike times in seconds, ascending, all within the span. */
  readonly times: Float64Array;
  /** Unit index (0 to nUnits - 1) of each spike. */
  readonly units: Int32Array;
  /** Where the run that holds this chunk ends, when that is known; a live recording does not know. */
  readonly runEnd?: number;
  /** Spikes of a live recording that came too late for the chunk they belong to; they are in no bin. */
  readonly late?: { readonly times: Float64Array; readonly units: Int32Array };
}

/**
 * Consecutive bins of one run. Bin `firstBin + k` spans `[edge(k), edge(k + 1))` with
 * `edge(k) = origin + (firstBin + k) * step`. `firstBin` is 0 exactly where a new run begins.
 */
export interface Bins extends Span {
  /** Start of the run. */
  readonly origin: number;
  /** Distance between edges, in seconds: `binSize`, or a rounding of it under `grid: neuro-py`. */
  readonly step: number;
  readonly binSize: number;
  readonly firstBin: number;
  readonly nBins: number;
}

/**
 * Counts per bin and unit, sparse by rows: the entries of row `r` are `offsets[r]` to `offsets[r + 1]` of `units`
 * and `values`, units ascending within a row; units not named have the value 0.
 */
export interface CountsChunk extends Bins {
  readonly kind: 'counts';
  readonly nUnits: number;
  /** Standard deviation in seconds of the kernel the counts were smoothed with; 0 when they were not. */
  readonly smoothingSd: number;
  /** Set where a half kernel was used that looks back only: another estimator than the whole one of that width. */
  readonly smoothingSide?: 'causal' | undefined;
  /** Length nBins + 1. */
  readonly offsets: Int32Array;
  readonly units: Int32Array;
  readonly values: Float64Array;
}

/** Mean and standard deviation of each unit's counts, over a stated number of bins. */
export interface Moments {
  readonly kind: 'moments';
  readonly mean: Float64Array;
  /** Population standard deviation (ddof 0); 0 for a constant unit. */
  readonly sd: Float64Array;
  /** 1 where minimum equals maximum: such a unit adds nothing to any z-scored sum. */
  readonly isConstant: Uint8Array;
  readonly nBins: number;
  readonly binSize: number;
  readonly smoothingSd: number;
  readonly smoothingSide?: 'causal' | undefined;
  /** Unit ids in index order, where they are known. */
  readonly unitIds?: Int32Array;
}

/**
 * Counts together with the moments that turn them into z-scores; nothing dense is made. Where the moments are
 * known beforehand every chunk carries them; where they are gathered from this very stream, only a closing chunk
 * does, which has no bins.
 */
export interface ZscoredChunk {
  readonly kind: 'zscored';
  readonly counts: CountsChunk;
  readonly moments: Moments | undefined;
}

/** Activation strength per bin: bin-centre times in seconds and one column of nBins per assembly. */
export interface ActivationChunk extends Bins {
  readonly kind: 'activation';
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
}

/** An event as it happens: a TTL pulse, a threshold crossing. */
export interface Trigger {
  readonly kind: 'trigger';
  /** Seconds of the recording's clock. */
  readonly time: number;
  /** Of a TTL event: its line, from 1. */
  readonly line?: number;
  /** Of a TTL event: whether the line went up. */
  readonly isOn?: boolean;
  /** Of a crossing: the assembly, from 1, and its activation there. */
  readonly assembly?: number;
  readonly value?: number;
}
