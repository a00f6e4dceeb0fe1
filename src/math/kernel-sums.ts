import type { RowBuilder, RowEntries } from './sparse-rows.ts';

/** Rows of a sequence that are held: entries of the row at position `first` are those of row 0, and so on. */
export interface HeldRows extends RowEntries {
  readonly first: number;
}

/** Takes consecutive values of one unit; the array is used again. */
export type TakeValues = (unit: number, values: Float64Array, from: number, to: number) => void;

/** The sums that a kernel makes of the rows it can reach, where it reaches none that is not there. */
export interface KernelSums {
  /**
   * Adds the sums of the rows at positions `from` to `to`, each divided by `divisor`, to `rows`. Held are all rows from
   * `from` - radius to `to` + radius.
   */
  readonly emit: (
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    rows: RowBuilder,
  ) => void;
  /** The same values, but those of a unit all together, in the order of their rows: for whoever needs no rows. */
  readonly emitByUnit: (
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    take: TakeValues,
  ) => void;
}

/** Rows that are made at once, at least: as many as stay near the processor. */
const blockRows = 512;

/**
 * Takes the units one by one: the entries of one lie far apart, so that most of its sums are a kernel times a number, and
 * its rows come in stretches. A row names each unit that it can reach, ascending; empty rows cost next to nothing. Rows are
 * added to a sum in ascending order, whatever the order of their entries. Memory: the entries of some hundred rows,
 * or of six times the radius.
 */
export function createKernelSums(nUnits: number, kernel: Float64Array): KernelSums {
  const radius = (kernel.length - 1) / 2;
  const most = Math.max(blockRows, 4 * radius);
  // Of each unit, where its entries begin, and behind the last where those end.
  const starts = new Int32Array(nUnits + 2);
  let sources = new Int32Array(0);
  let values = new Float64Array(0);
  let places = new Int32Array(0);
  // All 0 between the blocks.
  let sums = new Float64Array(0);
  let stretch = new Float64Array(0);

  function makeRoom(nRows: number, nEntries: number): void {
    if (nRows + 1 > places.length) {
      places = new Int32Array(nRows + 1);
      sums = new Float64Array(nRows);
      stretch = new Float64Array(nRows);
    }
    if (nEntries <= sources.length) return;
    sources = new Int32Array(2 * nEntries);
    values = new Float64Array(2 * nEntries);
  }

  /** The entries that reach rows `from` to `to`, by unit; positions count from `from` on. */
  function sortEntries(held: HeldRows, from: number, to: number): void {
    const firstRow = from - radius - held.first;
    const endRow = to + radius - held.first;
    makeRoom(to - from, held.offsets[endRow] - held.offsets[firstRow]);
    byUnit(held, firstRow, endRow, radius, starts, sources, values);
  }

  function emitBlock(
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    rows: RowBuilder,
  ): void {
    const nRows = to - from;
    sortEntries(held, from, to);
    const nSums = placeRows(starts, sources, nRows, radius, places);
    const out = rows.reserve(nRows, nSums);
    for (let row = 0; row < nRows; row++) places[row] += out.entry;
    for (let unit = 0; unit < nUnits; unit++) {
      if (starts[unit] === starts[unit + 1]) continue;
      addUnit(unit, starts, sources, values, kernel, nRows, places, sums, out.units, out.values);
    }
    // Each place has moved on to where the next row begins.
    for (let row = 0; row < nRows; row++) out.offsets[out.row + row + 1] = places[row];
    const end = out.entry + nSums;
    if (divisor !== 1) for (let i = out.entry; i < end; i++) out.values[i] /= divisor;
    rows.addReserved(out.row + nRows, end);
  }

  function emitBlockByUnit(
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    take: TakeValues,
  ): void {
    sortEntries(held, from, to);
    const divideAndTake: TakeValues = (unit, sums, first, until) => {
      for (let row = first; row < until; row++) sums[row] /= divisor;
      take(unit, sums, first, until);
    };
    const taken = divisor === 1 ? take : divideAndTake;
    for (let unit = 0; unit < nUnits; unit++) {
      eachStretch(unit, starts, sources, values, kernel, to - from, stretch, taken);
    }
  }

  /** In blocks of rows. */
  const inBlocks = (from: number, to: number, work: (from: number, to: number) => void): void => {
    for (let start = from; start < to; start += most) work(start, Math.min(to, start + most));
  };

  return {
    emit: (held, from, to, divisor, rows) =>
      inBlocks(from, to, (start, end) => emitBlock(held, start, end, divisor, rows)),
    emitByUnit: (held, from, to, divisor, take) =>
      inBlocks(from, to, (start, end) => emitBlockByUnit(held, start, end, divisor, take)),
  };
}

/**
 * Sorts the entries of rows `first` to `end` by unit, each unit's by row: `sources` are rows, counted from the one that
 * lies `radius` behind the first.
 */
function byUnit(
  { offsets, units, values }: HeldRows,
  first: number,
  end: number,
  radius: number,
  starts: Int32Array,
  sources: Int32Array,
  sorted: Float64Array,
): void {
  starts.fill(0);
  const last = offsets[end];
  // Counted two places on, so that dealing them out leaves each start in its own.
  for (let entry = offsets[first]; entry < last; entry++) starts[units[entry] + 2]++;
  for (let unit = 2; unit < starts.length; unit++) starts[unit] += starts[unit - 1];
  let entry = offsets[first];
  for (let row = first; row < end; row++) {
    const until = offsets[row + 1];
    for (; entry < until; entry++) {
      const place = starts[units[entry] + 1]++;
      sources[place] = row - first - radius;
      sorted[place] = values[entry];
    }
  }
}

/**
 * Where the sums of each row begin among those of all rows, which have one for each unit that they reach.
 * @returns how many there are
 */
function placeRows(
  starts: Int32Array,
  sources: Int32Array,
  nRows: number,
  radius: number,
  places: Int32Array,
): number {
  // First how many units come within reach at a row, less those that leave it.
  places.fill(0, 0, nRows + 1);
  const nUnits = starts.length - 2;
  for (let unit = 0; unit < nUnits; unit++) {
    const end = starts[unit + 1];
    let reached = Number.NEGATIVE_INFINITY;
    for (let entry = starts[unit]; entry < end; entry++) {
      const source = sources[entry];
      if (source - radius > reached) {
        if (reached >= 0) places[Math.min(nRows, reached)]--;
        places[Math.max(0, source - radius)]++;
      }
      reached = source + radius + 1;
    }
    if (reached >= 0) places[Math.min(nRows, reached)]--;
  }
  let nReached = 0;
  let n = 0;
  for (let row = 0; row < nRows; row++) {
    nReached += places[row];
    places[row] = n;
    n += nReached;
  }
  return n;
}

/** Adds one unit's sums to the rows, each at its row's place, which moves on. */
function addUnit(
  unit: number,
  starts: Int32Array,
  sources: Int32Array,
  values: Float64Array,
  kernel: Float64Array,
  nRows: number,
  places: Int32Array,
  sums: Float64Array,
  outUnits: Int32Array,
  outValues: Float64Array,
): void {
  const radius = (kernel.length - 1) / 2;
  const end = starts[unit + 1];
  for (let entry = starts[unit]; entry < end; ) {
    const source = sources[entry];
    const first = Math.max(0, source - radius);
    let until = Math.min(nRows, source + radius + 1);
    let next = entry + 1;
    if (next === end || sources[next] - radius > until) {
      // Nothing else reaches these rows.
      const value = values[entry];
      for (let row = first, tap = source + radius - first; row < until; row++, tap--) {
        const place = places[row]++;
        outUnits[place] = unit;
        outValues[place] = kernel[tap] * value;
      }
      entry = next;
      continue;
    }
    for (next = entry; next < end && sources[next] - radius <= until; next++) {
      const other = sources[next];
      const value = values[next];
      const start = Math.max(0, other - radius);
      until = Math.min(nRows, other + radius + 1);
      for (let row = start, tap = other + radius - start; row < until; row++, tap--) {
        sums[row] += kernel[tap] * value;
      }
    }
    for (let row = first; row < until; row++) {
      const place = places[row]++;
      outUnits[place] = unit;
      outValues[place] = sums[row];
      sums[row] = 0;
    }
    entry = next;
  }
}

/** Calls `take` for each stretch of rows that entries of the unit reach, with their sums. */
function eachStretch(
  unit: number,
  starts: Int32Array,
  sources: Int32Array,
  values: Float64Array,
  kernel: Float64Array,
  nRows: number,
  sums: Float64Array,
  take: TakeValues,
): void {
  const radius = (kernel.length - 1) / 2;
  const end = starts[unit + 1];
  for (let entry = starts[unit]; entry < end; ) {
    const first = Math.max(0, sources[entry] - radius);
    let until = first;
    do {
      const source = sources[entry];
      const value = values[entry++];
      const reached = Math.min(nRows, source + radius + 1);
      let row = Math.max(0, source - radius);
      let tap = source + radius - row;
      for (; row < until; row++, tap--) sums[row] += kernel[tap] * value;
      for (; row < reached; row++, tap--) sums[row] = kernel[tap] * value;
      until = reached;
    } while (entry < end && sources[entry] - radius <= until);
    take(unit, sums, first, until);
  }
}
