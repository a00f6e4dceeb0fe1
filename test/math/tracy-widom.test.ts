import { expect, test } from 'vitest';
import { largestEigenvalue } from '../../src/math/largest-eigenvalue.ts';
import { marchenkoPasturBound } from '../../src/math/marchenko-pastur.ts';
import { standardNormals } from '../../src/math/random.ts';
import { tracyWidomBound95, tracyWidomBound99 } from '../../src/math/tracy-widom.ts';

test('beyond the Marchenko-Pastur edge by a margin that shrinks with the number of bins', () => {
  const margin = (nBins: number) => tracyWidomBound99(nBins, 70) - marchenkoPasturBound(nBins, 70);
  expect(Math.abs(margin(20_000) - 0.0076)).toBeLessThan(0.0003);
  expect(margin(80_000)).toBeLessThan(margin(20_000) / 1.9);
  expect(tracyWidomBound95(20_000, 70)).toBeLessThan(tracyWidomBound99(20_000, 70));
  expect(tracyWidomBound95(20_000, 70)).toBeGreaterThan(marchenkoPasturBound(20_000, 70));
});

test('no bins, or one: nothing exceeds', () => {
  expect([0, 1].map((nBins) => tracyWidomBound95(nBins, 4))).toEqual([Infinity, Infinity]);
});

/** Largest eigenvalue of normal noise: of ΣxxT / nBins, or of the z-scores' covariance with ddof 1. */
function largestOfNoise(nUnits: number, nBins: number, seed: number, isZscored: boolean): number {
  const noise = standardNormals(seed, nUnits * nBins);
  const units = Array.from({ length: nUnits }, (_, i) =>
    noise.subarray(i * nBins, (i + 1) * nBins),
  );
  for (const unit of isZscored ? units : []) {
    const mean = unit.reduce((sum, x) => sum + x, 0) / nBins;
    const square = unit.reduce((sum, x) => sum + (x - mean) ** 2, 0) / nBins;
    unit.forEach((x, bin) => {
      unit[bin] = (x - mean) / Math.sqrt(square);
    });
  }
  const covariance = new Float64Array(nUnits * nUnits);
  units.forEach((a, i) => {
    units.forEach((b, j) => {
      let dot = 0;
      for (let bin = 0; bin < nBins; bin++) dot += a[bin] * b[bin];
      covariance[i * nUnits + j] = dot / (isZscored ? nBins - 1 : nBins);
    });
  });
  return largestEigenvalue(covariance, nUnits);
}

function shareAbove(bound: number, isZscored: boolean): number {
  let nAbove = 0;
  for (let seed = 0; seed < 400; seed++) {
    if (largestOfNoise(20, 400, seed, isZscored) > bound) nAbove++;
  }
  return nAbove / 400;
}

test('noise exceeds the 95 % bound about one time in twenty, z-scored noise more rarely', () => {
  const bound = tracyWidomBound95(400, 20);
  const [plain, zscored] = [shareAbove(bound, false), shareAbove(bound, true)];
  console.info(`Tracy-Widom: ${plain} of 400 noises exceed the 95 % bound, ${zscored} z-scored`);
  expect(plain).toBeGreaterThan(0.02);
  expect(plain).toBeLessThan(0.08);
  expect(zscored).toBeLessThan(plain);
});
