import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Peak } from '../../src/report/strongest.ts';
import { createTraceCollector } from '../../src/report/traces.ts';

const step = 0.01;
const centre = (bin: number): number => (bin + 0.5) * step;

/** Values that tell their bin and assembly. */
function block(bins: readonly number[]) {
  const time = Float64Array.from(bins, centre);
  const columns = [0, 1].map((k) => Float64Array.from(bins, (bin) => bin + 1000 * k));
  return { time, columns };
}

function collect(bins: readonly number[], cuts: readonly number[], events: readonly number[]) {
  const peaks: Peak[][] = [[{ time: centre(20), strength: 1 }], [{ time: centre(2), strength: 1 }]];
  const collector = createTraceCollector(2, 0.05, () => events);
  const edges = [0, ...cuts, bins.length];
  for (let i = 1; i < edges.length; i++) {
    const own = block(bins.slice(edges[i - 1], edges[i]));
    const until = own.time[own.time.length - 1] ?? -1;
    // A peak is known as soon as its bin has been seen, not before.
    collector.add(
      own,
      peaks.map((list) => list.filter(({ time }) => time <= until)),
    );
  }
  return collector.finish(peaks);
}

const hundred = Array.from({ length: 100 }, (_, bin) => bin);

test('traces hold every bin around a peak and an event, wherever blocks are cut', () => {
  const whole = collect(hundred, [], [0.402]);
  expect(whole.nBins).toBe(11);
  const [late, early] = whole.peaks;
  expect(late).toMatchObject({ assembly: 0 });
  expect([...(late?.trace.values ?? [])]).toEqual(hundred.slice(15, 26));
  expect(late?.trace.start).toBeCloseTo(0.15, 12);
  // The recording begins within this one.
  const first = hundred.slice(0, 8).map((bin) => bin + 1000);
  expect([...(early?.trace.values ?? [])]).toEqual([...first, NaN, NaN, NaN]);
  expect(whole.events.length).toBe(1);
  expect([...(whole.events[0]?.[0]?.values ?? [])].slice(0, 10)).toEqual(hundred.slice(35, 45));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 99 }), { maxLength: 6 }), (cuts) => {
      cuts.sort((a, b) => a - b);
      expect(collect(hundred, cuts, [0.402])).toEqual(whole);
    }),
  );
});

test('bins that are missing stay empty', () => {
  const { peaks } = collect(
    hundred.filter((bin) => bin !== 18 && bin !== 19),
    [],
    [],
  );
  expect([...(peaks[0]?.trace.values ?? [])].slice(2, 6)).toEqual([17, NaN, NaN, 20]);
});

test('events where nothing was recorded have no trace', () => {
  expect(collect(hundred, [], [7, 9]).events).toEqual([]);
});
