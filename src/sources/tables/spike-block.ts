import type { Report } from '../../model/report.ts';

/**
 * Spikes as a file has them, in its order: times in seconds, and the entry of each unit's id. Whoever gets a block may
 * change it; it is filled anew when the next one is asked for.
 */
export interface SpikeBlock {
  readonly times: Float64Array;
  readonly entries: Int32Array;
}

/** Spikes of a block, at most. */
export const maxBlock = 1 << 16;

export const spikeColumns = { required: ['unit_id', 'time'], optional: [] };

export interface ReadSpikesOptions {
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}
