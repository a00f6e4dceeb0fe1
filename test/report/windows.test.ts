import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenRanks, planWindows } from '../../src/report/windows.ts';

test('ranks are all there, and the first of them lie evenly', () => {
  expect([...evenRanks(8)]).toEqual([0, 4, 2, 5, 1, 6, 3, 7]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 20 }), (n, kept) => {
      const ranks = evenRanks(n);
      expect([...ranks].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      const shown = [...ranks.keys()].filter((index) => ranks[index] < kept);
      const gaps = shown.slice(1).map((index, i) => index - shown[i]);
      // Nowhere is more than the next power of two between neighbours.
      const whole = 2 ** Math.ceil(Math.log2(Math.max(1, n)));
      const widest = Math.max(1, whole / 2 ** Math.floor(Math.log2(kept)));
      for (const gap of gaps) expect(gap).toBeLessThanOrEqual(widest);
    }),
  );
});

test('windows are in the order of time, each time once, at the better of its ranks', () => {
  const windows = planWindows({ strongest: [[5, 1], [3]], events: [Float64Array.of(1, 2)] }, 10);
  expect(windows).toEqual([
    { time: 1, rank: 0 },
    { time: 2, rank: 1 },
    { time: 3, rank: 0 },
    { time: 5, rank: 0 },
  ]);
});

test('no more than so many events of a set are wanted', () => {
  const events = [Float64Array.from({ length: 1000 }, (_, i) => i)];
  expect(planWindows({ strongest: [], events }, 16).length).toBe(16);
});
