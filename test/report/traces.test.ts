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
  const collector = createTraceCollector({ nAssemblies: 2, halfWidth: 0.05, width: step, events });
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
    fc.property(fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 6 }), (cuts) => {
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

test('what is not yet cut when a gap begins is cut behind it, wherever blocks are cut', () => {
  // The peaks and the event lie so near the end of what was recorded that more could have come for them.
  const early = Array.from({ length: 23 }, (_, bin) => bin);
  const late = Array.from({ length: 20 }, (_, bin) => 2000 + bin);
  const bins = [...early, ...late];
  const event = centre(21) + step / 4;
  const whole = collect(bins, [], [event]);
  const values = (trace: { values: Float64Array } | undefined) => [...(trace?.values ?? [])];
  expect(values(whole.peaks[0]?.trace)).toEqual([...early.slice(15), NaN, NaN, NaN]);
  expect(values(whole.events[0]?.[1])).toEqual([
    ...early.slice(16).map((bin) => bin + 1000),
    ...[NaN, NaN, NaN, NaN],
  ]);
  expect(collect(bins, [23], [event])).toEqual(whole);
  for (let cut = 1; cut < bins.length; cut++) {
    expect(collect(bins, [cut, Math.max(cut, 23)], [event])).toEqual(whole);
  }
});

test('events that are not wanted after all have no trace', () => {
  const collector = createTraceCollector({
    nAssemblies: 2,
    halfWidth: 0.05,
    width: step,
    events: [0.302, 0.402, 0.502],
  });
  collector.add(block(hundred), [[], []]);
  const { events } = collector.finish([[], []], [0.402]);
  expect(events.map(([trace]) => trace?.values[0])).toEqual([35]);
});
