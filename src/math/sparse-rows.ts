/**
 * Rows of entries: those of row `r` are `offsets[r]` to `offsets[r + 1]`, units ascending within a
 * row.
 */
export interface RowEntries {
  readonly offsets: Int32Array;
  readonly units: Int32Array;
  readonly values: Float64Array;
}

/** Where rows can be written, and the row and the entry to go on from: `offsets[row]` is `entry`. */
export interface RoomForRows extends RowEntries {
  readonly row: number;
  readonly entry: number;
}

/** Gathers rows one at a time; all storage is kept for the next rows. */
export interface RowBuilder {
  /** Adds to a unit's value in the open row. */
  readonly add: (unit: number, value: number) => void;
  /** Adds entries `from` to `to`, each times `weight`, to the open row. */
  readonly addScaled: (rows: RowEntries, from: number, to: number, weight: number) => void;
  /** Ends the open row, with all its values divided by `divisor`. */
  readonly closeRow: (divisor?: number) => void;
  /** Room behind the closed rows, to be filled by whoever asks, with units ascending; the open row must have no entries. */
  readonly reserve: (nRows: number, nEntries: number) => RoomForRows;
  /** Closes the rows that were written there: up to row `row`, which ends before entry `entry`. */
  readonly addReserved: (row: number, entry: number) => void;
  /** Ends `n` empty rows at once; the open row must have no entries. */
  readonly closeEmptyRows: (n: number) => void;
  readonly nRows: () => number;
  /** The closed rows, copied; the open row stays. */
  readonly take: () => RowEntries;
}

/** Memory: one dense row, the units of which are in use, and the closed rows. */
export function createRowBuilder(nUnits: number): RowBuilder {
  const row = new Float64Array(nUnits);
  const isUsed = new Uint8Array(nUnits);
  const used = new Int32Array(nUnits);
  let nUsed = 0;
  let offsets = new Int32Array(64);
  let units = new Int32Array(256);
  let values = new Float64Array(256);
  let nRows = 0;
  let nEntries = 0;

  function makeRoom(nMoreRows: number, nMoreEntries: number): void {
    if (nRows + nMoreRows >= offsets.length) offsets = enlarged(offsets, nRows + nMoreRows + 1);
    if (nEntries + nMoreEntries <= units.length) return;
    units = enlarged(units, nEntries + nMoreEntries);
    values = enlarged(values, nEntries + nMoreEntries);
  }

  function add(unit: number, value: number): void {
    row[unit] += value;
    if (isUsed[unit] === 1) return;
    isUsed[unit] = 1;
    // Rows are short: each unit finds its place among those before it.
    let place = nUsed++;
    while (place > 0 && used[place - 1] > unit) used[place] = used[--place];
    used[place] = unit;
  }

  function closeRow(divisor = 1): void {
    makeRoom(1, nUsed);
    for (let place = 0; place < nUsed; place++) {
      const unit = used[place];
      units[nEntries] = unit;
      values[nEntries++] = row[unit] / divisor;
      row[unit] = 0;
      isUsed[unit] = 0;
    }
    nUsed = 0;
    closeEmptyRows(1);
  }

  function closeEmptyRows(n: number): void {
    makeRoom(n, 0);
    if (n === 1) offsets[nRows + 1] = nEntries;
    else offsets.fill(nEntries, nRows + 1, nRows + n + 1);
    nRows += n;
  }

  return {
    add,
    addScaled(rows, from, to, weight) {
      for (let entry = from; entry < to; entry++) {
        add(rows.units[entry], weight * rows.values[entry]);
      }
    },
    closeRow,
    reserve(nMoreRows, nMoreEntries) {
      makeRoom(nMoreRows, nMoreEntries);
      return { offsets, units, values, row: nRows, entry: nEntries };
    },
    addReserved(row, entry) {
      nRows = row;
      nEntries = entry;
    },
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
    Math.max(needed, Math.ceil(1.25 * array.length)),
  );
  larger.set(array);
  return larger;
}
