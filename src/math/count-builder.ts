import type { RowEntries } from './sparse-rows.ts';

/** Where spikes are counted: what is in the open row, and the closed rows before it. */
export interface CountBuilder {
  /** Spikes of each unit in the open row. */
  readonly cells: Int32Array;
  /** Units that have spikes in it, in the order of their first ones. */
  readonly named: Int32Array;
  nNamed: number;
  offsets: Int32Array;
  units: Int32Array;
  values: Float64Array;
  nRows: number;
  nEntries: number;
}

/** Memory: one row, and room for the most closed rows that waited to be taken. */
export function createCountBuilder(nUnits: number): CountBuilder {
  return {
    cells: new Int32Array(nUnits),
    named: new Int32Array(nUnits),
    nNamed: 0,
    offsets: new Int32Array(64),
    units: new Int32Array(256),
    values: new Float64Array(256),
    nRows: 0,
    nEntries: 0,
  };
}

/** Ends the open row, with units ascending, and `nEmpty` empty rows behind it. */
export function closeRows(builder: CountBuilder, nEmpty: number): void {
  const { cells, named, nNamed, nRows } = builder;
  if (nNamed > 1) sortNamed(builder);
  const end = nRows + 2 + nEmpty;
  if (end > builder.offsets.length || builder.nEntries + nNamed > builder.units.length) {
    makeRoom(builder, 1 + nEmpty);
  }
  const { offsets, units, values } = builder;
  let n = builder.nEntries;
  for (let i = 0; i < nNamed; i++) {
    const unit = named[i];
    units[n] = unit;
    values[n++] = cells[unit];
    cells[unit] = 0;
  }
  // Mostly a few: they are sooner written than a call is made.
  if (nEmpty < 32) for (let row = nRows + 1; row < end; row++) offsets[row] = n;
  else offsets.fill(n, nRows + 1, end);
  builder.nNamed = 0;
  builder.nEntries = n;
  builder.nRows = end - 1;
}

/** The closed rows, copied; the open row stays. */
export function takeRows(builder: CountBuilder): RowEntries {
  const { offsets, units, values, nRows, nEntries } = builder;
  builder.nRows = 0;
  builder.nEntries = 0;
  return {
    offsets: offsets.slice(0, nRows + 1),
    units: units.slice(0, nEntries),
    values: values.slice(0, nEntries),
  };
}

/** Few are put in their places one by one; many are found by looking at all units. */
function sortNamed({ cells, named, nNamed }: CountBuilder): void {
  if (nNamed > 32) {
    for (let unit = 0, n = 0; n < nNamed; unit++) if (cells[unit] !== 0) named[n++] = unit;
    return;
  }
  for (let i = 1; i < nNamed; i++) {
    const unit = named[i];
    let place = i;
    for (; place > 0 && named[place - 1] > unit; place--) named[place] = named[place - 1];
    named[place] = unit;
  }
}

function makeRoom(builder: CountBuilder, nMoreRows: number): void {
  const { offsets, units, values, nRows, nEntries, nNamed } = builder;
  if (nRows + nMoreRows >= offsets.length) {
    builder.offsets = new Int32Array(
      Math.max(nRows + nMoreRows + 1, Math.ceil(1.25 * offsets.length)),
    );
    builder.offsets.set(offsets);
  }
  if (nEntries + nNamed <= units.length) return;
  const length = Math.max(nEntries + nNamed, Math.ceil(1.25 * units.length));
  builder.units = new Int32Array(length);
  builder.units.set(units);
  builder.values = new Float64Array(length);
  builder.values.set(values);
}
