import type { SpikeChunk } from '../model/chunk.ts';
import type { RatesFrame } from './frame.ts';

/** Seconds of one stretch, and how many of them make the time that rates are taken over. */
const stretch = 0.1;
const nStretches = 10;

export interface Rates {
  readonly push: (chunk: SpikeChunk) => void;
  /** Undefined before the first chunk. */
  readonly now: () => RatesFrame | undefined;
}

/**
 * Firing rates over the last second of the recording, in steps of 100 ms. A gap, or a clock that starts over, begins anew.
 * Memory: ten counts per unit.
 */
export function createRates(node: string): Rates {
  let nUnits = 0;
  let counts = new Int32Array(0);
  let end = Number.NaN;
  let from = 0;

  function push(chunk: SpikeChunk): void {
    if (chunk.start !== end || chunk.nUnits !== nUnits) {
      nUnits = chunk.nUnits;
      counts = new Int32Array(nStretches * nUnits);
      from = Math.floor(chunk.start / stretch);
    } else clear(Math.floor(end / stretch) + 1, Math.floor(chunk.end / stretch));
    end = chunk.end;
    const last = Math.floor(end / stretch);
    for (let i = 0; i < chunk.times.length; i++) {
      const place = Math.floor(chunk.times[i] / stretch);
      if (place > last - nStretches) counts[slotOf(place) + chunk.units[i]]++;
    }
  }

  const slotOf = (place: number): number =>
    (((place % nStretches) + nStretches) % nStretches) * nUnits;

  function clear(first: number, last: number): void {
    for (let place = Math.max(first, last - nStretches + 1); place <= last; place++) {
      counts.fill(0, slotOf(place), slotOf(place) + nUnits);
    }
  }

  function now(): RatesFrame | undefined {
    if (Number.isNaN(end)) return undefined;
    const last = Math.floor(end / stretch);
    // The stretch that is still open counts for as much of it as has passed.
    const began = Math.max(from, last - nStretches + 1) * stretch;
    const seconds = Math.max(end - began, stretch / 10);
    const rates = Array.from({ length: nUnits }, (_, unit) => {
      let sum = 0;
      for (let slot = 0; slot < nStretches; slot++) sum += counts[slot * nUnits + unit];
      return Number((sum / seconds).toPrecision(3));
    });
    return { node, rates };
  }

  return { push, now };
}
