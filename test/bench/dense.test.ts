import { from, lastValueFrom, of } from 'rxjs';
import { expect, test } from 'vitest';
import { boxSd, gaussianKernel, kernelRadius } from '../../src/math/gaussian-kernel.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { fromSpikeTrains } from '../../src/model/spike-trains.ts';
import { numberedUnits } from '../../src/model/units.ts';
import { bin } from '../../src/operators/bin.ts';
import { project } from '../../src/operators/project.ts';
import { smooth } from '../../src/operators/smooth.ts';
import { moments, zscore } from '../../src/operators/zscore.ts';
import { countBins, denseActivation, denseMoments } from './dense.ts';
import { makePatterns } from './made.ts';

const templateBinSize = 0.025;

/** A little recording: each unit with its own rate, and spikes in most bins, those at the ends among them. */
function recording(nUnits: number, end: number) {
  const { double } = createSfc32(nUnits, 3);
  const trains = Array.from({ length: nUnits }, (_, unit) => {
    const nSpikes = Math.round(end * (30 + 10 * unit));
    return Float64Array.from({ length: nSpikes }, () => double() * end).sort();
  });
  const patterns = makePatterns(nUnits, 5, double);
  return { trains, patterns, units: numberedUnits(nUnits) };
}

// Shorter than a block, some blocks and a rest, whole blocks, and a kernel that reaches behind the last block.
test.each([
  { seconds: 2, binSize: 0.01, isSmoothed: true },
  { seconds: 25.6, binSize: 0.01, isSmoothed: true },
  { seconds: 10.2, binSize: 0.01, isSmoothed: false },
  { seconds: 5.1, binSize: 0.002, isSmoothed: true },
  { seconds: 5.114, binSize: 0.002, isSmoothed: true },
])(
  '$seconds s in bins of $binSize s, smoothed: $isSmoothed, as the operators have it',
  async ({ seconds, binSize, isSmoothed }) => {
    const { trains, patterns } = recording(7, seconds);
    const spikes = [...fromSpikeTrains(trains, { start: 0, end: seconds, chunkSeconds: 1.7 })];
    const counts = () => {
      const binned = from(spikes).pipe(bin({ binSize }));
      return isSmoothed ? binned.pipe(smooth({ templateBinSize })) : binned;
    };
    const known = await lastValueFrom(counts().pipe(moments()));
    const ours = patterns.weights.map((): number[] => []);
    await counts()
      .pipe(zscore({}, of(known)), project({}, of(patterns)))
      .forEach(({ columns }) => {
        columns.forEach((column, p) => {
          ours[p].push(...column);
        });
      });

    const [whole] = fromSpikeTrains(trains, { start: 0, end: seconds, chunkSeconds: 1000 });
    const sd = boxSd(templateBinSize) / binSize;
    const kernel = isSmoothed ? gaussianKernel(sd, kernelRadius(sd, 4)) : undefined;
    const input = { ...whole, binSize, kernel };
    const dense = denseMoments(input);
    expect(countBins(input)).toBe(known.nBins);
    dense.mean.forEach((mean, unit) => {
      expect(mean).toBeCloseTo(known.mean[unit], 12);
      expect(dense.sd[unit]).toBeCloseTo(known.sd[unit], 12);
    });
    const theirs = patterns.weights.map((): number[] => []);
    denseActivation(input, dense, patterns.weights, (first, nRows, columns) => {
      expect(first).toBe(theirs[0].length);
      columns.forEach((column, p) => {
        theirs[p].push(...column.subarray(0, nRows));
      });
    });
    ours.forEach((column, p) => {
      const largest = column.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(theirs[p]).toHaveLength(column.length);
      const worst = column.reduce(
        (most, x, row) => Math.max(most, Math.abs(x - theirs[p][row])),
        0,
      );
      expect(worst).toBeLessThanOrEqual(1e-9 * largest);
    });
  },
);
