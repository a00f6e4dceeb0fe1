import type { CountsChunk, Moments, ZscoredChunk } from '../../src/model/chunk.ts';

/** A chunk of counts from dense rows, one per bin. */
export function countsChunk(
  rows: readonly ArrayLike<number>[],
  nUnits: number,
  { binSize = 0.025, origin = 0, firstBin = 0 } = {},
): CountsChunk {
  const offsets = new Int32Array(rows.length + 1);
  const units: number[] = [];
  const values: number[] = [];
  rows.forEach((row, bin) => {
    for (let unit = 0; unit < nUnits; unit++) {
      if (row[unit] === 0) continue;
      units.push(unit);
      values.push(row[unit]);
    }
    offsets[bin + 1] = units.length;
  });
  return {
    kind: 'counts',
    start: origin + firstBin * binSize,
    end: origin + (firstBin + rows.length) * binSize,
    origin,
    step: binSize,
    binSize,
    firstBin,
    nBins: rows.length,
    nUnits,
    smoothingSd: 0,
    offsets,
    units: Int32Array.from(units),
    values: Float64Array.from(values),
  };
}

/** Mean and population standard deviation of each unit over dense rows. */
export function momentsOf(rows: readonly ArrayLike<number>[], nUnits: number): Moments {
  const column = (unit: number) => rows.map((row) => row[unit]);
  const average = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const all = Array.from({ length: nUnits }, (_, unit) => {
    const values = column(unit);
    const isConstant = values.every((value) => value === values[0]);
    const mean = average(values);
    const sd = isConstant ? 0 : Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
    return { mean, sd, isConstant };
  });
  return {
    kind: 'moments',
    mean: Float64Array.from(all, ({ mean }) => mean),
    sd: Float64Array.from(all, ({ sd }) => sd),
    isConstant: Uint8Array.from(all, ({ isConstant }) => (isConstant ? 1 : 0)),
    nBins: rows.length,
    binSize: 0.025,
    smoothingSd: 0,
  };
}

/** Dense rows as a z-scored stream cut before the given rows, moments in a closing chunk. */
export function zscoredChunks(
  rows: readonly ArrayLike<number>[],
  nUnits: number,
  cuts: readonly number[] = [],
): ZscoredChunk[] {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), rows.length];
  const chunks: ZscoredChunk[] = edges.slice(1).map((end, i) => ({
    kind: 'zscored',
    counts: countsChunk(rows.slice(edges[i], end), nUnits, { firstBin: edges[i] }),
    moments: undefined,
  }));
  const closing = countsChunk([], nUnits, { firstBin: rows.length });
  chunks.push({ kind: 'zscored', counts: closing, moments: momentsOf(rows, nUnits) });
  return chunks;
}
