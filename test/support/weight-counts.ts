import { createHash } from 'node:crypto';
import { type Intervals, intersectIntervals, mergeIntervals } from '../../src/model/epochs.ts';
import { loadGoldenJson, loadGoldenNpz } from './golden.ts';
import { type NpyArray, numbersOf, rowsOf } from './npz.ts';

interface GoldenUnits {
  readonly units: readonly { readonly uid: number }[];
  readonly epoch_df: readonly { readonly startTime: number; readonly stopTime: number }[];
}

/**
 * The counts on which the reference fitted its patterns, as dense rows: task theta in bins of 25 ms whose edges are
 * those of NumPy's linspace. Undefined where the session's spikes are not at hand.
 */
export function loadWeightCounts(session: string): Uint8Array[] | undefined {
  const golden = loadGoldenJson<GoldenUnits>(`${session}.golden.json`);
  const truth = loadGoldenNpz(`${session}.truth.npz`);
  if (!golden || !truth) return undefined;
  const task = golden.epoch_df.slice(1, 2);
  const spans = task.map(({ startTime, stopTime }) => ({ start: startTime, end: stopTime }));
  const theta = rowsOf(truth, 'THETA').map(([start, end]) => ({ start, end }));
  const epochs = mergeIntervals(intersectIntervals(spans, theta));
  const trains = spikeTrains(truth);
  return binTrains(
    golden.units.map(({ uid }) => trains[uid - 1]),
    epochs,
    0.025,
  );
}

/** Digest of the counts as little-endian int32, unit by unit. */
export function digestCounts(rows: readonly Uint8Array[]): string {
  const nUnits = rows[0]?.length ?? 0;
  const bytes = Buffer.alloc(rows.length * nUnits * 4);
  rows.forEach((row, bin) => {
    row.forEach((value, unit) => {
      bytes.writeInt32LE(value, (unit * rows.length + bin) * 4);
    });
  });
  return createHash('sha256').update(bytes).digest('hex');
}

function spikeTrains(truth: Map<string, NpyArray>): Float64Array[] {
  const samples = numbersOf(truth, 'spike_samples');
  const rate = numbersOf(truth, 'sr')[0];
  let from = 0;
  return [...numbersOf(truth, 'spike_counts')].map((count) => {
    const train = samples.slice(from, from + count).map((sample) => sample / rate);
    from += count;
    return train;
  });
}

function binTrains(
  trains: readonly Float64Array[],
  epochs: Intervals,
  binSize: number,
): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (const { start, end } of epochs) {
    const nBins = Math.floor((end - start) / binSize);
    if (nBins === 0) continue;
    const last = start + nBins * binSize;
    const step = (last - start) / nBins;
    const edges = Array.from({ length: nBins }, (_, k) => k * step + start);
    const rows = edges.map(() => new Uint8Array(trains.length));
    trains.forEach((train, unit) => {
      let bin = 0;
      for (const time of train) {
        if (time < start || time >= end || time > last) continue;
        while (bin + 1 < nBins && edges[bin + 1] <= time) bin++;
        rows[bin][unit]++;
      }
    });
    all.push(...rows);
  }
  return all;
}
