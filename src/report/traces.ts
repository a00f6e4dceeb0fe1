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
  /** @param shown the only events that are wanted after all, some of those that were to be shown */
  readonly finish: (
    peaks: readonly (readonly Peak[])[],
    shown?: readonly number[],
  ) => CollectedTraces;
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

/** What traces are cut for. */
export interface TracePlan {
  readonly nAssemblies: number;
  /** Seconds to either side. */
  readonly halfWidth: number;
  /** Width of a bin in seconds. */
  readonly width: number;
  /** The events to show, ascending. */
  readonly events: readonly number[];
}

/**
 * Cuts traces out of blocks in the order of time; where those are cut changes nothing. Memory: the traces of twice as
 * many peaks as are the strongest at the end of a block, those of the events, and the last bins that a trace may still reach back to.
 */
export function createTraceCollector(plan: TracePlan): TraceCollector {
  const { nAssemblies, halfWidth, width, events } = plan;
  const nBins = binsIn(halfWidth, width);
  // What was not yet cut at the end of a block has its middle at most this far back, and half of it lies before that.
  const reach = 2 * (halfWidth + width);
  const cut = new Map<Peak, Trace>();
  const aroundEvents: AroundEvent[] = [];
  let tail = noRows(nAssemblies);
  let block: ActivationBlock = tail;
  let next = 0;

  const traceAt = (time: number, k: number): Trace => {
    const values = new Float64Array(nBins).fill(Number.NaN);
    const from = time - halfWidth - width / 2;
    const to = time + halfWidth + width / 2;
    const inTail = lowerBound(tail.time, from);
    const inBlock = lowerBound(block.time, from);
    // Bins keep to the grid of the first of them, so that a gap leaves places empty.
    const origin = tail.time[inTail] ?? block.time[inBlock] ?? time;
    const place = ({ time, columns }: ActivationBlock, first: number): void => {
      for (let row = first; row < time.length && time[row] <= to; row++) {
        const bin = Math.round((time[row] - origin) / width);
        if (bin >= nBins) break;
        values[bin] = columns[k]?.[row] ?? Number.NaN;
      }
    };
    place(tail, inTail);
    place(block, inBlock);
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
      const time = events[next];
      const from = time - halfWidth;
      const first =
        tail.time[lowerBound(tail.time, from)] ?? block.time[lowerBound(block.time, from)];
      if (!(first < time + halfWidth)) continue;
      const traces = Array.from({ length: nAssemblies }, (_, k) => traceAt(time, k));
      aroundEvents.push({ time, traces });
    }
  };
  return {
    add: (added, peaks) => {
      if (added.time.length === 0) return;
      block = added;
      const until = block.time[block.time.length - 1];
      cutPeaks(peaks, until);
      cutEvents(until);
      const nPeaks = peaks.reduce((sum, { length }) => sum + length, 0);
      if (cut.size > 2 * nPeaks) {
        const alive = new Set(peaks.flat());
        for (const peak of cut.keys()) if (!alive.has(peak)) cut.delete(peak);
      }
      tail = lastRows(tail, block, until - reach);
      block = noRows(nAssemblies);
    },
    finish: (peaks, shown = events) => {
      cutPeaks(peaks, Number.POSITIVE_INFINITY);
      cutEvents(Number.POSITIVE_INFINITY);
      const found = peaks.flatMap((list, assembly) =>
        list.flatMap((peak) => {
          const trace = cut.get(peak);
          return trace ? [{ assembly, trace }] : [];
        }),
      );
      const isShown = new Set(shown);
      const kept = aroundEvents.filter(({ time }) => isShown.has(time));
      return { width, nBins, peaks: found, events: kept.map(({ traces }) => traces) };
    },
  };
}

interface AroundEvent {
  readonly time: number;
  /** One per assembly. */
  readonly traces: readonly Trace[];
}

/** How many bins a trace has. */
export function binsIn(halfWidth: number, width: number): number {
  return Math.max(1, Math.round((2 * halfWidth) / width) + 1);
}

function noRows(nColumns: number): ActivationBlock {
  const none = new Float64Array(0);
  return { time: none, columns: new Array<Float64Array>(nColumns).fill(none) };
}

/** Copies of the rows of two blocks, one behind the other, from a time on. */
function lastRows(before: ActivationBlock, block: ActivationBlock, from: number): ActivationBlock {
  const first = lowerBound(before.time, from);
  const second = lowerBound(block.time, from);
  const join = (a: Float64Array, b: Float64Array): Float64Array => {
    const nBefore = a.length - first;
    const both = new Float64Array(nBefore + b.length - second);
    both.set(a.subarray(first));
    both.set(b.subarray(second), nBefore);
    return both;
  };
  return {
    time: join(before.time, block.time),
    columns: block.columns.map((column, k) => join(before.columns[k], column)),
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
