import type { Span } from '../../model/chunk.ts';
import { createSpikeTrains } from '../../model/spike-trains.ts';
import type { SpikeBlock } from './spike-block.ts';

/** Spikes of kept units: times in seconds and the index of each one's unit. */
export interface TimedSpikes {
  readonly times: Float64Array;
  readonly units: Int32Array;
}

const forever = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/**
 * The spikes of kept units within a span, in the order of the file, in the arrays of the blocks.
 * @param unitOf by entry of the unit ids, the index of the unit; -1 where it is not kept
 */
export async function* keepSpikes(
  blocks: AsyncIterable<SpikeBlock>,
  unitOf: readonly number[],
  span: Span,
): AsyncGenerator<TimedSpikes> {
  for await (const block of blocks) {
    const n = moveKept(block, unitOf, span);
    yield { times: block.times.subarray(0, n), units: block.entries.subarray(0, n) };
  }
}

/**
 * Moves the spikes of kept units within the span to the front of a block, each with the index of its unit in the place of
 * its entry. By itself, for V8 runs the loops of what yields as they stand.
 * @returns how many there are
 */
function moveKept(
  { times, entries }: SpikeBlock,
  unitOf: readonly number[],
  { start, end }: Span,
): number {
  let n = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    const unit = unitOf[entries[i]];
    if (unit < 0 || time < start || time >= end) continue;
    // A zero below zero would have a place of its own in a sorted array.
    times[n] = time + 0;
    entries[n] = unit;
    n++;
  }
  return n;
}

/** Whether times ascend. */
export function isAscending(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i] < times[i - 1]) return false;
  return true;
}

/** Puts spikes of one time in the order of their units, where times ascend already. */
export function sortTies({ times, units }: TimedSpikes): void {
  for (let from = 0; from < times.length; ) {
    let to = from + 1;
    let isInOrder = true;
    for (; to < times.length && times[to] === times[from]; to++) {
      if (units[to] < units[to - 1]) isInOrder = false;
    }
    if (!isInOrder) units.subarray(from, to).sort();
    from = to;
  }
}

/** The spikes in the order of time, those of one time in the order of units. Memory: 20 bytes per spike. */
export function sortSpikes({ times, units }: TimedSpikes, nUnits: number): TimedSpikes {
  const counts = new Int32Array(nUnits);
  for (let i = 0; i < units.length; i++) counts[units[i]]++;
  const trains = fillTrains(counts);
  trains.add({ times, units });
  return trains.merge(forever);
}

/**
 * Gathers spikes in any order, to be merged into the order of time. Memory: 8 bytes per spike, and 12 more for what
 * `merge` returns.
 * @param counts spikes of each unit that are to come
 */
export function fillTrains(counts: Int32Array) {
  const trains = Array.from(counts, (n) => new Float64Array(n));
  const filled = new Int32Array(counts.length);
  return {
    add({ times, units }: TimedSpikes): void {
      for (let i = 0; i < times.length; i++) {
        const unit = units[i];
        trains[unit][filled[unit]++] = times[i];
      }
    },
    merge(span: Span) {
      for (const train of trains) if (!isAscending(train)) train.sort();
      return createSpikeTrains(trains, span);
    },
  };
}
