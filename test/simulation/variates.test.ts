import { describe, expect, test } from 'vitest';
import { createSfc32 } from '../../src/math/sfc32.ts';
import {
  exponential,
  nearlyNormal,
  powerOfE,
  shuffled,
  wholeBetween,
} from '../../src/simulation/variates.ts';

const n = 200_000;

function draw(make: () => number) {
  const values = Float64Array.from({ length: n }, make).sort();
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  return { values, mean, variance };
}

test('exponential variates follow 1 - exp(-x)', () => {
  const random = createSfc32(3, 1);
  const { values, mean, variance } = draw(() => exponential(random));
  // Five standard errors: those of mean and variance are 1 and √8 over √n.
  expect(mean).toBeCloseTo(1, 1.9);
  expect(variance).toBeCloseTo(1, 1.2);
  const distance = values.reduce((largest, x, i) => {
    return Math.max(largest, Math.abs((i + 0.5) / n - (1 - Math.exp(-x))));
  }, 0);
  // The Kolmogorov-Smirnov distance at p = 0.001.
  expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
});

test('nearly normal variates have mean 0, variance 1 and few beyond three', () => {
  const random = createSfc32(4, 1);
  const { values, mean, variance } = draw(() => nearlyNormal(random));
  expect(mean).toBeCloseTo(0, 1.9);
  expect(variance).toBeCloseTo(1, 1.7);
  const share = values.filter((x) => Math.abs(x) > 3).length / n;
  expect(share).toBeGreaterThan(0.001);
  expect(share).toBeLessThan(0.003);
});

test('powerOfE is the exponential function without calling it', () => {
  for (let x = -10; x <= 10; x += 0.37) {
    expect(Math.abs(powerOfE(x) / Math.exp(x) - 1)).toBeLessThan(1e-8);
  }
  expect(powerOfE(0)).toBe(1);
});

describe('whole numbers', () => {
  test('reach both bounds and nothing beyond', () => {
    const random = createSfc32(5, 1);
    const seen = new Set(Array.from({ length: 1000 }, () => wholeBetween(random, 2, 5)));
    expect([...seen].sort()).toEqual([2, 3, 4, 5]);
  });

  test('shuffling keeps every item and leaves its input alone', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const mixed = shuffled(createSfc32(6, 1), items);
    expect(mixed).not.toEqual(items);
    expect([...mixed].sort((a, b) => a - b)).toEqual(items);
    expect(items[0]).toBe(0);
  });
});
