import { describe, expect, test } from 'vitest';
import {
  boxSd,
  gaussianKernel,
  kernelRadius,
  neuroPySd,
  reflect,
} from '../../src/math/gaussian-kernel.ts';
import { loadGoldenJson } from '../support/golden.ts';

describe('the Gaussian kernel', () => {
  test('adds up to one and is symmetric', () => {
    const kernel = gaussianKernel(1.5, kernelRadius(1.5, 4));
    expect(kernel).toHaveLength(13);
    expect(kernel.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
    expect([...kernel].reverse()).toEqual([...kernel]);
    expect(kernel[6] / kernel[7]).toBeCloseTo(Math.exp(0.5 / 2.25), 14);
  });

  test('of no radius leaves all as it is', () => {
    expect([...gaussianKernel(0.01, kernelRadius(0.01, 4))]).toEqual([1]);
  });

  test('of a box has the SD of a box', () => {
    expect(boxSd(0.025)).toBe(0.025 / Math.sqrt(12));
    expect(neuroPySd(0.0019)).toBe(Number.POSITIVE_INFINITY);
  });

  test('reflection repeats the ends, over and over', () => {
    const places = Array.from({ length: 13 }, (_, i) => reflect(i - 6, 3));
    expect(places).toEqual([0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]);
    expect([-2, -1, 0, 1, 2].map((q) => reflect(q, 1))).toEqual([0, 0, 0, 0, 0]);
  });
});

interface SigmaCase {
  readonly weight_dt: number;
  readonly sigma: number;
  readonly radius_bins: Readonly<Record<string, number>>;
}

const golden = loadGoldenJson<{ smooth: { sigma: SigmaCase[] } }>('unit_cases.json');

describe.skipIf(!golden)('neuroPySd and the radius as the reference', () => {
  test.each(golden?.smooth.sigma ?? [])(
    'bins of $weight_dt s',
    ({ weight_dt, sigma, radius_bins }) => {
      expect(neuroPySd(weight_dt)).toBe(sigma);
      for (const [binSize, radius] of Object.entries(radius_bins)) {
        expect(kernelRadius(sigma * (1 / Number(binSize)), 4)).toBe(radius);
      }
    },
  );
});
