import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binIndex, neuroPyGrid } from '../../src/math/bin-index.ts';
import { loadGoldenJson } from '../support/golden.ts';

describe('binIndex', () => {
  test('edges belong to the bin they open', () => {
    expect(Math.floor((43 * 0.1) / 0.1)).toBe(42);
    expect(binIndex(43 * 0.1, 0, 0.1)).toBe(43);
    // 3 * 0.1 is a little more than 0.3.
    expect(binIndex(0.3, 0, 0.1)).toBe(2);
    expect(binIndex(0, 0, 0.1)).toBe(0);
    expect(binIndex(-1e-12, 0, 0.1)).toBe(-1);
    expect(binIndex(-0.1, 0, 0.1)).toBe(-1);
  });

  test('does not hang on absurd times', () => {
    for (const t of [1e300, -1e300, 1e17, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(typeof binIndex(t, 0.3, 0.0005)).toBe('number');
    }
  });

  test('agrees with the edges wherever the time is', () => {
    const time = fc.double({ min: -100, max: 100_000, noNaN: true });
    const step = fc.constantFrom(0.0005, 0.002, 0.01, 0.025, 0.1, 1 / 3, 60);
    fc.assert(
      fc.property(time, time, step, fc.integer({ min: 0, max: 1_000_000 }), (t, a, ds, k) => {
        for (const at of [t, a + k * ds]) {
          const bin = binIndex(at, a, ds);
          expect(a + bin * ds <= at && at < a + (bin + 1) * ds).toBe(true);
        }
      }),
    );
  });
});

interface EdgeCase {
  readonly start: number;
  readonly stop: number;
  readonly ds: number;
  readonly n_bins: number;
  readonly at: readonly number[];
  readonly edges: readonly number[];
  readonly centers: readonly number[];
}

const golden = loadGoldenJson<{ bins: { edges: EdgeCase[] } }>('unit_cases.json');

describe.skipIf(!golden)('neuroPyGrid has the reference edges', () => {
  test.each(golden?.bins.edges ?? [])('$start to $stop by $ds', (expected) => {
    const { start, stop, ds, at } = expected;
    const grid = neuroPyGrid(start, stop, ds);
    const edge = (k: number): number =>
      k === grid.nBins ? grid.lastEdge : grid.origin + k * grid.step;
    expect(grid.nBins).toBe(expected.n_bins);
    at.forEach((k, i) => {
      expect(edge(k)).toBe(expected.edges[i]);
      if (k < grid.nBins) expect(edge(k) + ds / 2).toBe(expected.centers[i]);
    });
  });
});

test('a run shorter than a bin has none', () => {
  expect(neuroPyGrid(1, 1.05, 0.1).nBins).toBe(0);
  expect(neuroPyGrid(1, 1, 0.1).nBins).toBe(0);
});
