import type { PackedPyramid, PackedTraces } from '../page-data.ts';
import { decodeFloat64, decodeInt16, decodeInt32 } from './decode.ts';

const empty = -32768;
const factor = 4;

interface Level {
  readonly width: number;
  readonly minima: Int16Array;
  readonly maxima: Int16Array;
}

/** Lowest and highest value; NaN where there is no bin. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
}

/** One assembly's activation at every zoom level. */
export interface Activation {
  readonly origin: number;
  /** Width of the finest buckets, in seconds. */
  readonly width: number;
  readonly nBuckets: number;
  readonly isExact: boolean;
  readonly range: Extremes;
  /** Extremes over all buckets that reach into `[start, end)`. */
  readonly extremes: (start: number, end: number) => Extremes;
  /** Extremes of one of the finest buckets. */
  readonly bucket: (index: number) => Extremes;
  /** Stretches of which every bin is known, by their start. */
  readonly traces: readonly Trace[];
}

export interface Trace {
  readonly start: number;
  readonly end: number;
  /** Width of a bin in seconds. */
  readonly width: number;
  /** NaN where there is no bin. */
  readonly values: Float64Array;
}

/** Unpacks a pyramid and adds its coarser levels, each a quarter of the one below. */
export function readActivations(pyramid: PackedPyramid, packed: PackedTraces | null): Activation[] {
  const { origin, width, nBuckets, isExact, ranges } = pyramid;
  const codes = decodeInt16(pyramid.codes);
  const planes = isExact ? 1 : 2;
  const traces = packed ? readTraces(packed, ranges) : [];
  return ranges.map((range, k) => {
    const start = k * planes * nBuckets;
    const minima = codes.subarray(start, start + nBuckets);
    const maxima = isExact ? minima : codes.subarray(start + nBuckets, start + 2 * nBuckets);
    const levels: Level[] = [{ width, minima, maxima }];
    for (let finest = levels[0]; finest.minima.length > 64; ) {
      finest = coarser(finest);
      levels.push(finest);
    }
    const scale = (range.high - range.low) / 65_534;
    const decode = (low: number, high: number): Extremes =>
      low > high
        ? { low: Number.NaN, high: Number.NaN }
        : { low: range.low + (low + 32_767) * scale, high: range.low + (high + 32_767) * scale };

    const extremes = (from: number, to: number): Extremes => {
      const level = levels.findLast((one) => one.width <= (to - from) / 2) ?? levels[0];
      const first = Math.max(0, Math.floor((from - origin) / level.width));
      const last = Math.min(level.minima.length, Math.ceil((to - origin) / level.width));
      let low = 32_767;
      let high = empty;
      for (let bucket = first; bucket < last; bucket++) {
        if (level.maxima[bucket] === empty) continue;
        if (level.minima[bucket] < low) low = level.minima[bucket];
        if (level.maxima[bucket] > high) high = level.maxima[bucket];
      }
      return decode(low, high);
    };
    const bucket = (index: number): Extremes =>
      index < 0 || index >= nBuckets || maxima[index] === empty
        ? decode(1, 0)
        : decode(minima[index], maxima[index]);
    const own = traces[k] ?? [];
    return { origin, width, nBuckets, isExact, range, extremes, bucket, traces: own };
  });
}

function coarser({ width, minima, maxima }: Level): Level {
  const n = Math.ceil(minima.length / factor);
  const low = new Int16Array(n).fill(empty);
  const high = new Int16Array(n).fill(empty);
  for (let bucket = 0; bucket < minima.length; bucket++) {
    if (maxima[bucket] === empty) continue;
    const at = Math.floor(bucket / factor);
    low[at] = high[at] === empty ? minima[bucket] : Math.min(low[at], minima[bucket]);
    high[at] = Math.max(high[at], maxima[bucket]);
  }
  return { width: width * factor, minima: low, maxima: high };
}

/** The traces of each assembly. */
function readTraces(
  { width, nBins, peaks, events }: PackedTraces,
  ranges: PackedPyramid['ranges'],
): Trace[][] {
  const traces = ranges.map((): Trace[] => []);
  const add = (assembly: number, start: number, codes: Int16Array): void => {
    const { low, high } = ranges[assembly];
    const scale = (high - low) / 65_534;
    const values = Float64Array.from(codes, (code) =>
      code === empty ? Number.NaN : low + (code + 32_767) * scale,
    );
    traces[assembly].push({ start, end: start + nBins * width, width, values });
  };
  const assemblies = decodeInt32(peaks.assemblies);
  const ofPeaks = decodeInt16(peaks.codes);
  decodeFloat64(peaks.starts).forEach((start, i) => {
    add(assemblies[i], start, ofPeaks.subarray(i * nBins, (i + 1) * nBins));
  });
  const ofEvents = decodeInt16(events.codes);
  decodeFloat64(events.starts).forEach((start, i) => {
    for (let k = 0; k < ranges.length; k++) {
      const from = (i * ranges.length + k) * nBins;
      add(k, start, ofEvents.subarray(from, from + nBins));
    }
  });
  for (const list of traces) list.sort((a, b) => a.start - b.start);
  return traces;
}
