/**
 * Rows of entries: those of row `r` are `offsets[r]` to `offsets[r + 1]`, units ascending within a
 * row.
 */
export interface RowEntries {
  readonly offsets: Int32Array;
  readonly units: Int32Array;
  readonly values: Float64Array;
}

/** Gathers rows one at a time; all storage is kept for the next rows. */
export interface RowBuilder {
  /** Adds to a unit's value in the open row. */
  readonly add: (unit: number, value: number) => void;
  /** Adds entries `from` to `to`, each times `weight`, to the open row. */
  readonly addScaled: (rows: RowEntries, from: number, to: number, weight: number) => void;
  /** Ends the open row, with all its values divided by `divisor`. */
  readonly closeRow: (divisor?: number) => void;
  /**
   * Adds a row of `n` units, ascending, with the value that each has in `sums` behind `base`, divided by `divisor`, and
   * sets that to 0; the open row must have no entries.
   */
  readonly takeRow: (
    units: Int32Array,
    n: number,
    sums: Float64Array,
    base: number,
    divisor: number,
  ) => void;
  /** Ends `n` empty rows at once; the open row must have no entries. */
  readonly closeEmptyRows: (n: number) => void;
  readonly nRows: () => number;
  /** The closed rows, copied; the open row stays. */
  readonly take: () => RowEntries;
}

/** Memory: one dense row, one bit per unit to say which of it are in use, and the closed rows. */
export function createRowBuilder(nUnits: number): RowBuilder {
  const row = new Float64Array(nUnits);
  const isUsed = new Int32Array((nUnits + 31) >> 5);
  let offsets = new Int32Array(64);
  let units = new Int32Array(256);
  let values = new Float64Array(256);
  let nRows = 0;
  let nEntries = 0;

  function reserveRow(): void {
    if (nEntries + nUnits <= units.length) return;
    units = enlarged(units, nEntries + nUnits);
    values = enlarged(values, nEntries + nUnits);
  }

  function closeRow(divisor = 1): void {
    reserveRow();
    for (let word = 0; word < isUsed.length; word++) {
      let bits = isUsed[word];
      isUsed[word] = 0;
      while (bits !== 0) {
        const unit = (word << 5) + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        units[nEntries] = unit;
        values[nEntries++] = row[unit] / divisor;
        row[unit] = 0;
      }
    }
    closeEmptyRows(1);
  }

  function takeRow(
    taken: Int32Array,
    n: number,
    sums: Float64Array,
    base: number,
    divisor: number,
  ): void {
    reserveRow();
    for (let place = 0; place < n; place++) {
      const unit = taken[place];
      units[nEntries] = unit;
      values[nEntries++] = sums[base + unit] / divisor;
      sums[base + unit] = 0;
    }
    closeEmptyRows(1);
  }

  function closeEmptyRows(n: number): void {
    if (n === 1 && nRows + 1 < offsets.length) {
      offsets[++nRows] = nEntries;
      return;
    }
    if (nRows + n >= offsets.length) offsets = enlarged(offsets, nRows + n + 1);
    offsets.fill(nEntries, nRows + 1, nRows + n + 1);
    nRows += n;
  }

  return {
    add(unit, value) {
      row[unit] += value;
      isUsed[unit >> 5] |= 1 << (unit & 31);
    },
    addScaled(rows, from, to, weight) {
      for (let entry = from; entry < to; entry++) {
        const unit = rows.units[entry];
        row[unit] += weight * rows.values[entry];
        isUsed[unit >> 5] |= 1 << (unit & 31);
      }
    },
    closeRow,
    takeRow,
    closeEmptyRows,
    nRows: () => nRows,
    take() {
      const taken = {
        offsets: offsets.slice(0, nRows + 1),
        units: units.slice(0, nEntries),
        values: values.slice(0, nEntries),
      };
      nRows = 0;
      nEntries = 0;
      return taken;
    },
  };
}

function enlarged<T extends Int32Array | Float64Array>(array: T, needed: number): T {
  const larger = new (array.constructor as new (length: number) => T)(
    Math.max(needed, 2 * array.length),
  );
  larger.set(array);
  return larger;
}
