import { from, lastValueFrom, of } from 'rxjs';
import { bin } from '../../../src/operators/bin.ts';
import { project } from '../../../src/operators/project.ts';
import { smooth } from '../../../src/operators/smooth.ts';
import { moments, zscore } from '../../../src/operators/zscore.ts';
import { denseActivation, denseMoments } from '../dense.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { denseInput } from './dense.ts';
import { readPatterns, readSpikes } from './ready.ts';

interface Options extends ProbeOptions {
  readonly ready: string;
  readonly binSize: number;
  readonly isSmoothed: boolean;
}

const tolerance = 1e-9;

/**
 * Compares the dense baseline with the operators, every bin of every assembly, to 1e-9 of the largest of its column.
 * @throws Error where they differ: the baseline would not be the same work
 */
export async function measure({ ready, binSize, isSmoothed }: Options): Promise<Measured> {
  const spikes = readSpikes(ready);
  const patterns = await readPatterns(ready);
  const counts = () => {
    const binned = from(spikes.chunks()).pipe(bin({ binSize }));
    return isSmoothed ? binned.pipe(smooth({ templateBinSize: 0.025 })) : binned;
  };
  const known = await lastValueFrom(counts().pipe(moments()));
  const ours = patterns.weights.map(() => new Float64Array(known.nBins));
  let filled = 0;
  await counts()
    .pipe(zscore({}, of(known)), project({}, of(patterns)))
    .forEach(({ columns, nBins }) => {
      columns.forEach((column, p) => {
        ours[p].set(column, filled);
      });
      filled += nBins;
    });

  const input = denseInput(spikes, binSize, isSmoothed);
  const differences = new Float64Array(ours.length);
  let nRows = 0;
  denseActivation(input, denseMoments(input), patterns.weights, (first, n, columns) => {
    nRows += n;
    columns.forEach((column, p) => {
      for (let row = 0; row < n; row++) {
        const difference = Math.abs(column[row] - ours[p][first + row]);
        if (!(difference <= differences[p])) differences[p] = difference;
      }
    });
  });
  const largest = ours.map((column) => column.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const worst = Math.max(0, ...Array.from(differences, (d, p) => d / largest[p]));
  if (!(nRows === filled && worst <= tolerance)) {
    throw new Error(
      `the dense baseline is another computation: ${nRows} rows for ${filled}, apart by ${worst} of the largest`,
    );
  }
  return { seconds: Number.NaN, cpuSeconds: Number.NaN, counts: { worst, nRows } };
}
