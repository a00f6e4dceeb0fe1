export interface LagStatistics {
  /** Counts an event that has bins at `n` lags from `lag` on. */
  readonly count: (lag: number, n: number) => void;
  /** Adds values `from` to `from + n` of a column at the lags from `lag` on. */
  readonly add: (
    column: number,
    lag: number,
    values: Float64Array,
    from: number,
    n: number,
  ) => void;
  readonly result: () => {
    readonly mean: readonly Float64Array[];
    readonly sem: readonly Float64Array[];
    readonly n: Int32Array;
  };
}

/**
 * Mean and standard error (sample SD / sqrt n) per lag and column, one value at a time. NaN is a
 * missing value of its column. Without values the mean is NaN; with fewer than two the error is.
 * Memory: three numbers per lag and column.
 * Source: Welford 1962, Technometrics, doi 10.1080/00401706.1962.10490022
 */
export function createLagStatistics(nLags: number, nColumns: number): LagStatistics {
  const mean = new Float64Array(nColumns * nLags);
  const squares = new Float64Array(nColumns * nLags);
  const nValues = new Int32Array(nColumns * nLags);
  const nEvents = new Int32Array(nLags);

  function add(column: number, lag: number, values: Float64Array, from: number, n: number): void {
    const first = column * nLags + lag;
    for (let i = 0; i < n; i++) {
      const value = values[from + i];
      if (Number.isNaN(value)) continue;
      const place = first + i;
      nValues[place]++;
      const difference = value - mean[place];
      mean[place] += difference / nValues[place];
      squares[place] += difference * (value - mean[place]);
    }
  }

  function result() {
    const columnsOf = (value: (place: number) => number): Float64Array[] =>
      Array.from({ length: nColumns }, (_, column) =>
        Float64Array.from({ length: nLags }, (_, lag) => value(column * nLags + lag)),
      );
    return {
      mean: columnsOf((place) => (nValues[place] > 0 ? mean[place] : Number.NaN)),
      sem: columnsOf((place) => {
        const count = nValues[place];
        return count > 1 ? Math.sqrt(squares[place] / (count - 1) / count) : Number.NaN;
      }),
      n: nEvents.slice(),
    };
  }

  return {
    count(lag, n) {
      for (let i = lag; i < lag + n; i++) nEvents[i]++;
    },
    add,
    result,
  };
}
