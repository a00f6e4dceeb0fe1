import { ConfigError } from '../errors.ts';
import type { Bins, CountsChunk } from '../model/chunk.ts';
import { gaussianKernel, kernelRadius } from './gaussian-kernel.ts';
import type { TakeValues } from './kernel-sums.ts';
import { createSmoothingWindow } from './smoothing-window.ts';
import { createRowBuilder, type RowBuilder, type RowEntries } from './sparse-rows.ts';

export type Across = 'epochs' | 'gaps';

export interface Smoother {
  readonly push: (chunk: CountsChunk) => CountsChunk[];
  /** The rows that waited for what might have followed. */
  readonly finish: () => CountsChunk[];
}

/** Rows that a kernel may reach to each side: the time for one row grows with them. */
const maxRadius = 10_000;

export interface SmootherOptions {
  /** Standard deviation of the kernel, in seconds. */
  readonly sd: number;
  readonly truncate: number;
  readonly across: Across;
}

/** Bins that are known and not yet smoothed, all of one run. */
type Waiting = { -readonly [K in keyof Omit<Bins, 'start'>]: Bins[K] };

/**
 * Convolves counts with a Gaussian along time. A row comes out when the rows within the kernel's
 * radius r are known. `epochs`: each run by itself, continued by its mirror image at both ends.
 * `gaps`: all runs are one sequence, in which a gap stands as its whole number of missing bins and
 * the kernel is spread over the bins that are there, (K*V)/(K*W); mirrored at the two outer ends
 * only. Rows are added in ascending order. Memory: 3r + 1 rows, sparse.
 * Source of `gaps`: nelpy's smoothing across intervals.
 * @param aside takes, once it knows the number of units, the smoothed values of each of them in the order of their rows;
 *   the chunks then come without rows, each after its values
 */
export function createSmoother(
  { sd, truncate, across }: SmootherOptions,
  aside?: (nUnits: number) => TakeValues,
): Smoother {
  const waiting: Waiting[] = [];
  let window = createSmoothingWindow(0, new Float64Array(1));
  let radius = 0;
  let like: CountsChunk | undefined;
  let rows: RowBuilder = createRowBuilder(0);
  let take: TakeValues | undefined;
  let next = 0;
  let lastEdge = Number.NaN;

  function prepare(chunk: CountsChunk): void {
    if (!like) {
      const sdInBins = sd * (1 / chunk.binSize);
      radius = kernelRadius(sdInBins, truncate);
      if (radius > maxRadius) throw tooWide(radius, chunk.binSize);
      window = createSmoothingWindow(chunk.nUnits, gaussianKernel(sdInBins, radius));
      rows = createRowBuilder(chunk.nUnits);
      take = aside?.(chunk.nUnits);
      like = chunk;
    }
    if (like.binSize === chunk.binSize && like.nUnits === chunk.nUnits) return;
    throw new ConfigError({
      code: 'BINS_MISMATCH',
      found: `a chunk of ${chunk.nUnits} units in bins of ${chunk.binSize} s`,
      expected: `${like.nUnits} units in bins of ${like.binSize} s, as before it`,
    });
  }

  function push(chunk: CountsChunk): CountsChunk[] {
    if (chunk.nBins === 0) return [];
    prepare(chunk);
    const done = chunk.firstBin === 0 ? startRun(chunk) : [];
    window.appendRows(chunk);
    wait(chunk);
    lastEdge = chunk.end;
    done.push(...emitBefore(window.length() - radius));
    window.dropBefore(Math.max(0, next - radius));
    return done;
  }

  function startRun({ start, binSize }: CountsChunk): CountsChunk[] {
    if (window.length() === 0) return [];
    if (across === 'epochs') return finish();
    const nMissing = Math.floor((start - lastEdge) / (1 / (1 / binSize)));
    // What lies beyond a gap wider than the kernel is out of reach, however wide the gap.
    window.appendMissing(Math.max(0, Math.min(nMissing, 2 * radius + 1)));
    return [];
  }

  function wait({ end, origin, step, binSize, firstBin, nBins }: CountsChunk): void {
    const last = waiting.at(-1);
    if (last && firstBin > 0) {
      last.nBins += nBins;
      last.end = end;
    } else waiting.push({ end, origin, step, binSize, firstBin, nBins });
  }

  /** Smooths the waiting rows at positions below `limit`, one chunk per run. */
  function emitBefore(limit: number): CountsChunk[] {
    const done: CountsChunk[] = [];
    while (next < limit) {
      const run = waiting[0];
      if (window.isMissing(next) || run === undefined) {
        next++;
        continue;
      }
      const nBins = Math.min(run.nBins, limit - next);
      if (take) window.smoothByUnit(take, next, next + nBins);
      else window.smoothInto(rows, next, next + nBins);
      next += nBins;
      done.push(takeBins(run, nBins));
      if (run.nBins === 0) waiting.shift();
    }
    return done;
  }

  function takeBins(run: Waiting, nBins: number): CountsChunk {
    const { origin, step, binSize, firstBin } = run;
    run.firstBin += nBins;
    run.nBins -= nBins;
    const start = origin + firstBin * step;
    const end = run.nBins === 0 ? run.end : origin + run.firstBin * step;
    const grid = { start, end, origin, step, binSize, firstBin, nBins };
    const nUnits = like?.nUnits ?? 0;
    const before = like?.smoothingSd ?? 0;
    const smoothingSd = before === 0 ? sd : Math.hypot(before, sd);
    const { smoothingSide } = like ?? {};
    const entries = take ? noRows : rows.take();
    return { kind: 'counts', ...grid, nUnits, smoothingSd, smoothingSide, ...entries };
  }

  function finish(): CountsChunk[] {
    const done = emitBefore(window.length());
    window.clear();
    next = 0;
    return done;
  }

  return { push, finish };
}

const noRows: RowEntries = {
  offsets: new Int32Array(0),
  units: new Int32Array(0),
  values: new Float64Array(0),
};

function tooWide(radius: number, binSize: number): ConfigError {
  return new ConfigError({
    code: 'KERNEL_TOO_WIDE',
    found: `a kernel that reaches ${radius} bins of ${binSize} s to each side`,
    expected: `at most ${maxRadius}`,
    hint: 'take wider bins, or a smaller sd or truncate',
  });
}
