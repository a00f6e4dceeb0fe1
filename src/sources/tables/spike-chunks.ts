import type { Span, SpikeChunk } from '../../model/chunk.ts';
import { lowerBound } from '../../model/spike-trains.ts';
import { isAscending, sortSpikes, sortTies, type TimedSpikes } from './timed-spikes.ts';

/** Spikes in the order of time, block by block, each of which may be filled anew when the next one is asked for. */
export type SpikeRun = AsyncIterator<TimedSpikes>;

/**
 * Merges runs of spikes into chunks of `chunkSeconds`, the last one shorter, cut as `spikeChunks` cuts spike trains. Spikes
 * of one time come in the order of their units, however the runs have them.
 * @param runs each in the order of time; all are closed at the end
 * Memory: one block of each run, and one chunk twice; 20 more bytes per spike of a chunk that has to be sorted.
 */
export async function* mergeChunks(
  runs: readonly SpikeRun[],
  { start, end }: Span,
  { nUnits, chunkSeconds }: { readonly nUnits: number; readonly chunkSeconds: number },
): AsyncGenerator<SpikeChunk> {
  const heads = runs.map((run) => new RunHead(run));
  const gathered = new Gathered();
  try {
    let from = start;
    for (let k = 1; from < end; k++) {
      const to = Math.min(start + k * chunkSeconds, end);
      if (to <= from) continue;
      for (const head of heads) await head.take(to, gathered);
      const { times, units } = inOrder(gathered.take(), nUnits);
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
  async take(before: number, gathered: Gathered): Promise<void> {
    for (;;) {
      const { times, units } = this.#block;
      const last = lowerBound(times, before, this.#at);
      gathered.add(times.subarray(this.#at, last), units.subarray(this.#at, last));
      this.#at = last;
      if (last < times.length || this.#isDone) return;
      const next = await this.#run.next();
      if (next.done) this.#isDone = true;
      else [this.#block, this.#at] = [next.value, 0];
    }
  }
}

/** Spikes that are gathered, in room that is used again. */
class Gathered {
  #times = new Float64Array(0);
  #units = new Int32Array(0);
  #n = 0;

  add(times: Float64Array, units: Int32Array): void {
    const n = this.#n + times.length;
    if (n > this.#times.length) {
      const [grownTimes, grownUnits] = [new Float64Array(2 * n), new Int32Array(2 * n)];
      grownTimes.set(this.#times.subarray(0, this.#n));
      grownUnits.set(this.#units.subarray(0, this.#n));
      [this.#times, this.#units] = [grownTimes, grownUnits];
    }
    this.#times.set(times, this.#n);
    this.#units.set(units, this.#n);
    this.#n = n;
  }

  /** All of them, in arrays of their own. */
  take(): TimedSpikes {
    const n = this.#n;
    this.#n = 0;
    return { times: this.#times.slice(0, n), units: this.#units.slice(0, n) };
  }
}
