import { expect, test } from 'vitest';
import { crossAnalyticBound } from '../../src/math/cross-structural.ts';
import { largestEigenvalue } from '../../src/math/largest-eigenvalue.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { percentileOf } from '../../src/math/shuffle-threshold.ts';

const nBins = 20_000;
const nSimulations = 60;

/** Largest singular value of the cross-covariance of two groups of white units, uniform with variance 1. */
function largestSingularValue(n1: number, n2: number, seed: number): number {
  const random = createSfc32(7, n1, seed);
  const cross = new Float64Array(n1 * n2);
  const first = new Float64Array(n1);
  const second = new Float64Array(n2);
  const draw = () => Math.sqrt(12) * (random.uint32() / 2 ** 32 - 0.5);
  for (let bin = 0; bin < nBins; bin++) {
    for (let i = 0; i < n1; i++) first[i] = draw();
    for (let j = 0; j < n2; j++) second[j] = draw();
    for (let i = 0; i < n1; i++) {
      for (let j = 0; j < n2; j++) cross[i * n2 + j] += first[i] * second[j];
    }
  }
  const product = new Float64Array(n1 * n1);
  for (let i = 0; i < n1; i++) {
    for (let k = 0; k < n1; k++) {
      for (let j = 0; j < n2; j++) product[i * n1 + k] += cross[i * n2 + j] * cross[k * n2 + j];
    }
  }
  return Math.sqrt(largestEigenvalue(product, n1)) / nBins;
}

test.each([
  [35, 35],
  [10, 60],
])(
  'white units, %i and %i: the 95th percentile of the largest eigenvalue lies within a hundredth of the bound',
  (n1, n2) => {
    const largest = Float64Array.from(
      { length: nSimulations },
      (_, seed) => 1 + largestSingularValue(n1, n2, seed),
    );
    const bound = crossAnalyticBound('masked-correlation', nBins, [n1, n2]);
    expect(bound).toBeCloseTo(1 + (Math.sqrt(n1) + Math.sqrt(n2)) / Math.sqrt(nBins), 12);
    expect(Math.abs(percentileOf(largest, 95) / bound - 1)).toBeLessThan(0.01);
  },
);
