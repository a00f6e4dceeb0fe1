import { ConfigError, InputError, show } from '../errors.ts';
import type { Span, SpikeChunk } from './chunk.ts';
import { mergeTrains } from './merge-trains.ts';

/** The spikes of all units of a recording in one order of time: 12 bytes per spike. */
export interface SpikeTrains extends Span {
  readonly nUnits: number;
  /** Ascending, all within the span; spikes at one time are in the order of their units. */
  readonly times: Float64Array;
  readonly units: Int32Array;
}

export const defaultChunkSeconds = 60;
const maxChunks = 1e9;

/**
 * Merges the trains of all units into one order of time; spikes outside the span are left out.
 * @param trains ascending spike times in seconds, one train per unit; unit `i` is `trains[i]`
 * @param memory that the merged spikes stand in: shared, other threads read them without a copy
 */
export function createSpikeTrains(
  trains: readonly Float64Array[],
  { start, end }: Span,
  memory: ArrayBufferConstructor | SharedArrayBufferConstructor = ArrayBuffer,
): SpikeTrains {
  const runs = trains.map((train) =>
    train.subarray(lowerBound(train, start), lowerBound(train, end)),
  );
  const nSpikes = runs.reduce((sum, { length }) => sum + length, 0);
  const times = new Float64Array(new memory(8 * nSpikes));
  const units = new Int32Array(new memory(4 * nSpikes));
  mergeTrains(runs, times, units);
  return { start, end, nUnits: trains.length, times, units };
}

/**
 * Cuts spike trains into chunks of `chunkSeconds`, the last one shorter: views, nothing is copied. The first chunk
 * starts where the trains do, the last one ends where they do, and each starts where the one before it ended.
 */
export function* spikeChunks(
  { start, end, nUnits, times, units }: SpikeTrains,
  chunkSeconds: number = defaultChunkSeconds,
): Generator<SpikeChunk> {
  let [from, first] = [start, 0];
  for (let k = 1; from < end; k++) {
    const to = Math.min(start + k * chunkSeconds, end);
    if (to <= from) continue;
    const last = to < end ? lowerBound(times, to, first) : times.length;
    yield {
      kind: 'spikes',
      start: from,
      end: to,
      nUnits,
      times: times.subarray(first, last),
      units: units.subarray(first, last),
      runEnd: end,
    };
    [from, first] = [to, last];
  }
}

/**
 * Spike chunks from spike times in memory: what a pipeline of one's own starts with.
 * @param trains spike times in seconds, ascending, one train per unit
 * @returns chunks from `start` to `end`, from the beginning each time they are asked for; spikes outside are left out
 * Memory: 12 bytes per spike besides the trains.
 * @throws ConfigError when the span or `chunkSeconds` makes no sense
 * @throws InputError when a train does not ascend or holds what is not a number
 */
export function fromSpikeTrains(
  trains: readonly ArrayLike<number>[],
  options: Span & { readonly chunkSeconds?: number },
): Iterable<SpikeChunk> {
  const { start, end, chunkSeconds = defaultChunkSeconds } = options;
  const isSpan = Number.isFinite(start) && Number.isFinite(end) && start <= end;
  if (!isSpan || !(chunkSeconds > 0) || (end - start) / chunkSeconds > maxChunks) {
    throw new ConfigError({
      code: 'BAD_SPAN',
      found: `start ${show(start)}, end ${show(end)}, chunkSeconds ${show(chunkSeconds)}`,
      expected: `times in seconds with start <= end, and at most ${maxChunks} chunks`,
    });
  }
  const copies = trains.map((train, index) => ascending(train, index));
  const merged = createSpikeTrains(copies, { start, end });
  return { [Symbol.iterator]: () => spikeChunks(merged, chunkSeconds) };
}

/** First index from `from` on whose value is not below `value`. */
export function lowerBound(sorted: Float64Array, value: number, from = 0): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ascending(train: ArrayLike<number>, index: number): Float64Array {
  const times = Float64Array.from(train);
  for (let i = 0; i < times.length; i++) {
    if (Number.isFinite(times[i]) && (i === 0 || times[i] >= times[i - 1])) continue;
    throw new InputError({
      code: 'SPIKES_UNSORTED',
      where: `train ${index}, spike ${i}`,
      found: `time ${times[i]}${i === 0 ? '' : ` after ${times[i - 1]}`}`,
      expected: 'finite times in ascending order',
    });
  }
  return times;
}
