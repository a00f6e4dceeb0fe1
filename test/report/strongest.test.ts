import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPeakFinder } from '../../src/report/strongest.ts';

const step = 0.1;

function find(values: readonly number[], nPeaks: number, apart: number, cut = 0) {
  const time = Float64Array.from(values, (_, i) => (i + 0.5) * step);
  const column = Float64Array.from(values);
  const finder = createPeakFinder(1, nPeaks, apart);
  finder.add({ time: time.subarray(0, cut), columns: [column.subarray(0, cut)] });
  finder.add({ time: time.subarray(cut), columns: [column.subarray(cut)] });
  return finder.finish()[0] ?? [];
}

test('the strongest come first, each the highest nearby', () => {
  const peaks = find([0, 5, 9, 4, 0, 0, 0, 7, 0, 0, 0, 0, 8, 8.5], 2, 0.35);
  expect(peaks.map(({ strength }) => strength)).toEqual([9, 8.5]);
  expect(peaks[0]?.time).toBeCloseTo(0.25, 12);
  expect(peaks[1]?.time).toBeCloseTo(1.35, 12);
});

test('no two lie nearer than asked for, the highest of all is among them, and cuts change nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -5, max: 100 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      (values, nPeaks, nApart, cut) => {
        const apart = nApart * step - step / 2;
        const peaks = find(values, nPeaks, apart);
        expect(peaks.length).toBeLessThanOrEqual(nPeaks);
        expect(peaks[0]?.strength).toBe(Math.max(...values));
        const strengths = peaks.map(({ strength }) => strength);
        expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
        const times = peaks.map(({ time }) => time).sort((a, b) => a - b);
        for (let i = 1; i < times.length; i++)
          expect(times[i] - times[i - 1]).toBeGreaterThan(apart);
        for (const { time, strength } of peaks) {
          expect(values[Math.round(time / step - 0.5)]).toBe(strength);
        }
        expect(find(values, nPeaks, apart, cut % (values.length + 1))).toEqual(peaks);
      },
    ),
  );
});

test('no bins, no peaks', () => {
  expect(createPeakFinder(2, 5, 1).finish()).toEqual([[], []]);
});
