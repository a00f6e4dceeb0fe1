import type { ActivationChunk, Bins } from '../model/chunk.ts';

/** Rows of one run, numbered through the whole stream. */
export interface RunOfRows {
  readonly origin: number;
  readonly step: number;
  /** The number that bin 0 of the run has, or would have. */
  readonly rowOfBin0: number;
  /** First and last row, `end` excluded. */
  readonly start: number;
  readonly end: number;
}

/**
 * The most recent rows of a stream of activation. Rows are numbered from 0 on, through all runs.
 */
export interface RowRing {
  /** Appends rows of a chunk from `from` on, `to` excluded. */
  readonly append: (chunk: ActivationChunk, from: number, to: number) => void;
  /** Says that the next rows are those of a chunk that opens a run. */
  readonly startRun: (chunk: Bins) => void;
  /** Runs that have rows here, the current one last. */
  readonly runs: readonly RunOfRows[];
  /** Number of the first row that is held, and how many there have been. */
  readonly oldest: () => number;
  readonly nRows: () => number;
  readonly time: (row: number) => number;
  readonly value: (row: number, column: number) => number;
  /**
   * Shows `n` rows from `row` on, column by column: values `from` to `from + n` begin `offset` rows
   * behind `row`.
   */
  readonly visit: (
    row: number,
    n: number,
    look: (column: number, offset: number, values: Float64Array, from: number, n: number) => void,
  ) => void;
}

/** Memory: `capacity` × (`nColumns` + 1) numbers, and the runs these rows come from. */
export function createRowRing(capacity: number, nColumns: number): RowRing {
  const times = new Float64Array(capacity);
  const values = new Float64Array(capacity * nColumns);
  const runs: { -readonly [K in keyof RunOfRows]: RunOfRows[K] }[] = [];
  let nRows = 0;

  const oldest = (): number => Math.max(0, nRows - capacity);

  function startRun({ origin, step, firstBin }: Bins): void {
    runs.push({ origin, step, rowOfBin0: nRows - firstBin, start: nRows, end: nRows });
  }

  function append(chunk: ActivationChunk, from: number, to: number): void {
    nRows += to - from;
    const run = runs.at(-1);
    if (run) run.end = nRows;
    // Of more rows than there is room for, the first would be overwritten at once.
    let row = Math.max(from, to - capacity);
    while (row < to) {
      const slot = (nRows - (to - row)) % capacity;
      const n = Math.min(to - row, capacity - slot);
      times.set(chunk.times.subarray(row, row + n), slot);
      for (let column = 0; column < nColumns; column++) {
        values.set(chunk.columns[column].subarray(row, row + n), column * capacity + slot);
      }
      row += n;
    }
    const held = runs.findIndex(({ end }) => end > oldest());
    if (held > 0) runs.splice(0, held);
  }

  function visit(row: number, n: number, look: Parameters<RowRing['visit']>[2]): void {
    const slot = row % capacity;
    const nBeforeWrap = Math.min(n, capacity - slot);
    for (let column = 0; column < nColumns; column++) {
      const base = column * capacity;
      look(column, 0, values, base + slot, nBeforeWrap);
      if (nBeforeWrap < n) look(column, nBeforeWrap, values, base, n - nBeforeWrap);
    }
  }

  return {
    append,
    startRun,
    runs,
    oldest,
    nRows: () => nRows,
    time: (row) => times[row % capacity],
    value: (row, column) => values[column * capacity + (row % capacity)],
    visit,
  };
}
