import { expect, test } from 'vitest';
import { judge } from './results.ts';
import { figuresOf, reading } from './sample-results.ts';

const mebibyte = 2 ** 20;

test('a ratio is the median of the ratios within the rounds, not the ratio of medians', () => {
  const own = [reading(2), reading(9), reading(4)];
  const floor = [reading(1), reading(3), reading(4)];
  // Ratios 2, 3, 1; the medians' own would be 4 / 3.
  const bound = { value: 'seconds', to: 'floor', most: 1.5 };
  const judged = judge(bound, own, new Map([['floor', floor]]));
  expect(judged).toEqual({ ...bound, result: 2, cpuResult: 2, isMet: false });
});

test('ratios of times are told by processor time too', () => {
  const busy = { ...reading(8), cpuSeconds: 2 };
  const bound = { value: 'seconds', to: 'floor' };
  const floor = new Map([['floor', [reading(1)]]]);
  expect(judge(bound, [busy], floor)).toEqual({ ...bound, result: 8, cpuResult: 2 });
});

test('memory is judged at its largest', () => {
  const own = [reading(1, 200), reading(1, 260), reading(1, 210)];
  const bound = { value: 'peakRssBytes', most: 250 * mebibyte };
  expect(judge(bound, own, new Map())).toEqual({ ...bound, result: 260 * mebibyte, isMet: false });
  expect(judge({ ...bound, most: 260 * mebibyte }, own, new Map()).isMet).toBe(true);
});

test('values are taken per count before they are compared', () => {
  const own = [reading(100, 100, { hours: 100 })];
  const others = new Map([['day', [reading(25, 100, { hours: 24 })]]]);
  const bound = { value: 'seconds', per: 'hours', to: 'day' };
  expect(judge(bound, own, others).result).toBeCloseTo(0.96, 12);
  expect(judge({ ...bound, within: 1.1 }, own, others).isMet).toBe(true);
  expect(judge({ ...bound, within: 1.04 }, own, others).isMet).toBe(false);
});

test('what cannot be known is not met', () => {
  const bound = { value: 'seconds', to: 'floor', most: 2 };
  expect(judge(bound, [reading(1)], new Map())).toMatchObject({ result: NaN, isMet: false });
  expect(judge({ value: 'seconds', to: 'floor' }, [reading(1)], new Map()).isMet).toBeUndefined();
});

test('a figure has spreads of what it took, and medians of its counts', () => {
  const readings = { run: [3, 1, 2].map((x) => reading(x, 100 * x, { bytes: 10 * x })) };
  const [figure] = figuresOf(readings);
  expect(figure).toMatchObject({
    name: 'run',
    group: 'some',
    seconds: { min: 1, median: 2, max: 3 },
    peakRssBytes: { min: 100 * mebibyte, median: 200 * mebibyte, max: 300 * mebibyte },
    counts: { bytes: 20 },
    bounds: [],
  });
});
