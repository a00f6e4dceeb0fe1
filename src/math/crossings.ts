import type { ActivationChunk, Trigger } from '../model/chunk.ts';

export interface CrossingOptions {
  readonly level: number;
  /** Seconds after a crossing in which others are passed over. */
  readonly refractory: number;
  /** Whether a crossing silences its own assembly or all of them. */
  readonly silences: 'assembly' | 'all';
  /** The only assembly to look at, from 1; all when left out. */
  readonly assembly?: number | undefined;
}

export interface Crossings {
  /** The crossings of a chunk by time, those of one bin by assembly. */
  readonly push: (chunk: ActivationChunk) => Trigger[];
  /** Crossings that fell into a refractory time. */
  readonly nRefractory: () => number;
}

/**
 * Finds where activation crosses a level upward: a bin at or above it after a bin of the same run below it. A run that begins
 * above the level has to fall below it first, and NaN is neither above nor below. The crossing's time is the centre of its
 * bin; the refractory time ends with the first bin whose centre is at least so much later, and what crosses within it is
 * passed over for good. Memory: two numbers per assembly.
 */
export function createCrossings(options: CrossingOptions): Crossings {
  const { level, refractory, silences, assembly } = options;
  let isBelow = new Uint8Array(0);
  let last = new Float64Array(0);
  let lastOfAll = Number.NEGATIVE_INFINITY;
  let nRefractory = 0;

  function begin(chunk: ActivationChunk): void {
    const nAssemblies = chunk.columns.length;
    if (last.length !== nAssemblies) {
      isBelow = new Uint8Array(nAssemblies);
      last = new Float64Array(nAssemblies).fill(Number.NEGATIVE_INFINITY);
    } else if (chunk.firstBin === 0) isBelow.fill(0);
    // A clock that starts over must not leave assemblies silent until it has caught up.
    if (chunk.firstBin !== 0 || chunk.nBins === 0) return;
    const [time] = chunk.times;
    for (let a = 0; a < nAssemblies; a++) if (last[a] > time) last[a] = Number.NEGATIVE_INFINITY;
    if (lastOfAll > time) lastOfAll = Number.NEGATIVE_INFINITY;
  }

  /** Whether `time` is at least the refractory time behind the crossing at `since`. */
  const isOver = (time: number, since: number): boolean => time - since >= refractory * (1 - 1e-9);

  function push(chunk: ActivationChunk): Trigger[] {
    begin(chunk);
    const { columns, times, nBins } = chunk;
    const first = assembly === undefined ? 0 : assembly - 1;
    const end = assembly === undefined ? columns.length : Math.min(assembly, columns.length);
    const found: Trigger[] = [];
    for (let row = 0; row < nBins; row++) {
      const time = times[row];
      for (let a = first; a < end; a++) {
        const value = columns[a][row];
        const isCrossing = value >= level && isBelow[a] === 1;
        isBelow[a] = value < level ? 1 : 0;
        if (!isCrossing) continue;
        if (!isOver(time, silences === 'all' ? lastOfAll : last[a])) {
          nRefractory++;
          continue;
        }
        last[a] = time;
        lastOfAll = time;
        found.push({ kind: 'trigger', time, assembly: a + 1, value });
      }
    }
    return found;
  }

  return { push, nRefractory: () => nRefractory };
}
