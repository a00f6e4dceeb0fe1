import { ConfigError } from '../errors.ts';
import type { CountsChunk, Moments, ZscoredChunk } from '../model/chunk.ts';
import { type Intervals, mergeIntervals } from '../model/epochs.ts';
import type { TakeValues } from './kernel-sums.ts';
import { isWithin } from './search.ts';
import type { RowEntries } from './sparse-rows.ts';

export interface MomentsAccumulator {
  /** Adds the rows of a chunk, or those of them that `isCounted` accepts. */
  readonly add: (chunk: CountsChunk, isCounted?: (row: number) => boolean) => void;
  /** Adds entries of one unit that follow those added before; `addBins` tells the rows that they are of. */
  readonly addOfUnit: TakeValues;
  /** Adds the bins of a chunk, the entries of which come by `addOfUnit`, before or after. */
  readonly addBins: (bins: Omit<CountsChunk, keyof RowEntries>) => void;
  readonly result: () => Moments;
}

/** Moments over nothing, of no unit. */
export const noMoments: Moments = {
  kind: 'moments',
  mean: new Float64Array(0),
  sd: new Float64Array(0),
  isConstant: new Uint8Array(0),
  nBins: 0,
  binSize: 0,
  smoothingSd: 0,
};

/**
 * Mean and population standard deviation of each unit over rows of counts, zeros included. Each
 * unit's entries are summed one by one, as differences from its first entry, so cuts between chunks
 * change no bit; the zeros, which are not visited, are joined at the end by the formula for two
 * groups, which cannot cancel. Whole counts give the mean correctly rounded; else the relative
 * error grows as the square root of the number of entries, some 1e-13 for a million. No rows: mean
 * 0, sd 0, all constant. Memory: seven numbers per unit.
 * Source: Chan, Golub & LeVeque 1983, Am Stat, doi 10.1080/00031305.1983.10483115
 */
export function createMomentsAccumulator(nUnits: number): MomentsAccumulator {
  const shift = new Float64Array(nUnits);
  const sum = new Float64Array(nUnits);
  const sumOfSquares = new Float64Array(nUnits);
  const nEntries = new Float64Array(nUnits);
  const min = new Float64Array(nUnits).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(nUnits).fill(Number.NEGATIVE_INFINITY);
  let nBins = 0;
  let binSize = 0;
  let smoothingSd = 0;
  let smoothingSide: Moments['smoothingSide'];

  function addEntries({ units, values }: CountsChunk, from: number, to: number): void {
    for (let entry = from; entry < to; entry++) {
      const unit = units[entry];
      const x = values[entry];
      if (nEntries[unit]++ === 0) shift[unit] = x;
      const d = x - shift[unit];
      sum[unit] += d;
      sumOfSquares[unit] += d * d;
      if (x < min[unit]) min[unit] = x;
      if (x > max[unit]) max[unit] = x;
    }
  }

  function addOfUnit(unit: number, values: Float64Array, from: number, to: number): void {
    if (from < to && nEntries[unit] === 0) shift[unit] = values[from];
    nEntries[unit] += to - from;
    const first = shift[unit];
    let total = sum[unit];
    let squares = sumOfSquares[unit];
    let least = min[unit];
    let most = max[unit];
    for (let i = from; i < to; i++) {
      const x = values[i];
      const d = x - first;
      total += d;
      squares += d * d;
      if (x < least) least = x;
      if (x > most) most = x;
    }
    sum[unit] = total;
    sumOfSquares[unit] = squares;
    min[unit] = least;
    max[unit] = most;
  }

  function addBins(bins: Omit<CountsChunk, keyof RowEntries>): void {
    expectUnits(bins);
    ({ binSize, smoothingSd, smoothingSide } = bins);
    nBins += bins.nBins;
  }

  function expectUnits(chunk: Pick<CountsChunk, 'nUnits'>): void {
    if (chunk.nUnits === nUnits) return;
    throw new ConfigError({
      code: 'UNITS_MISMATCH',
      found: `a chunk of ${chunk.nUnits} units`,
      expected: `${nUnits}, as in the chunks before it`,
    });
  }

  function add(chunk: CountsChunk, isCounted?: (row: number) => boolean): void {
    const { offsets } = chunk;
    if (!isCounted) {
      addBins(chunk);
      addEntries(chunk, offsets[0], offsets[chunk.nBins]);
      return;
    }
    addBins({ ...chunk, nBins: 0 });
    for (let row = 0; row < chunk.nBins; row++) {
      if (!isCounted(row)) continue;
      addEntries(chunk, offsets[row], offsets[row + 1]);
      nBins++;
    }
  }

  function result(): Moments {
    const mean = new Float64Array(nUnits);
    const sd = new Float64Array(nUnits);
    const isConstant = new Uint8Array(nUnits);
    for (let unit = 0; unit < nUnits; unit++) {
      const n = nEntries[unit];
      const hasZeros = n < nBins;
      const least = hasZeros ? Math.min(0, min[unit]) : min[unit];
      const most = hasZeros ? Math.max(0, max[unit]) : max[unit];
      isConstant[unit] = nBins === 0 || least === most ? 1 : 0;
      if (n === 0) continue;
      mean[unit] = (n * shift[unit] + sum[unit]) / nBins;
      if (isConstant[unit] === 1) continue;
      const meanOfEntries = shift[unit] + sum[unit] / n;
      const within = sumOfSquares[unit] - (sum[unit] * sum[unit]) / n;
      const between = meanOfEntries * meanOfEntries * n * ((nBins - n) / nBins);
      sd[unit] = Math.sqrt(Math.max(0, within + between) / nBins);
    }
    const over = { nBins, binSize, smoothingSd, smoothingSide };
    return { kind: 'moments', mean, sd, isConstant, ...over };
  }

  return { add, addOfUnit, addBins, result };
}

const noCounts: CountsChunk = {
  kind: 'counts',
  start: 0,
  end: 0,
  origin: 0,
  step: 0,
  binSize: 0,
  firstBin: 0,
  nBins: 0,
  nUnits: 0,
  smoothingSd: 0,
  offsets: new Int32Array(1),
  units: new Int32Array(0),
  values: new Float64Array(0),
};

/**
 * Gathers moments over the chunks that pass. Bins count when their centre lies in one of `over`,
 * which is merged first; all do where it is undefined. `close` makes a chunk without bins that
 * carries the moments. `aside` is for entries that come apart from their chunks, which then have bins alone. Memory: a few
 * numbers per unit.
 */
export function createMomentsGatherer(over?: Intervals) {
  const merged = over && mergeIntervals(over);
  let accumulator: MomentsAccumulator | undefined;
  let isAside = false;
  let last = noCounts;

  function aside(nUnits: number): TakeValues {
    accumulator = createMomentsAccumulator(nUnits);
    isAside = true;
    return accumulator.addOfUnit;
  }

  function push(counts: CountsChunk): ZscoredChunk {
    accumulator ??= createMomentsAccumulator(counts.nUnits);
    const { origin, step, binSize, firstBin } = counts;
    const isCounted = (row: number): boolean =>
      merged === undefined || isWithin(merged, origin + (firstBin + row) * step + binSize / 2);
    if (isAside) accumulator.addBins(counts);
    else accumulator.add(counts, merged && isCounted);
    last = counts;
    return { kind: 'zscored', counts, moments: undefined };
  }

  function close(): { kind: 'zscored'; counts: CountsChunk; moments: Moments } {
    const moments = (accumulator ?? createMomentsAccumulator(0)).result();
    const { end, origin, step, binSize, nUnits, smoothingSd, smoothingSide } = last;
    const firstBin = last.firstBin + last.nBins;
    const grid = { start: end, end, origin, step, binSize, firstBin };
    const counts = { ...noCounts, ...grid, nUnits, smoothingSd, smoothingSide };
    return { kind: 'zscored', counts, moments };
  }

  return { aside, push, close };
}

/**
 * Moments in the order of `unitIds`, matched by id; those of units that are not asked for are left out. Moments that
 * know no ids are taken to be in that order already.
 * @throws ConfigError that names the units without moments
 */
export function arrangeMoments(moments: Moments, unitIds: Int32Array): Moments {
  const { unitIds: known, mean, sd, isConstant } = moments;
  if (known === undefined) return moments;
  const places = new Map(Array.from(known, (id, index) => [id, index]));
  const missing = unitIds.filter((id) => !places.has(id));
  if (missing.length > 0) {
    throw new ConfigError({
      code: 'MOMENTS_MISSING',
      found: `no moments for ${missing.length} of ${unitIds.length} units: ${missing.slice(0, 12).join(', ')}`,
      expected: 'mean and SD of every unit',
      hint: 'take moments of a run over the same recording with the same choice of units',
    });
  }
  const order = Array.from(unitIds, (id) => places.get(id) ?? 0);
  return {
    ...moments,
    mean: Float64Array.from(order, (place) => mean[place]),
    sd: Float64Array.from(order, (place) => sd[place]),
    isConstant: Uint8Array.from(order, (place) => isConstant[place]),
    unitIds,
  };
}

function expectSameSide(moments: Moments, counts: CountsChunk): void {
  const nameOf = (of: Pick<Moments, 'smoothingSide'>): string =>
    `${of.smoothingSide ?? 'centred'} smoothing`;
  if (nameOf(moments) === nameOf(counts)) return;
  throw new ConfigError({
    code: 'MOMENTS_MISMATCH',
    message: 'the moments do not belong to these counts',
    found: `moments over counts with ${nameOf(moments)}`,
    expected: `${nameOf(counts)}, as the counts have`,
    hint: 'gather the moments over counts that are smoothed in the same way',
  });
}

/**
 * Refuses moments that were gathered over other units, bins or smoothing than the counts they are
 * to scale.
 * @throws ConfigError that says both
 */
export function expectMomentsFit(moments: Moments, counts: CountsChunk): void {
  const pairs = [
    ['units', moments.mean.length, counts.nUnits],
    ['s bin size', moments.binSize, counts.binSize],
    ['s smoothing SD', moments.smoothingSd, counts.smoothingSd],
  ] as const;
  const differing = pairs.filter(([, a, b]) => Math.abs(a - b) > 1e-9 * Math.abs(b));
  if (differing.length === 0) {
    expectSameSide(moments, counts);
    return;
  }
  throw new ConfigError({
    code: 'MOMENTS_MISMATCH',
    message: 'the moments do not belong to these counts',
    found: `moments over ${differing.map(([what, a]) => `${a} ${what}`).join(', ')}`,
    expected: `${differing.map(([what, , b]) => `${b} ${what}`).join(', ')}, as the counts have`,
    hint: 'gather the moments over counts of the same units, bin size and smoothing',
  });
}
