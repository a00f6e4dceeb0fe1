import { createRowBuilder, type RowBuilder, type RowEntries } from './sparse-rows.ts';

/** Rows of a sequence that are held: entries of the row at position `first` are those of row 0, and so on. */
export interface HeldRows extends RowEntries {
  readonly first: number;
}

/**
 * The sums that a kernel makes of the rows it can reach, spread out as the rows come: each entry is added once to
 * every row within the radius, so that empty rows cost nothing and a row is done when the last it depends on is in.
 */
export interface KernelRing {
  /**
   * Adds the sums of the rows at positions `from` to `to`, each divided by `divisor`, to `rows`. Positions ascend one by
   * one from the radius on; held are all rows from the last one that was read to `to` + radius.
   */
  readonly emit: (
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    rows: RowBuilder,
  ) => void;
  /** Passes over a position whose sums nobody wants, in place of `emit`. */
  readonly discard: (held: HeldRows, position: number) => void;
  /** Starts a new sequence. */
  readonly clear: () => void;
}

/** Rows that are made at once: room for them is asked for beforehand, as if each held all units. */
const blockRows = 16;

/**
 * Rows are added to a sum in ascending order, whatever the order of their entries. Rows before the radius get no sums:
 * those depend on what lies before the sequence. Memory: (2 radius + 1) dense rows.
 */
export function createKernelRing(nUnits: number, kernel: Float64Array): KernelRing {
  const width = kernel.length;
  const radius = (width - 1) / 2;
  const sums = new Float64Array(width * nUnits);
  // Units that a sum reaches, ascending, and per unit the last position that reached one.
  const active = new Int32Array(nUnits);
  const lastFed = new Float64Array(nUnits).fill(Number.NEGATIVE_INFINITY);
  const nowhere = createRowBuilder(nUnits);
  let nActive = 0;
  let fed = 0;

  function emitBlock(
    held: HeldRows,
    from: number,
    to: number,
    divisor: number,
    rows: RowBuilder,
  ): void {
    // Everything the loops touch has a local name: what they read through the closure would be looked up again and again.
    const { offsets, units, values, first } = held;
    const out = rows.reserve(to - from, (to - from) * nUnits);
    const { offsets: outOffsets, units: outUnits, values: outValues, row: outRow } = out;
    const ringSums = sums;
    const reached = active;
    const last = lastFed;
    const taps = kernel;
    const end = width * nUnits;
    let n = nActive;
    let next = fed;
    let at = out.entry;
    for (let position = from; position < to; position++) {
      for (; next <= position + radius; next++) {
        const until = offsets[next - first + 1];
        let entry = offsets[next - first];
        if (entry === until) continue;
        const nearest = Math.max(radius, next - radius);
        const nearestTap = radius + next - nearest;
        const nearestSlot = (nearest % width) * nUnits;
        for (; entry < until; entry++) {
          const unit = units[entry];
          const value = values[entry];
          if (last[unit] === Number.NEGATIVE_INFINITY) insert(reached, n++, unit);
          last[unit] = next;
          let slot = nearestSlot + unit;
          for (let tap = nearestTap; tap >= 0; tap--) {
            ringSums[slot] += taps[tap] * value;
            slot += nUnits;
            if (slot >= end) slot -= end;
          }
        }
      }
      const base = (position % width) * nUnits;
      const earliest = position - radius;
      let nLeft = 0;
      for (let place = 0; place < n; place++) {
        const unit = reached[place];
        if (last[unit] < earliest) {
          last[unit] = Number.NEGATIVE_INFINITY;
          continue;
        }
        reached[nLeft++] = unit;
        outUnits[at] = unit;
        outValues[at++] = ringSums[base + unit];
        ringSums[base + unit] = 0;
      }
      n = nLeft;
      outOffsets[outRow + position - from + 1] = at;
    }
    // Apart from the loop above, which would take half as long again.
    if (divisor !== 1) for (let i = out.entry; i < at; i++) outValues[i] /= divisor;
    nActive = n;
    fed = next;
    rows.addReserved(outRow + to - from, at);
  }

  function emit(held: HeldRows, from: number, to: number, divisor: number, rows: RowBuilder): void {
    for (let start = from; start < to; start += blockRows) {
      emitBlock(held, start, Math.min(to, start + blockRows), divisor, rows);
    }
  }

  function discard(held: HeldRows, position: number): void {
    emitBlock(held, position, position + 1, 1, nowhere);
    nowhere.addReserved(0, 0);
  }

  function clear(): void {
    sums.fill(0);
    lastFed.fill(Number.NEGATIVE_INFINITY);
    nActive = 0;
    fed = 0;
  }

  return { emit, discard, clear };
}

/** Puts a unit in its place among `n` ascending ones. */
function insert(units: Int32Array, n: number, unit: number): void {
  let place = n;
  while (place > 0 && units[place - 1] > unit) units[place] = units[--place];
  units[place] = unit;
}
