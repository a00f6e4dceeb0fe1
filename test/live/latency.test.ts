import { expect, test } from 'vitest';
import { LatencyCounter } from '../../src/live/latency.ts';

test('percentiles to 2 %, and the largest exactly', () => {
  const counter = new LatencyCounter();
  for (let i = 1; i <= 1000; i++) counter.add(i / 1e6);
  counter.add(0.25);
  const summary = counter.summary();
  expect(summary?.n).toBe(1001);
  expect(summary?.p50Ms).toBeGreaterThanOrEqual(0.501);
  expect(summary?.p50Ms).toBeLessThan(0.501 * 1.021);
  expect(summary?.p99Ms).toBeGreaterThanOrEqual(0.991);
  expect(summary?.p99Ms).toBeLessThan(0.991 * 1.021);
  expect(summary?.maxMs).toBe(250);
});

test('nothing counted, or nothing that is a time', () => {
  const counter = new LatencyCounter();
  counter.add(Number.NaN);
  counter.add(-1);
  expect(counter.summary()).toBeUndefined();
});
