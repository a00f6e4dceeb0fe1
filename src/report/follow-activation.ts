import type { ActivationBlock } from '../results/run-results.ts';
import { type ActivationBytes, activationBytes } from './budget.ts';
import { packPyramid, packTraces } from './pack.ts';
import type { PackedPyramid, PackedTraces, PagePeak } from './page-data.ts';
import { createPyramid } from './pyramid.ts';
import { createPeakFinder } from './strongest.ts';
import { binsIn, createTraceCollector, smallestStep } from './traces.ts';
import { evenRanks } from './windows.ts';

export interface FollowPlan {
  readonly nAssemblies: number;
  /** How many projections share the page, or fewer. */
  readonly nProjections: number;
  /** Seconds to either side of a strong activation or an event in which every bin is wanted. */
  readonly halfWidth: number;
  /** Ascending times, one list per set. */
  readonly events: readonly Float64Array[];
}

export interface ActivationFollower {
  readonly nAssemblies: number;
  /** Blocks in the order of time; their arrays may be used again. */
  readonly add: (block: ActivationBlock) => void;
  /** To be called once. @param bytes what there is in the end: no more than the plan left room for */
  readonly finish: (bytes: ActivationBytes) => FollowedActivation;
}

export interface FollowedActivation {
  readonly pyramid: PackedPyramid | null;
  readonly traces: PackedTraces | null;
  /** Per assembly, the strongest first. */
  readonly strongest: readonly (readonly PagePeak[])[];
}

/** Most buckets of a pyramid: more are of no use, however few assemblies there are. */
const mostBuckets = 2 ** 19;

/** How many of the first bins tell how wide bins are. */
const headRows = 4096;

/**
 * Follows activation for all that a page shows of it, within the bytes that there can be at most: how many there are is known
 * when the rest of the page is. Where blocks are cut changes nothing.
 * Memory: some multiple of what the page holds, however long the recording is.
 */
export function createActivationFollower(plan: FollowPlan): ActivationFollower {
  const { nAssemblies } = plan;
  // How wide bins are must not depend on how many of them the first block holds.
  let head: ActivationBlock[] = [];
  let nHeld = 0;
  let started: StartedFollower | undefined;

  const start = (): StartedFollower => {
    const [first, ...others] = head.map(({ time }) => [...time.subarray(0, headRows)]);
    const times = (first ?? []).concat(...others).slice(0, headRows);
    const follower = startFollower(plan, smallestStep(Float64Array.from(times)));
    for (const block of head) follower.add(block);
    head = [];
    return follower;
  };
  return {
    nAssemblies,
    add: (block) => {
      const nRows = block.time.length;
      if (nRows === 0 || nAssemblies === 0) return;
      if (started) {
        started.add(block);
        return;
      }
      nHeld += nRows;
      const isEnough = nHeld >= headRows;
      head.push(isEnough ? block : copyOf(block));
      if (isEnough) started = start();
    },
    finish: (bytes) => {
      if (nHeld > 0) {
        const followed = (started ?? start()).finish(bytes);
        // The rest of the page is still to be made.
        started = undefined;
        return followed;
      }
      return {
        pyramid: null,
        traces: null,
        strongest: Array.from({ length: nAssemblies }, () => []),
      };
    },
  };
}

type StartedFollower = Pick<ActivationFollower, 'add' | 'finish'>;

function startFollower(
  { nAssemblies, nProjections, halfWidth, events }: FollowPlan,
  width: number,
): StartedFollower {
  const nPeaks = Math.max(8, Math.min(40, Math.floor(600 / nAssemblies)));
  // Two numbers of two bytes for each bucket and assembly.
  const capacityOf = ({ pyramid }: ActivationBytes): number =>
    Math.min(mostBuckets, Math.floor((pyramid * 0.75) / (4 * nAssemblies)));
  const eventsOf = ({ traces }: ActivationBytes): number[] => {
    const nTraces = (traces * 0.75) / 2 / binsIn(halfWidth, width);
    return chooseEvenly(events, Math.floor(nTraces / nAssemblies) - nPeaks);
  };
  const most = activationBytes(nProjections);
  const pyramid = createPyramid(nAssemblies, capacityOf(most), width);
  const peaks = createPeakFinder(nAssemblies, nPeaks, 2 * halfWidth);
  const traces = createTraceCollector({ nAssemblies, halfWidth, width, events: eventsOf(most) });
  return {
    add: (block) => {
      pyramid.add(block);
      peaks.add(block);
      traces.add(block, peaks.current());
    },
    finish: (bytes) => {
      const found = pyramid.finish(capacityOf(bytes));
      const strongest = peaks.finish();
      if (!found) return { pyramid: null, traces: null, strongest };
      const packed = packPyramid(found);
      const cut = found.isExact ? undefined : traces.finish(strongest, eventsOf(bytes));
      return { pyramid: packed, traces: cut ? packTraces(cut, packed.ranges) : null, strongest };
    },
  };
}

function copyOf({ time, columns }: ActivationBlock): ActivationBlock {
  return { time: time.slice(), columns: columns.map((column) => column.slice()) };
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
