import type { SpikeChunk } from '../model/chunk.ts';
import { toBase64 } from './pack.ts';
import type { PageDensity, PageSpikes } from './page-data.ts';
import type { Window } from './windows.ts';

export interface SpikePlan {
  /** Ids of the units whose spikes are wanted. */
  readonly units: readonly number[];
  /** For each unit of the stream, its place in `units`; -1 for those not wanted. */
  readonly placeOf: Int32Array;
  readonly windows: readonly Window[];
  /** Seconds to either side of a window's time. */
  readonly halfWidth: number;
  /** Span of the recording. */
  readonly start: number;
  readonly end: number;
  /** Bytes that spikes and densities may take, packed. */
  readonly maxBytes: number;
}

const ticksPerSecond = 1e4;
/** Longest span that ticks of 16 bits reach over. */
const maxSpan = 65_535 / ticksPerSecond;

/** Gathers spikes within windows, and everywhere how many there are. */
export interface SpikeCollector {
  /** Chunks in the order of time. */
  readonly add: (chunk: SpikeChunk) => void;
  readonly finish: () => PageSpikes;
}

/** A window as it fills. */
interface Filling extends Window {
  readonly start: number;
  readonly end: number;
  readonly times: number[];
  readonly places: number[];
}

/**
 * Gathers what the page shows of spikes: every spike of the wanted units within the windows, of which the last in rank are
 * given up as soon as all together exceed the bytes allowed, and a count per unit in even buckets.
 * Memory: some multiple of `maxBytes`, however long the recording is.
 */
export function createSpikeCollector(plan: SpikePlan): SpikeCollector {
  const { units, placeOf, halfWidth } = plan;
  const density = createDensity(plan, plan.maxBytes * 0.25);
  const bytesPerSpike = units.length > 256 ? 4 : 3;
  // Base64 turns 3 bytes into 4; each window costs the bounds of its span besides.
  const maxSpikes = Math.floor((plan.maxBytes * 0.75 * 0.75) / bytesPerSpike);
  const spikesPerWindow = Math.ceil(20 / bytesPerSpike);
  const waiting = plan.windows.map(
    ({ time, rank }): Filling => ({
      time,
      rank,
      start: time - halfWidth,
      end: time + halfWidth,
      times: [],
      places: [],
    }),
  );
  let next = 0;
  let open: Filling[] = [];
  let done: Filling[] = [];
  let nHeld = 0;
  let worst = Number.POSITIVE_INFINITY;

  const giveUp = (): void => {
    const all = [...done, ...open].sort((a, b) => a.rank - b.rank || a.time - b.time);
    let held = 0;
    let kept = 0;
    // Some more is let go than has to be, so that this is not called for each spike.
    while (kept < all.length && held + costOf(all[kept]) <= maxSpikes * 0.9) {
      held += costOf(all[kept++]);
    }
    worst = Math.min(worst, all[kept]?.rank ?? worst);
    const stays = new Set(all.slice(0, kept));
    done = done.filter((window) => stays.has(window));
    open = open.filter((window) => stays.has(window));
    nHeld = held;
  };
  const costOf = ({ times }: Filling): number => times.length + spikesPerWindow;
  const openUntil = (time: number): void => {
    while (next < waiting.length && waiting[next].start <= time) {
      const window = waiting[next++];
      if (window.rank >= worst) continue;
      open.push(window);
      nHeld += spikesPerWindow;
    }
    if (open.length === 0 || !open.some(({ end }) => end <= time)) return;
    for (const window of open) if (window.end <= time) done.push(window);
    open = open.filter(({ end }) => end > time);
  };

  return {
    add: ({ times, units: unitIndex }) => {
      for (let s = 0; s < times.length; s++) {
        const place = placeOf[unitIndex[s]] ?? -1;
        if (place < 0) continue;
        const time = times[s];
        density.count(place, time);
        openUntil(time);
        for (const window of open) {
          window.times.push(time);
          window.places.push(place);
          nHeld++;
        }
        if (nHeld > maxSpikes) giveUp();
      }
    },
    finish: () => {
      openUntil(Number.POSITIVE_INFINITY);
      return { units, halfWidth, ...packSpans(done, plan), density: density.pack() };
    },
  };
}

/** The windows joined where they overlap, each spike once, in spans that ticks of 16 bits reach over. */
function packSpans(windows: readonly Filling[], { units, start, end }: SpikePlan) {
  const sorted = [...windows].sort((a, b) => a.start - b.start || a.end - b.end);
  const bounds: number[] = [];
  const firsts: number[] = [];
  const most = sorted.reduce((sum, { times }) => sum + times.length, 0);
  const ticks = new Uint16Array(most);
  const places = units.length > 256 ? new Uint16Array(most) : new Uint8Array(most);
  let nSpikes = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const window of sorted) {
    let from = Math.max(reached, window.start, start);
    const to = Math.min(window.end, end);
    const isNew = window.start > reached || bounds.length === 0;
    let spike = window.times.findIndex((time) => time >= from);
    if (spike < 0) spike = window.times.length;
    while (from < to) {
      const last = bounds.length - 1;
      const canGrow = !isNew && to - bounds[last - 1] <= maxSpan && bounds[last] === from;
      if (canGrow) bounds[last] = to;
      else {
        bounds.push(from, Math.min(to, from + maxSpan));
        firsts.push(nSpikes);
      }
      const [origin, until] = bounds.slice(-2);
      for (; spike < window.times.length && window.times[spike] < until; spike++) {
        ticks[nSpikes] = Math.round((window.times[spike] - origin) * ticksPerSecond);
        places[nSpikes++] = window.places[spike];
      }
      from = until;
    }
    reached = Math.max(reached, to);
  }
  firsts.push(nSpikes);
  return {
    spans: toBase64(Float64Array.from(bounds)),
    firsts: toBase64(Int32Array.from(firsts)),
    ticks: toBase64(ticks.subarray(0, nSpikes)),
    unitOf: toBase64(places.subarray(0, nSpikes)),
  };
}

function createDensity({ units, start, end }: SpikePlan, maxBytes: number) {
  const fitting = Math.floor((maxBytes * 0.75) / Math.max(1, units.length));
  const nBuckets = Math.max(1, Math.min(4096, fitting, Math.ceil(end - start)));
  const width = (end - start) / nBuckets || 1;
  const counts = new Uint32Array(units.length * nBuckets);
  return {
    count: (place: number, time: number): void => {
      const bucket = Math.floor((time - start) / width);
      if (bucket >= 0 && bucket < nBuckets) counts[place * nBuckets + bucket]++;
    },
    pack: (): PageDensity => {
      const codes = new Uint8Array(counts.length);
      const most = units.map((_, place) => {
        const row = counts.subarray(place * nBuckets, (place + 1) * nBuckets);
        const highest = row.reduce((best, count) => Math.max(best, count), 0);
        if (highest > 0) {
          row.forEach((count, i) => {
            codes[place * nBuckets + i] = Math.round((255 * count) / highest);
          });
        }
        return highest;
      });
      return { origin: start, width, nBuckets, most, codes: toBase64(codes) };
    },
  };
}
