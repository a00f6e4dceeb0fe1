import type { RowBuilder, RowEntries } from './sparse-rows.ts';

/**
 * The sums that a kernel makes of the rows it can reach, spread out as the rows come: each entry is added once to
 * every row within the radius, so that empty rows cost nothing and a row is done when the last it depends on is in.
 */
export interface KernelRing {
  /** Position of the next row to be fed. */
  readonly nextFed: () => number;
  /** Adds entries `from` to `to`, those of the row at the next position. */
  readonly feed: (rows: RowEntries, from: number, to: number) => void;
  /**
   * Adds the sums of the row at `position`, divided by `divisor`, to `rows`. Positions ascend one by one from the
   * radius on; all rows up to `position` + radius must have been fed.
   */
  readonly emit: (rows: RowBuilder, position: number, divisor: number) => void;
  /** Passes over a position whose sums nobody wants, in place of `emit`. */
  readonly discard: (position: number) => void;
  /** Starts a new sequence. */
  readonly clear: () => void;
}

/**
 * Rows are added to a sum in ascending order, whatever the order of their entries. Rows before the radius get no sums:
 * those depend on what lies before the sequence. Memory: (2 radius + 1) dense rows.
 */
export function createKernelRing(nUnits: number, kernel: Float64Array): KernelRing {
  const width = kernel.length;
  const radius = (width - 1) / 2;
  const sums = new Float64Array(width * nUnits);
  const lastFed = new Float64Array(nUnits).fill(Number.NEGATIVE_INFINITY);
  const active = new Int32Array(nUnits);
  const reached = { units: active, lastReached: lastFed, sums };
  let nActive = 0;
  let fed = 0;

  function activate(unit: number): void {
    let place = nActive++;
    while (place > 0 && active[place - 1] > unit) active[place] = active[--place];
    active[place] = unit;
  }

  function feed({ units, values }: RowEntries, from: number, to: number): void {
    if (from === to) {
      fed++;
      return;
    }
    const first = Math.max(radius, fed - radius);
    const firstTap = radius + fed - first;
    const firstSlot = (first % width) * nUnits;
    const end = width * nUnits;
    for (let entry = from; entry < to; entry++) {
      const unit = units[entry];
      const value = values[entry];
      if (lastFed[unit] === Number.NEGATIVE_INFINITY) activate(unit);
      lastFed[unit] = fed;
      let slot = firstSlot + unit;
      for (let tap = firstTap; tap >= 0; tap--) {
        sums[slot] += kernel[tap] * value;
        slot += nUnits;
        if (slot >= end) slot -= end;
      }
    }
    fed++;
  }

  function emit(rows: RowBuilder, position: number, divisor: number): void {
    const base = (position % width) * nUnits;
    nActive = rows.takeRow(reached, nActive, position - radius, base, divisor);
  }

  function discard(position: number): void {
    const base = (position % width) * nUnits;
    sums.fill(0, base, base + nUnits);
  }

  function clear(): void {
    sums.fill(0);
    lastFed.fill(Number.NEGATIVE_INFINITY);
    nActive = 0;
    fed = 0;
  }

  return { nextFed: () => fed, feed, emit, discard, clear };
}
