import { ConfigError } from '../errors.ts';
import type { CountsChunk } from '../model/chunk.ts';
import { kernelRadius } from './gaussian-kernel.ts';
import type { Smoother, SmootherOptions } from './smoother.ts';
import { createRowBuilder, type RowBuilder, type RowEntries } from './sparse-rows.ts';

/** Rows that the kernel may reach back: the time for one row grows with them. */
const maxRadius = 10_000;

/**
 * Convolves counts with the half of a Gaussian that lies in the past: a row is the weighted mean of itself and the rows
 * within the kernel's radius before it, and comes out at once. This is another estimator than the whole Gaussian of the same
 * `sd`: on average it looks sd·√(2/π) back, and its spread is sd·√(1 - 2/π). Where rows are missing, before the first of a
 * run or, with `across: gaps`, of the stream and in gaps, the kernel is spread over those that are there. Rows are added in
 * ascending order. Memory: the rows within the radius, sparse.
 */
export function createCausalSmoother({ sd, truncate, across }: SmootherOptions): Smoother {
  let like: CountsChunk | undefined;
  let kernel: Float64Array = new Float64Array(0);
  let rows: RowBuilder = createRowBuilder(0);
  let past: Past = noPast();
  let lastEdge = Number.NaN;

  function prepare(chunk: CountsChunk): void {
    if (!like) {
      kernel = halfGaussian(sd / chunk.binSize, truncate, chunk.binSize);
      rows = createRowBuilder(chunk.nUnits);
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
    if (chunk.firstBin === 0) startRun(chunk);
    const nBefore = past.isMissing.length;
    past = joined(past, chunk);
    for (let row = nBefore; row < past.isMissing.length; row++) smoothRow(row);
    past = lastRows(past, kernel.length - 1);
    lastEdge = chunk.end;
    const smoothingSd = chunk.smoothingSd === 0 ? sd : Math.hypot(chunk.smoothingSd, sd);
    return [{ ...chunk, smoothingSd, smoothingSide: 'causal', ...rows.take() }];
  }

  function startRun({ start, binSize }: CountsChunk): void {
    const nMissing = Math.round((start - lastEdge) / binSize);
    // Beyond a gap wider than the kernel nothing is in reach, and neither is what a clock that starts over left behind.
    if (across === 'epochs' || !(nMissing >= 0 && nMissing < kernel.length)) past = noPast();
    else past = withMissing(past, nMissing);
  }

  function smoothRow(row: number): void {
    const { entries, isMissing } = past;
    const first = Math.max(0, row - kernel.length + 1);
    let isWhole = row - first === kernel.length - 1;
    let weight = 0;
    for (let other = first; other <= row; other++) {
      if (isMissing[other] === 1) {
        isWhole = false;
        continue;
      }
      weight += kernel[row - other];
      const [from, to] = [entries.offsets[other], entries.offsets[other + 1]];
      if (from < to) rows.addScaled(entries, from, to, kernel[row - other]);
    }
    rows.closeRow(isWhole ? 1 : weight);
  }

  return { push, finish: () => [] };
}

/** Weights of a row and of those before it, nearest first; they add up to 1. */
function halfGaussian(sd: number, truncate: number, binSize: number): Float64Array {
  const radius = kernelRadius(sd, truncate);
  if (radius > maxRadius) {
    throw new ConfigError({
      code: 'KERNEL_TOO_WIDE',
      found: `a kernel that reaches ${radius} bins of ${binSize} s back`,
      expected: `at most ${maxRadius}`,
      hint: 'take wider bins, or a smaller sd or truncate',
    });
  }
  const weights = Float64Array.from({ length: radius + 1 }, (_, lag) =>
    Math.exp((-0.5 * lag ** 2) / (sd * sd)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The rows within reach. */
interface Past {
  readonly entries: RowEntries;
  /** 1 for bins in a gap: one number per row. */
  readonly isMissing: Uint8Array;
}

function noPast(): Past {
  const [offsets, units, values] = [new Int32Array(1), new Int32Array(0), new Float64Array(0)];
  return { entries: { offsets, units, values }, isMissing: new Uint8Array(0) };
}

function joined({ entries, isMissing }: Past, chunk: CountsChunk): Past {
  const nRows = isMissing.length;
  const nBefore = entries.offsets[nRows];
  const [from, to] = [chunk.offsets[0], chunk.offsets[chunk.nBins]];
  const offsets = new Int32Array(nRows + chunk.nBins + 1);
  offsets.set(entries.offsets);
  for (let row = 1; row <= chunk.nBins; row++) {
    offsets[nRows + row] = nBefore + chunk.offsets[row] - from;
  }
  const units = new Int32Array(nBefore + to - from);
  units.set(entries.units);
  units.set(chunk.units.subarray(from, to), nBefore);
  const values = new Float64Array(nBefore + to - from);
  values.set(entries.values);
  values.set(chunk.values.subarray(from, to), nBefore);
  const missing = new Uint8Array(nRows + chunk.nBins);
  missing.set(isMissing);
  return { entries: { offsets, units, values }, isMissing: missing };
}

function withMissing({ entries, isMissing }: Past, n: number): Past {
  const nRows = isMissing.length;
  const offsets = new Int32Array(nRows + n + 1).fill(entries.offsets[nRows]);
  offsets.set(entries.offsets);
  const missing = new Uint8Array(nRows + n).fill(1);
  missing.set(isMissing);
  return { entries: { ...entries, offsets }, isMissing: missing };
}

function lastRows({ entries, isMissing }: Past, n: number): Past {
  const first = Math.max(0, isMissing.length - n);
  const from = entries.offsets[first];
  const to = entries.offsets[isMissing.length];
  return {
    entries: {
      offsets: entries.offsets.slice(first, isMissing.length + 1).map((offset) => offset - from),
      units: entries.units.slice(from, to),
      values: entries.values.slice(from, to),
    },
    isMissing: isMissing.slice(first),
  };
}
