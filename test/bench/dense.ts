/**
 * The same work as the operators do on sparse rows, done on every bin of every unit: what it would cost without their
 * arithmetic. Loops over flat arrays as fast as we know how to write them in JavaScript; block by block, so that a
 * block stays in the cache; nothing is allocated from block to block.
 */
export interface DenseInput {
  readonly start: number;
  readonly end: number;
  readonly nUnits: number;
  /** Ascending, in seconds. */
  readonly times: Float64Array;
  readonly units: Int32Array;
  readonly binSize: number;
  /** Samples of the kernel, odd in number; undefined leaves the counts as they are. */
  readonly kernel: Float64Array | undefined;
}

export interface DenseMoments {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

/** Rows of a block, a multiple of three: with 75 units some 300 KB. */
const blockRows = 510;

/** Whole bins between start and end. */
export function countBins({ start, end, binSize }: DenseInput): number {
  return binOf(end, start, binSize);
}

/** Mean and population standard deviation of each unit. */
export function denseMoments(input: DenseInput): DenseMoments {
  const { nUnits } = input;
  const nBins = countBins(input);
  const sums = new Float64Array(nUnits);
  const squares = new Float64Array(nUnits);
  smoothBlocks(input, (rows, nRows) => {
    const end = nRows * nUnits;
    let at = 0;
    // Four rows at a time, so that the sums are read and written a quarter as often.
    for (; at + 4 * nUnits <= end; at += 4 * nUnits) {
      for (let unit = 0, i = at; unit < nUnits; unit++, i++) {
        const a = rows[i];
        const b = rows[i + nUnits];
        const c = rows[i + 2 * nUnits];
        const d = rows[i + 3 * nUnits];
        sums[unit] += a + b + (c + d);
        squares[unit] += a * a + b * b + (c * c + d * d);
      }
    }
    for (; at < end; at += nUnits) {
      for (let unit = 0; unit < nUnits; unit++) {
        const x = rows[at + unit];
        sums[unit] += x;
        squares[unit] += x * x;
      }
    }
  });
  const mean = sums.map((sum) => sum / nBins);
  const sd = squares.map((square, unit) => Math.sqrt(square / nBins - mean[unit] ** 2));
  return { mean, sd };
}

/**
 * Activation strength of each pattern in each bin, (w·z)² − Σ wᵢ²zᵢ².
 * @param take called block by block with the first row, the rows and one column per pattern
 */
export function denseActivation(
  input: DenseInput,
  { mean, sd }: DenseMoments,
  weights: readonly Float64Array[],
  take: (first: number, nRows: number, columns: readonly Float64Array[]) => void,
): void {
  const { nUnits } = input;
  const inverse = sd.map((value) => (value > 0 ? 1 / value : 0));
  const pairs = Array.from({ length: Math.ceil(weights.length / 2) }, (_, pair) => 2 * pair);
  const z = new Float64Array(blockRows * nUnits);
  const columns = weights.map(() => new Float64Array(blockRows));
  let first = 0;
  smoothBlocks(input, (rows, nRows) => {
    for (let at = 0; at < nRows * nUnits; at += nUnits) {
      for (let unit = 0; unit < nUnits; unit++) {
        z[at + unit] = (rows[at + unit] - mean[unit]) * inverse[unit];
      }
    }
    for (const p of pairs) {
      // The last of an odd number is done twice.
      const q = Math.min(p + 1, weights.length - 1);
      projectPair(z, nRows, [weights[p], weights[q]], [columns[p], columns[q]]);
    }
    take(first, nRows, columns);
    first += nRows;
  });
}

/** Two patterns by three rows: what is read serves twice or three times, and twelve sums go on side by side. */
function projectPair(
  z: Float64Array,
  nRows: number,
  [first, second]: readonly [Float64Array, Float64Array],
  [a, b]: readonly [Float64Array, Float64Array],
): void {
  const nUnits = first.length;
  for (let row = 0; row < nRows; row += 3) {
    let [s0, s1, s2, s3, s4, s5] = [0, 0, 0, 0, 0, 0];
    let [d0, d1, d2, d3, d4, d5] = [0, 0, 0, 0, 0, 0];
    for (let unit = 0, i = row * nUnits; unit < nUnits; unit++, i++) {
      const v = first[unit];
      const w = second[unit];
      const x0 = z[i];
      const x1 = z[i + nUnits];
      const x2 = z[i + 2 * nUnits];
      const t0 = v * x0;
      const t1 = v * x1;
      const t2 = v * x2;
      const t3 = w * x0;
      const t4 = w * x1;
      const t5 = w * x2;
      s0 += t0;
      s1 += t1;
      s2 += t2;
      s3 += t3;
      s4 += t4;
      s5 += t5;
      d0 += t0 * t0;
      d1 += t1 * t1;
      d2 += t2 * t2;
      d3 += t3 * t3;
      d4 += t4 * t4;
      d5 += t5 * t5;
    }
    a[row] = s0 * s0 - d0;
    a[row + 1] = s1 * s1 - d1;
    a[row + 2] = s2 * s2 - d2;
    b[row] = s3 * s3 - d3;
    b[row + 1] = s4 * s4 - d4;
    b[row + 2] = s5 * s5 - d5;
  }
}

/** Counts, smoothed where there is a kernel, in blocks of rows; what `take` is given is used again. */
function smoothBlocks(input: DenseInput, take: (rows: Float64Array, nRows: number) => void): void {
  const { nUnits, kernel } = input;
  const nBins = countBins(input);
  const radius = kernel ? (kernel.length - 1) / 2 : 0;
  const countUntil = createCounter(input);
  // Row 0 holds bin `from - radius`. What lies beyond an end is the mirror image of what lies before it.
  const counts = new Float64Array((blockRows + 2 * radius) * nUnits);
  const convolve = kernel && createConvolution(kernel, nUnits);
  const smoothed = kernel ? new Float64Array(blockRows * nUnits) : counts;
  for (let from = 0; from < nBins; from += blockRows) {
    const to = Math.min(from + blockRows, nBins);
    counts.copyWithin(0, blockRows * nUnits);
    counts.fill(0, from === 0 ? 0 : 2 * radius * nUnits);
    countUntil(Math.min(to + radius, nBins), counts, from - radius);
    for (let k = 0; from === 0 && k < radius; k++) {
      copyRow(counts, radius + k, radius - 1 - k, nUnits);
    }
    const last = nBins - 1 - from + radius;
    for (let k = 0; to + radius > nBins && k < radius; k++) {
      copyRow(counts, last - k, last + 1 + k, nUnits);
    }
    convolve?.(counts, smoothed, (to - from) * nUnits);
    take(smoothed, to - from);
  }
}

function copyRow(rows: Float64Array, from: number, to: number, nUnits: number): void {
  rows.copyWithin(to * nUnits, from * nUnits, (from + 1) * nUnits);
}

type Convolve = (counts: Float64Array, out: Float64Array, length: number) => void;

/**
 * One expression with all taps in it, in pairs about the middle: written out for the kernel it is half as fast again
 * as a loop over taps. As a flat array, a row further is `nUnits` entries further.
 */
function createConvolution(kernel: Float64Array, nUnits: number): Convolve {
  const radius = (kernel.length - 1) / 2;
  const terms = [`${kernel[radius]} * counts[m]`];
  for (let tap = 1; tap <= radius; tap++) {
    const far = tap * nUnits;
    terms.push(`${kernel[radius + tap]} * (counts[m - ${far}] + counts[m + ${far}])`);
  }
  return new Function(
    'counts, out, length',
    `for (let i = 0, m = ${radius * nUnits}; i < length; i++, m++) out[i] = ${terms.join(' + ')};`,
  ) as Convolve;
}

/** Counts the spikes of bins before `until` that it has not counted yet; the row of bin `b` is `b - firstBin`. */
function createCounter({ start, times, units, nUnits, binSize }: DenseInput) {
  let next = 0;
  return (until: number, counts: Float64Array, firstBin: number): void => {
    for (; next < times.length; next++) {
      const bin = binOf(times[next], start, binSize);
      if (bin >= until) return;
      counts[(bin - firstBin) * nUnits + units[next]]++;
    }
  };
}

/** The bin whose edges, in doubles, enclose the time. */
function binOf(t: number, start: number, binSize: number): number {
  const k = Math.floor((t - start) / binSize);
  if (t < start + k * binSize) return k - 1;
  return t >= start + (k + 1) * binSize ? k + 1 : k;
}
