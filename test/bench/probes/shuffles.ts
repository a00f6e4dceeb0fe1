import { largestEigenvalue } from '../../../src/math/largest-eigenvalue.ts';
import { createSfc32 } from '../../../src/math/sfc32.ts';
import { createShuffleMaxima } from '../../../src/math/shuffle-maxima.ts';
import { shuffleNull } from '../../../src/math/shuffle-null.ts';
import { createWorkerPool } from '../../../src/workers/pool.ts';
import { denseMaxima, type SparseColumns, standardisedRows } from '../dense-shuffles.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';

interface Options extends ProbeOptions {
  readonly nShuffles: number;
  readonly nUnits: number;
  readonly nBins: number;
  /** Threads besides this one; 0 for none, `dense` for shuffles of a dense matrix. */
  readonly by: number | 'dense';
}

const perBin = 2.4;
const warmUp = 8;

/** The largest eigenvalues of shuffled counts; threads, where there are any, are started before the clock. */
export async function measure({ nShuffles, nUnits, nBins, by }: Options): Promise<Measured> {
  const columns = makeColumns(nUnits, nBins);
  const clock = createClock();
  const counts = { nShuffles, nBins, nEntries: columns.values.length };
  if (by === 'dense') {
    const rows = standardisedRows(columns, nUnits);
    const random = (row: number) => createSfc32(0, 2, row).uint32;
    clock.run(() => denseMaxima(rows, nShuffles, random, largestEigenvalue));
    return { ...clock.total(), counts };
  }
  const scales = new Float64Array(nUnits).fill(0.2);
  const shuffles = { columns, kind: 'bin-shuffle', generator: 'fast', seed: 0, scales } as const;
  if (by === 0) {
    const here = createShuffleMaxima(shuffles);
    here({ first: 0, count: warmUp });
    clock.run(() => here({ first: 0, count: nShuffles }));
    return { ...clock.total(), counts };
  }
  const pool = createWorkerPool(by);
  const { signal } = new AbortController();
  await shuffleNull(shuffles, warmUp * by, pool.compute, signal);
  await clock.runAsync(() => shuffleNull(shuffles, nShuffles, pool.compute, signal));
  await pool.close();
  return { ...clock.total(), counts };
}

function makeColumns(nUnits: number, nBins: number): SparseColumns {
  const { double } = createSfc32(1, 1);
  const perUnit = Math.round((perBin * nBins) / nUnits);
  const offsets = Int32Array.from({ length: nUnits + 1 }, (_, unit) => unit * perUnit);
  const bins = new Int32Array(nUnits * perUnit);
  for (let unit = 0; unit < nUnits; unit++) {
    const chosen = new Set<number>();
    while (chosen.size < perUnit) chosen.add(Math.floor(double() * nBins));
    bins.set(
      [...chosen].sort((a, b) => a - b),
      offsets[unit],
    );
  }
  const values = Float64Array.from(bins, () => (double() < 0.1 ? 2 : 1));
  return { nBins, offsets, bins, values };
}
