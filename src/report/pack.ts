import type { PackedNumbers, PackedPyramid, PackedTraces } from './page-data.ts';
import type { Pyramid } from './pyramid.ts';
import type { CollectedTraces } from './traces.ts';

/** The code of a bucket that holds no bin. */
const none = -32768;
const top = 32767;

/**
 * A pyramid as the page carries it: 16-bit steps between each assembly's lowest and highest value, so that a value is off
 * by at most 1/131068 of that range. A pyramid of single bins carries them once.
 */
export function packPyramid(pyramid: Pyramid): PackedPyramid {
  const { origin, width, nBuckets, isExact, minima, maxima } = pyramid;
  const planes = isExact ? 1 : 2;
  const codes = new Int16Array(minima.length * planes * nBuckets);
  const ranges = minima.map((column, k) => rangeOf(column, maxima[k]));
  ranges.forEach((range, k) => {
    const encode = encoder(range);
    for (let plane = 0; plane < planes; plane++) {
      const column = plane === 0 ? minima[k] : maxima[k];
      const start = (k * planes + plane) * nBuckets;
      for (let i = 0; i < nBuckets; i++) codes[start + i] = encode(column[i]);
    }
  });
  return { origin, width, nBuckets, isExact, ranges, codes: toBase64(codes) };
}

/** Traces in the codes of the pyramid they go with. */
export function packTraces(
  { width, nBins, peaks, events }: CollectedTraces,
  ranges: PackedPyramid['ranges'],
): PackedTraces {
  const encode = (values: Float64Array, assembly: number): Int16Array =>
    Int16Array.from(values, encoder(ranges[assembly] ?? { low: 0, high: 0 }));
  const join = (parts: readonly Int16Array[]): Int16Array => {
    const all = new Int16Array(parts.length * nBins);
    parts.forEach((part, index) => {
      all.set(part, index * nBins);
    });
    return all;
  };
  const ofEvents = events.flatMap((traces) => traces.map(({ values }, k) => encode(values, k)));
  return {
    width,
    nBins,
    peaks: {
      starts: toBase64(Float64Array.from(peaks, ({ trace }) => trace.start)),
      assemblies: toBase64(Int32Array.from(peaks, ({ assembly }) => assembly)),
      codes: toBase64(join(peaks.map(({ assembly, trace }) => encode(trace.values, assembly)))),
    },
    events: {
      starts: toBase64(Float64Array.from(events, (traces) => traces[0]?.start ?? Number.NaN)),
      codes: toBase64(join(ofEvents)),
    },
  };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function encoder({ low, high }: Range): (value: number) => number {
  const scale = high > low ? (2 * top) / (high - low) : 0;
  return (value) => (Number.isNaN(value) ? none : Math.round((value - low) * scale) - top);
}

function rangeOf(minima: Float64Array, maxima: Float64Array): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of minima) if (value < low) low = value;
  for (const value of maxima) if (value > high) high = value;
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** The bytes of a typed array, least significant first as on every machine that runs a browser. */
export function toBase64(values: ArrayBufferView): PackedNumbers {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
