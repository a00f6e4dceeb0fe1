import type { Span, SpikeChunk } from '../../model/chunk.ts';
import { lowerBound } from '../../model/spike-trains.ts';
import { isAscending, sortSpikes, sortTies, type TimedSpikes } from './timed-spikes.ts';

/** Spikes in the order of time, block by block. */
export type SpikeRun = AsyncIterator<TimedSpikes>;

/**
 * Merges runs of spikes into chunks of `chunkSeconds`, the last one shorter, cut as `spikeChunks` cuts spike trains. Spikes
 * of one time come in the order of their units, however the runs have them.
 * @param runs each in the order of time; all are closed at the end
 * Memory: one block of each run, and one chunk; 20 more bytes per spike of a chunk that has to be sorted.
 */
export async function* mergeChunks(
  runs: readonly SpikeRun[],
  { start, end }: Span,
  { nUnits, chunkSeconds }: { readonly nUnits: number; readonly chunkSeconds: number },
): AsyncGenerator<SpikeChunk> {
  const heads = runs.map((run) => new RunHead(run));
  try {
    let from = start;
    for (let k = 1; from < end; k++) {
      const to = Math.min(start + k * chunkSeconds, end);
      if (to <= from) continue;
      const parts: TimedSpikes[] = [];
      for (const head of heads) await head.take(to, parts);
      const { times, units } = inOrder(concatenate(parts), nUnits);
      yield { kind: 'spikes', start: from, end: to, nUnits, times, units, runEnd: end };
      from = to;
    }
  } finally {
    for (const run of runs) await run.return?.();
  }
}

function inOrder(spikes: TimedSpikes, nUnits: number): TimedSpikes {
  if (!isAscending(spikes.times)) return sortSpikes(spikes, nUnits);
  sortTies(spikes);
  return spikes;
}

/** The block of a run that is being consumed. */
class RunHead {
  #run: SpikeRun;
  #block: TimedSpikes = { times: new Float64Array(0), units: new Int32Array(0) };
  #at = 0;
  #isDone = false;

  constructor(run: SpikeRun) {
    this.#run = run;
  }

  /** Takes the spikes before a time. */
  async take(before: number, parts: TimedSpikes[]): Promise<void> {
    for (;;) {
      const { times, units } = this.#block;
      const last = lowerBound(times, before, this.#at);
      if (last > this.#at) {
        parts.push({
          times: times.subarray(this.#at, last),
          units: units.subarray(this.#at, last),
        });
      }
      this.#at = last;
      if (last < times.length || this.#isDone) return;
      const next = await this.#run.next();
      if (next.done) this.#isDone = true;
      else [this.#block, this.#at] = [next.value, 0];
    }
  }
}

function concatenate(parts: readonly TimedSpikes[]): TimedSpikes {
  const nSpikes = parts.reduce((sum, { times }) => sum + times.length, 0);
  const [times, units] = [new Float64Array(nSpikes), new Int32Array(nSpikes)];
  let at = 0;
  for (const part of parts) {
    times.set(part.times, at);
    units.set(part.units, at);
    at += part.times.length;
  }
  return { times, units };
}
