import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageCounter } from '../../../src/sources/open-ephys/message-counter.ts';

function lostOf(numbers: readonly number[]): number {
  const counter = new MessageCounter();
  for (const number of numbers) counter.see(number);
  counter.finish();
  return counter.lost;
}

test('counts what never came, in whatever order the others did', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 2 });
  fc.assert(
    fc.property(numbers, (rest) => {
      const received = [0, ...rest];
      expect(lostOf(received)).toBe(Math.max(...received) + 1 - received.length);
    }),
  );
});

test('a number that comes twice is no loss, and neither is a sender that begins again', () => {
  expect(lostOf([1, 2, 2, 3])).toBe(0);
  expect(lostOf([10_000, 10_001, 1, 2, 3])).toBe(0);
  expect(lostOf([10_000, 10_002, 1, 3])).toBe(2);
});

test('a gap of any size is counted in full', () => {
  expect(lostOf([1, 1_000_001])).toBe(999_999);
});
