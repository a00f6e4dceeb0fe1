import type { RunResults } from '../results/run-results.ts';
import { packPyramid, packTraces } from './pack.ts';
import type { PackedPyramid, PackedTraces, PagePeak } from './page-data.ts';
import { createPyramid } from './pyramid.ts';
import { createPeakFinder } from './strongest.ts';
import { binsIn, createTraceCollector } from './traces.ts';
import { evenRanks } from './windows.ts';

export interface ActivationRequest {
  readonly nAssemblies: number;
  /** Seconds to either side of a strong activation or an event in which every bin is wanted. */
  readonly halfWidth: number;
  /** Bytes that each may take as base64, which is 4/3 of what it holds. */
  readonly pyramidBytes: number;
  readonly traceBytes: number;
  /** Ascending times, one list per set. */
  readonly events: readonly Float64Array[];
}

export interface FollowedActivation {
  readonly pyramid: PackedPyramid | null;
  readonly traces: PackedTraces | null;
  /** Per assembly, the strongest first. */
  readonly strongest: readonly (readonly PagePeak[])[];
}

/** Most buckets of a pyramid: more are of no use, however few assemblies there are. */
const mostBuckets = 2 ** 19;

/** Reads an activation file once, row group by row group, for all that the page shows of it. */
export async function followActivation(
  results: RunResults,
  prefix: string,
  { nAssemblies, halfWidth, pyramidBytes, traceBytes, events }: ActivationRequest,
): Promise<FollowedActivation> {
  if (nAssemblies === 0) return { pyramid: null, traces: null, strongest: [] };
  // Two numbers of two bytes for each bucket and assembly.
  const capacity = Math.floor((pyramidBytes * 0.75) / (4 * nAssemblies));
  const nPeaks = Math.max(8, Math.min(40, Math.floor(600 / nAssemblies)));
  const pyramid = createPyramid(nAssemblies, Math.min(capacity, mostBuckets));
  const peaks = createPeakFinder(nAssemblies, nPeaks, 2 * halfWidth);
  const traces = createTraceCollector(nAssemblies, halfWidth, (binWidth) => {
    const nTraces = (traceBytes * 0.75) / 2 / binsIn(halfWidth, binWidth);
    return chooseEvenly(events, Math.floor(nTraces / nAssemblies) - nPeaks);
  });
  await results.activation(prefix, (block) => {
    pyramid.add(block);
    peaks.add(block);
    traces.add(block, peaks.current());
  });
  const found = pyramid.finish();
  const strongest = peaks.finish();
  if (!found) return { pyramid: null, traces: null, strongest };
  const packed = packPyramid(found);
  const isWhole = found.isExact;
  return {
    pyramid: packed,
    traces: isWhole ? null : packTraces(traces.finish(strongest), packed.ranges),
    strongest,
  };
}

/** At most `n` of all events in ascending order, sets taking turns, those of each lying evenly over it. */
function chooseEvenly(events: readonly Float64Array[], n: number): number[] {
  const each = Math.floor(n / Math.max(1, events.length));
  const chosen = events.flatMap((times) => {
    const ranks = evenRanks(times.length);
    return [...times.filter((_, index) => ranks[index] < each)];
  });
  return [...new Set(chosen)].sort((a, b) => a - b);
}
