import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstEndingAfter, isWithin, lowerBound } from '../../src/math/search.ts';
import { mergeIntervals } from '../../src/model/epochs.ts';

const number = fc.integer({ min: 0, max: 30 });

test('lowerBound is the first value at or above', () => {
  fc.assert(
    fc.property(fc.array(number), number, (list, t) => {
      const values = Float64Array.from(list).sort();
      const expected = values.findIndex((value) => value >= t);
      expect(lowerBound(values, t)).toBe(expected < 0 ? values.length : expected);
    }),
  );
});

test('intervals hold their start and not their end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number)), number, (pairs, t) => {
      const spans = pairs.map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
      const merged = mergeIntervals(spans);
      expect(isWithin(merged, t)).toBe(merged.some(({ start, end }) => start <= t && t < end));
      const index = merged.findIndex(({ end }) => end > t);
      expect(firstEndingAfter(merged, t)).toBe(index < 0 ? merged.length : index);
    }),
  );
});
