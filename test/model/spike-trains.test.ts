import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, InputError } from '../../src/errors.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import { createSpikeTrains, fromSpikeTrains, spikeChunks } from '../../src/model/spike-trains.ts';

const ascending = fc
  .array(fc.integer({ min: -50, max: 150 }), { maxLength: 40 })
  .map((times) => Float64Array.from(times.sort((a, b) => a - b)));

function pairs(chunks: Iterable<SpikeChunk>): [number, number][] {
  const found: [number, number][] = [];
  for (const { times, units } of chunks) {
    for (let s = 0; s < times.length; s++) found.push([times[s], units[s]]);
  }
  return found;
}

test('trains are merged by time, then by unit, and cut to the span', () => {
  fc.assert(
    fc.property(fc.array(ascending, { maxLength: 20 }), (trains) => {
      const span = { start: 0, end: 100 };
      const merged = createSpikeTrains(trains, span);
      const expected = trains
        .flatMap((train, unit) => Array.from(train, (time): [number, number] => [time, unit]))
        .filter(([time]) => time >= 0 && time < 100)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(pairs(spikeChunks(merged))).toEqual(expected);
    }),
  );
});

test('chunks follow each other from start to end, however wide they are', () => {
  const widths = fc.double({ min: 2, max: 300, noNaN: true });
  fc.assert(
    fc.property(fc.array(ascending, { maxLength: 5 }), widths, (trains, chunkSeconds) => {
      const merged = createSpikeTrains(trains, { start: 3.25, end: 97 });
      const chunks = [...spikeChunks(merged, chunkSeconds)];
      expect(chunks[0].start).toBe(3.25);
      expect(chunks.at(-1)?.end).toBe(97);
      for (const [i, { start, end, times, units, nUnits, runEnd }] of chunks.entries()) {
        if (i > 0) expect(start).toBe(chunks[i - 1].end);
        expect(end).toBeGreaterThan(start);
        expect(times.every((time) => time >= start && time < end)).toBe(true);
        expect(units).toHaveLength(times.length);
        expect([nUnits, runEnd]).toEqual([trains.length, 97]);
      }
      expect(pairs(chunks)).toEqual(pairs(spikeChunks(merged, 1000)));
    }),
  );
});

describe('from spike times in memory', () => {
  test('plain arrays, silent units and silence', () => {
    const chunks = fromSpikeTrains([[0.5, 2.5], [], [2.5, 9]], {
      start: 0,
      end: 3,
      chunkSeconds: 1,
    });
    expect([...chunks].map(({ end, times, units }) => [end, [...times], [...units]])).toEqual([
      [1, [0.5], [0]],
      [2, [], []],
      [3, [2.5, 2.5], [0, 2]],
    ]);
    expect([...chunks]).toHaveLength(3);
    expect([...fromSpikeTrains([], { start: 0, end: 1 })]).toMatchObject([{ nUnits: 0 }]);
    expect([...fromSpikeTrains([[1]], { start: 1, end: 1 })]).toEqual([]);
  });

  test('what does not ascend, or is no number, is refused with its place', () => {
    const span = { start: 0, end: 10 };
    expect(() => fromSpikeTrains([[1], [3, 2]], span)).toThrow(
      'train 1, spike 1: found time 2 after 3',
    );
    expect(() => fromSpikeTrains([[Number.NaN]], span)).toThrow(InputError);
  });

  test.each([
    { start: 1, end: 0 },
    { start: Number.NaN, end: 0 },
    { start: 0, end: Number.POSITIVE_INFINITY },
    { start: 0, end: 1, chunkSeconds: 0 },
    { start: 0, end: 1, chunkSeconds: Number.NaN },
    { start: 0, end: 1, chunkSeconds: 1e-12 },
  ])('%o makes no sense', (span) => {
    expect(() => fromSpikeTrains([], span)).toThrow(ConfigError);
  });
});
