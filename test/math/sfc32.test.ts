import { expect, test } from 'vitest';
import { createSfc32 } from '../../src/math/sfc32.ts';

/** The same generator on whole numbers without bound, as its definition reads. */
function* plainSfc32(seed: bigint, stream: bigint, index: bigint): Generator<number> {
  const word = (value: bigint) => BigInt.asUintN(32, value);
  let [a, b, c, counter] = [seed, stream, index, 1n];
  for (let round = 0; ; round++) {
    const sum = word(a + b + counter);
    counter = word(counter + 1n);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(((c << 21n) | (c >> 11n)) + sum);
    if (round >= 15) yield Number(sum);
  }
}

test.each([
  [0, 0, 0],
  [1, 5, 3],
  [2 ** 32 - 1, 2 ** 31, 77],
])('gives the numbers of its definition for seed %i, stream %i, index %i', (...seeds) => {
  const { uint32 } = createSfc32(...seeds);
  const [seed, stream, index] = seeds.map(BigInt);
  const plain = plainSfc32(seed, stream, index);
  for (let i = 0; i < 2000; i++) expect(uint32()).toBe(plain.next().value);
});

test('doubles are made of 53 bits, in [0, 1), and streams differ', () => {
  const a = createSfc32(7, 1, 1);
  const b = createSfc32(7, 1, 2);
  const doubles = Array.from({ length: 20_000 }, () => a.double());
  expect(Math.min(...doubles)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...doubles)).toBeLessThan(1);
  const others = Array.from({ length: 20_000 }, () => b.double());
  const products = doubles.map((x, i) => (x - 0.5) * (others[i] - 0.5) * 12);
  const correlation = products.reduce((sum, x) => sum + x, 0) / products.length;
  // Five standard errors.
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(20_000));
});
