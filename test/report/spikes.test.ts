import { expect, test } from 'vitest';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { fromSpikeTrains } from '../../src/model/spike-trains.ts';
import { readPage } from '../../src/report/client/page-model.ts';
import type { PageSpikes } from '../../src/report/page-data.ts';
import { createSpikeCollector } from '../../src/report/spikes.ts';
import type { Window } from '../../src/report/windows.ts';

const end = 1000;
const halfWidth = 0.5;

/** Ascending times at random, `rate` a second. */
function train(seed: number, rate: number): number[] {
  const { double } = createSfc32(seed, 0);
  const times: number[] = [];
  for (let t = 0; ; ) {
    t -= Math.log(1 - double()) / rate;
    if (t >= end) return times;
    times.push(t);
  }
}

const trains = [train(1, 4), train(2, 8), train(3, 2), []];
/** Units 7 and 3 of the stream's four are wanted. */
const plan = { units: [3, 7], placeOf: Int32Array.of(1, -1, 0, -1), halfWidth, start: 0, end };

function collect(windows: readonly Window[], maxBytes: number, chunkSeconds = 60): PageSpikes {
  const collector = createSpikeCollector({ ...plan, windows, maxBytes });
  for (const chunk of fromSpikeTrains(trains, { start: 0, end, chunkSeconds }))
    collector.add(chunk);
  return collector.finish();
}

function unpack(spikes: PageSpikes) {
  const colours = { averages: [], differences: [] };
  const empty = { epochs: [], states: [], events: [], projections: [], fits: [], psths: [] };
  const span = { start: 0, end };
  const page = readPage({ span, ...empty, differences: [], colours, spikes });
  if (!page.spikes) throw new Error('no spikes');
  return page.spikes;
}

const everyTenth = Array.from({ length: 99 }, (_, i) => ({ time: 10 * (i + 1), rank: i }));

test('every spike of the wanted units within the windows is there, once, to 0.05 ms', () => {
  const overlapping = [...everyTenth, { time: 10.3, rank: 0 }, { time: 0.2, rank: 0 }];
  overlapping.sort((a, b) => a.time - b.time);
  const { times, unitOf, placeOf, isCarried } = unpack(collect(overlapping, 1e6));
  expect([placeOf(3), placeOf(7), placeOf(99)]).toEqual([0, 1, -1]);
  const isInside = (t: number) =>
    overlapping.some(({ time }) => t >= time - halfWidth && t < time + halfWidth);
  for (const [place, own] of [trains[2], trains[0]].entries()) {
    const expected = own.filter(isInside);
    const found = [...times].filter((_, i) => unitOf[i] === place);
    expect(found.length).toBe(expected.length);
    expected.forEach((time, i) => {
      expect(Math.abs(found[i] - time)).toBeLessThanOrEqual(0.5001e-4);
    });
  }
  expect([...times]).toEqual([...times].sort((a, b) => a - b));
  expect(isCarried({ start: 9.5, end: 10.8 })).toBe(true);
  expect(isCarried({ start: 9.5, end: 10.9 })).toBe(false);
  expect(isCarried({ start: 15, end: 16 })).toBe(false);
  // Before the recording there is nothing to miss.
  expect(isCarried({ start: -0.3, end: 0.7 })).toBe(true);
});

test('a span longer than ticks reach over is divided without loss', () => {
  const windows = Array.from({ length: 60 }, (_, i) => ({ time: 100 + i * 0.5, rank: 0 }));
  const { times, spans, isCarried } = unpack(collect(windows, 1e6));
  const expected = [trains[0], trains[2]].flat().filter((t) => t >= 99.5 && t < 130);
  expect(times.length).toBe(expected.length);
  for (let i = 0; i < spans.length; i += 2) expect(spans[i + 1] - spans[i]).toBeLessThan(6.5536);
  expect(isCarried({ start: 99.5, end: 130 })).toBe(true);
});

test('the last in rank are given up where bytes are short, and chunks change nothing', () => {
  const few = collect(everyTenth, 4000);
  const { isCarried, times } = unpack(few);
  const carried = everyTenth.filter(({ time }) =>
    isCarried({ start: time - halfWidth, end: time + halfWidth }),
  );
  expect(carried.length).toBeGreaterThan(10);
  expect(carried.length).toBeLessThan(80);
  expect(carried.map(({ rank }) => rank)).toEqual(carried.map((_, i) => i));
  expect(times.length * 3).toBeLessThan(4000);
  expect(JSON.stringify(few).length).toBeLessThan(4600);
  expect(collect(everyTenth, 4000, 7)).toEqual(few);
});

test('counts add up to all spikes, within the steps of their codes', () => {
  const { density } = unpack(collect([], 1e6));
  for (const [place, own] of [trains[2], trains[0]].entries()) {
    const counted = Array.from({ length: density.nBuckets }, (_, i) => density.count(place, i));
    const sum = counted.reduce((total, count) => total + count, 0);
    const step = density.most[place] / 255;
    expect(Math.abs(sum - own.length)).toBeLessThanOrEqual((density.nBuckets * step) / 2);
    const first = own.filter((t) => t < density.width).length;
    expect(Math.abs(density.count(place, 0) - first)).toBeLessThanOrEqual(step / 2 + 1e-9);
  }
});
