import { lowerBound } from '../model/spike-trains.ts';
import type { ActivationBlock } from '../results/run-results.ts';
import type { Peak } from './strongest.ts';

/** Every bin of activation for a short while. */
export interface Trace {
  /** Where the first bin starts, in seconds. */
  readonly start: number;
  /** One value per bin; NaN where the recording has none. */
  readonly values: Float64Array;
}

/** Bin by bin what the pyramid holds too coarsely: around strong activations, and around some events. */
export interface TraceCollector {
  /** @param peaks the strongest activations so far, per assembly */
  readonly add: (block: ActivationBlock, peaks: readonly (readonly Peak[])[]) => void;
  readonly finish: (peaks: readonly (readonly Peak[])[]) => CollectedTraces;
}

export interface CollectedTraces {
  /** Width of a bin in seconds. */
  readonly width: number;
  readonly nBins: number;
  /** Around an activation of an assembly, which counts from 0. */
  readonly peaks: readonly { readonly assembly: number; readonly trace: Trace }[];
  /** Around an event: one trace per assembly. */
  readonly events: readonly (readonly Trace[])[];
}

/**
 * Cuts traces out of blocks in the order of time. Memory: the traces of all peaks that were among the strongest at the end
 * of a block, those of the events, and a block with the end of the one before it.
 * @param chooseEvents the events to show, ascending, once the width of a bin is known
 */
export function createTraceCollector(
  nAssemblies: number,
  halfWidth: number,
  chooseEvents: (width: number) => readonly number[],
): TraceCollector {
  const cut = new Map<Peak, Trace>();
  const aroundEvents: Trace[][] = [];
  let held: ActivationBlock = { time: new Float64Array(0), columns: [] };
  let width = Number.NaN;
  let events: readonly number[] = [];
  let next = 0;

  const traceAt = (time: number, k: number): Trace => {
    const nBins = binsIn(halfWidth, width);
    const values = new Float64Array(nBins).fill(Number.NaN);
    const first = lowerBound(held.time, time - halfWidth - width / 2);
    const origin = held.time[first] ?? time;
    const last = time + halfWidth + width / 2;
    // Bins keep to the grid of the first of them, so that a gap leaves places empty.
    for (let row = first; row < held.time.length && held.time[row] <= last; row++) {
      const place = Math.round((held.time[row] - origin) / width);
      if (place >= nBins) break;
      values[place] = held.columns[k]?.[row] ?? Number.NaN;
    }
    return { start: origin - width / 2, values };
  };
  const cutPeaks = (peaks: readonly (readonly Peak[])[], until: number): void => {
    peaks.forEach((list, k) => {
      for (const peak of list) {
        if (!cut.has(peak) && peak.time + halfWidth + width <= until)
          cut.set(peak, traceAt(peak.time, k));
      }
    });
  };
  const cutEvents = (until: number): void => {
    for (; next < events.length && events[next] + halfWidth + width <= until; next++) {
      const first = lowerBound(held.time, events[next] - halfWidth);
      const isThere = (held.time[first] ?? Number.POSITIVE_INFINITY) < events[next] + halfWidth;
      if (!isThere) continue;
      aroundEvents.push(Array.from({ length: nAssemblies }, (_, k) => traceAt(events[next], k)));
    }
  };
  return {
    add: (block, peaks) => {
      if (block.time.length === 0) return;
      held = withTail(held, block, 2 * halfWidth + 1);
      if (Number.isNaN(width)) {
        width = smallestStep(block.time);
        events = chooseEvents(width);
      }
      const until = held.time[held.time.length - 1];
      cutPeaks(peaks, until);
      cutEvents(until);
      const alive = new Set(peaks.flat());
      for (const peak of cut.keys()) if (!alive.has(peak)) cut.delete(peak);
    },
    finish: (peaks) => {
      cutPeaks(peaks, Number.POSITIVE_INFINITY);
      cutEvents(Number.POSITIVE_INFINITY);
      const found = peaks.flatMap((list, assembly) =>
        list.flatMap((peak) => {
          const trace = cut.get(peak);
          return trace ? [{ assembly, trace }] : [];
        }),
      );
      return { width, nBins: binsIn(halfWidth, width), peaks: found, events: aroundEvents };
    },
  };
}

/** How many bins a trace has. */
export function binsIn(halfWidth: number, width: number): number {
  return Math.max(1, Math.round((2 * halfWidth) / width) + 1);
}

/** A block behind the last `seconds` of what is held. */
function withTail(held: ActivationBlock, block: ActivationBlock, seconds: number): ActivationBlock {
  const from = lowerBound(held.time, block.time[0] - seconds);
  const join = (before: Float64Array | undefined, after: Float64Array): Float64Array => {
    const tail = before?.subarray(from) ?? new Float64Array(0);
    const both = new Float64Array(tail.length + after.length);
    both.set(tail);
    both.set(after, tail.length);
    return both;
  };
  return {
    time: join(held.time, block.time),
    columns: block.columns.map((column, k) => join(held.columns[k], column)),
  };
}

/**
 * The width of a bin: the smallest distance between neighbours, for gaps only add to it. To nine digits, so that it does
 * not depend on which bins it is taken from.
 */
export function smallestStep(time: Float64Array): number {
  let step = Number.POSITIVE_INFINITY;
  for (let row = 1; row < time.length; row++) {
    const distance = time[row] - time[row - 1];
    if (distance > 0) step = Math.min(step, distance);
  }
  return Number.isFinite(step) ? Number(step.toPrecision(9)) : 1;
}
