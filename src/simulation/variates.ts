import type { RandomSource } from '../math/random.ts';

const range = 2 ** 32;

/** A number in [0, 1), of 32 random bits. */
export function uniform({ uint32 }: RandomSource): number {
  return uint32() / range;
}

/** A number in [low, high). */
export function between(random: RandomSource, low: number, high: number): number {
  return low + uniform(random) * (high - low);
}

/** A whole number from `low` to `high`, both included. */
export function wholeBetween(random: RandomSource, low: number, high: number): number {
  return low + Math.floor(uniform(random) * (high - low + 1));
}

/**
 * An exponential variate of mean 1, from comparisons alone: no logarithm, whose last bit differs between machines.
 * Source: von Neumann 1951, National Bureau of Standards Applied Math Series 12
 */
export function exponential({ uint32 }: RandomSource): number {
  for (let whole = 0; ; whole++) {
    const first = uint32();
    let isOdd = true;
    for (let last = first, next = uint32(); next < last; next = uint32()) {
      last = next;
      isOdd = !isOdd;
    }
    if (isOdd) return whole + first / range;
  }
}

/** A nearly normal variate of mean 0 and variance 1, within ±6: the sum of twelve uniform ones. */
export function nearlyNormal(random: RandomSource): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform(random);
  return sum;
}

/** e to the power of `x`, for |x| up to about 10, from sums and products alone; to 1e-12 of its value. */
export function powerOfE(x: number): number {
  const small = x / 1024;
  let power = 1 + small * (1 + (small / 2) * (1 + (small / 3) * (1 + small / 4)));
  for (let i = 0; i < 10; i++) power *= power;
  return power;
}

/** The same items in random order. */
export function shuffled<T>(random: RandomSource, items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = wholeBetween(random, 0, last);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
