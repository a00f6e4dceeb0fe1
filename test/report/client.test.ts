import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extremesIn, tracedAt } from '../../src/report/client/envelope.ts';
import {
  formatLength,
  formatNumber,
  formatTime,
  roundTicks,
  timeTicks,
} from '../../src/report/client/format.ts';
import { readActivations } from '../../src/report/client/levels.ts';
import { clampView, panView, shared, zoomView } from '../../src/report/client/state.ts';
import { packPyramid, packTraces } from '../../src/report/pack.ts';
import { createPyramid } from '../../src/report/pyramid.ts';

const step = 0.01;

function activationOf(values: readonly number[], capacity: number) {
  const builder = createPyramid(1, capacity, step);
  const time = Float64Array.from(values, (_, i) => (i + 0.5) * step);
  builder.add({ time, columns: [Float64Array.from(values)] });
  const pyramid = builder.finish();
  if (!pyramid) throw new Error('no pyramid');
  return readActivations(packPyramid(pyramid), null)[0];
}

describe('activation at every zoom level', () => {
  // A code of numbers that are hardly any would be 0.
  const number = fc
    .double({ noNaN: true, min: -20, max: 600 })
    .map((value) => (Math.abs(value) < 1e-200 ? 0 : value));
  const numbers = fc.array(number, { minLength: 3, maxLength: 3000 });

  test('extremes over a span are those of all its bins, to a code, and of few bins beside it', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 8, max: 512 }),
        fc.nat(),
        fc.nat(),
        (values, capacity, a, b) => {
          const activation = activationOf(values, capacity);
          const [first, last] = [a % values.length, b % values.length].sort((x, y) => x - y);
          const span = { start: first * step, end: (last + 1) * step };
          const { low, high } = activation.extremes(span.start, span.end);
          const code = (activation.range.high - activation.range.low) / 65_534;
          const own = values.slice(first, last + 1);
          expect(low).toBeLessThanOrEqual(Math.min(...own) + code);
          expect(high).toBeGreaterThanOrEqual(Math.max(...own) - code);
          // A level's buckets are at most half as wide as the span, or the finest there are.
          const reach = Math.max(activation.width, (span.end - span.start) / 2);
          const near = values.filter((_, i) => {
            return (i + 1) * step > span.start - reach - 1e-9 && i * step < span.end + reach + 1e-9;
          });
          expect(low).toBeGreaterThanOrEqual(Math.min(...near) - code);
          expect(high).toBeLessThanOrEqual(Math.max(...near) + code);
        },
      ),
    );
  });

  test('the whole is the range', () => {
    const values = Array.from(
      { length: 5000 },
      (_, i) => Math.sin(i / 30) * 10 + (i === 777 ? 90 : 0),
    );
    const activation = activationOf(values, 600);
    const { low, high } = activation.extremes(0, 50);
    expect(high).toBeCloseTo(Math.max(...values), 6);
    expect(low).toBeCloseTo(Math.min(...values), 6);
    expect(activation.isExact).toBe(false);
  });

  test('where there is room every value is there, to a code', () => {
    const values = [0, 5.5, -3, 100, 7];
    const activation = activationOf(values, 64);
    expect(activation.isExact).toBe(true);
    values.forEach((value, i) => {
      expect(Math.abs(activation.bucket(i).high - value)).toBeLessThanOrEqual(103 / 131_068 + 1e-9);
    });
    expect(activation.bucket(5).high).toBeNaN();
    expect(activation.bucket(-1).high).toBeNaN();
  });

  test('traces tell every bin, and the extremes of a view that they cover', () => {
    const width = step;
    const trace = { start: 1, values: Float64Array.of(1, 4, NaN, 2) };
    const packed = packTraces({ width, nBins: 4, peaks: [{ assembly: 1, trace }], events: [] }, [
      { low: 0, high: 1 },
      { low: -10, high: 10 },
    ]);
    const pyramid = createPyramid(2, 4, step);
    const time = Float64Array.from({ length: 400 }, (_, i) => (i + 0.5) * step);
    const column = Float64Array.from(time, (_, i) => (i % 2 === 0 ? -10 : 10));
    pyramid.add({ time, columns: [column, column] });
    const found = pyramid.finish();
    if (!found) throw new Error('no pyramid');
    const [without, activation] = readActivations(packPyramid(found), packed);
    expect(without.traces).toEqual([]);
    expect(tracedAt(activation, 1.015)).toBeCloseTo(4, 3);
    expect(tracedAt(activation, 1.025)).toBeNaN();
    expect(tracedAt(activation, 2)).toBeNaN();
    expect(extremesIn(activation, { start: 1, end: 1.04 }).high).toBeCloseTo(4, 3);
    expect(extremesIn(activation, { start: 1, end: 1.2 }).high).toBeCloseTo(10, 3);
  });
});

describe('views', () => {
  const bounds = { start: 100, end: 200 };

  test('stay within bounds and keep their length where they can', () => {
    expect(clampView({ start: 90, end: 110 }, bounds, 1)).toEqual({ start: 100, end: 120 });
    expect(clampView({ start: 195, end: 215 }, bounds, 1)).toEqual({ start: 180, end: 200 });
    expect(clampView({ start: 0, end: 1000 }, bounds, 1)).toEqual(bounds);
    expect(clampView({ start: 150, end: 150 }, bounds, 2)).toEqual({ start: 149, end: 151 });
    expect(clampView({ start: 100.5, end: 100.6 }, { start: 100, end: 101 }, 5)).toEqual({
      start: 100,
      end: 101,
    });
  });

  test('zoom keeps the anchor where it is', () => {
    expect(zoomView({ start: 0, end: 10 }, 0.5, 2)).toEqual({ start: 1, end: 6 });
    expect(panView({ start: 0, end: 10 }, -0.5)).toEqual({ start: -5, end: 5 });
  });

  test('a shared value tells its watchers of changes, and only of those', () => {
    const value = shared(1);
    const told: number[] = [];
    value.watch((now) => told.push(now));
    value.set(2);
    value.set(2);
    value.set(3);
    expect(told).toEqual([1, 2, 3]);
  });
});

describe('what people read', () => {
  test('numbers', () => {
    expect([0, 1.23456, -0.0456, 123456, 1e-5, -3e7, NaN].map(formatNumber)).toEqual([
      '0',
      '1.235',
      '−0.0456',
      '123500',
      '1.00e−5',
      '−3.00e+7',
      '–',
    ]);
  });

  test('times', () => {
    expect(formatTime(0)).toBe('0:00:00');
    expect(formatTime(3661.25, 0.1)).toBe('1:01:01.3');
    expect(formatTime(59.96, 0.1)).toBe('0:01:00.0');
    expect(formatTime(-2, 1)).toBe('−0:00:02');
    expect(formatTime(36_000)).toBe('10:00:00');
    expect([0.05, 12, 600, 23_817].map(formatLength)).toEqual([
      '50 ms',
      '12 s',
      '10 min',
      '6.616 h',
    ]);
  });

  test('ticks are round, within the range, and about as many as wanted', () => {
    expect(roundTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
    expect(timeTicks(0, 7200, 4)).toEqual({ step: 1800, times: [0, 1800, 3600, 5400, 7200] });
    const range = fc.tuple(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e7, noNaN: true }),
    );
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 12 }), ([low, length], wanted) => {
        for (const ticks of [
          roundTicks(low, low + length, wanted),
          timeTicks(low, low + length, wanted).times,
        ]) {
          expect(ticks.length).toBeLessThanOrEqual(wanted + 2);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - length * 1e-6);
            expect(tick).toBeLessThanOrEqual(low + length * (1 + 1e-6));
          }
        }
      }),
    );
  });
});
