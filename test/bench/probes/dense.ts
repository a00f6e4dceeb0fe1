import { boxSd, gaussianKernel, kernelRadius } from '../../../src/math/gaussian-kernel.ts';
import { type DenseInput, denseActivation, denseMoments } from '../dense.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';
import { type ReadySpikes, readPatterns, readSpikes } from './ready.ts';

interface Options extends ProbeOptions {
  readonly ready: string;
  readonly binSize: number;
  readonly isSmoothed: boolean;
}

/** The dense baseline: two readings of the ready spikes, as a run has two passes. */
export async function measure({ ready, binSize, isSmoothed }: Options): Promise<Measured> {
  const spikes = readSpikes(ready);
  const { weights } = await readPatterns(ready);
  const clock = createClock();
  let nRows = 0;
  let checksum = 0;
  clock.run(() => {
    const input = denseInput(spikes, binSize, isSmoothed);
    const moments = denseMoments(input);
    denseActivation(input, moments, weights, (_, n, columns) => {
      nRows += n;
      for (const column of columns) checksum += column[0];
    });
  });
  return { ...clock.total(), counts: { nRows, checksum, nSpikes: spikes.nSpikes } };
}

/** The kernel that the operators take by default beside templates of 25 ms. */
export function denseInput(
  { start, end, nUnits, times, unitOfSpike }: ReadySpikes,
  binSize: number,
  isSmoothed: boolean,
): DenseInput {
  const sd = boxSd(0.025) * (1 / binSize);
  const kernel = isSmoothed ? gaussianKernel(sd, kernelRadius(sd, 4)) : undefined;
  return { start, end, nUnits, times, units: unitOfSpike, binSize, kernel };
}
