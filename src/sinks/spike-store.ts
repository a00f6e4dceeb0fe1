import type { SpikeChunk } from '../model/chunk.ts';
import { ticksPerSecond, toSeconds } from '../simulation/ticks.ts';

/** Spikes gathered by unit. */
export interface SpikeStore {
  readonly push: (chunk: SpikeChunk) => void;
  readonly count: (unit: number) => number;
  /** Spike times of a unit in seconds, ascending, as they came. */
  readonly times: (unit: number) => Iterable<number>;
}

/**
 * Holds spikes by unit, for formats that want them so.
 * Memory: 4 to 8 bytes per spike, for only the ticks from one spike to the next are kept.
 */
export function createSpikeStore(nUnits: number): SpikeStore {
  const gaps = Array.from({ length: nUnits }, () => new Int32Array(64));
  const counts = new Int32Array(nUnits);
  const lastTicks = new Float64Array(nUnits);
  return {
    push: ({ times, units }) => {
      for (let s = 0; s < times.length; s++) {
        const unit = units[s];
        const tick = Math.round(times[s] * ticksPerSecond);
        if (counts[unit] === gaps[unit].length) gaps[unit] = doubled(gaps[unit]);
        gaps[unit][counts[unit]++] = tick - lastTicks[unit];
        lastTicks[unit] = tick;
      }
    },
    count: (unit) => counts[unit],
    times: function* (unit) {
      let tick = 0;
      for (let s = 0; s < counts[unit]; s++) {
        tick += gaps[unit][s];
        yield toSeconds(tick);
      }
    },
  };
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
