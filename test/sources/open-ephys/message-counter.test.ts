import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageCounter } from '../../../src/sources/open-ephys/message-counter.ts';

/** What is said at each number, and the sum. */
function seen(numbers: readonly number[]) {
  const counter = new MessageCounter();
  const told = numbers.map((number) => counter.see(number));
  return {
    lost: counter.lost,
    nLost: told.map(({ nLost }) => nLost),
    restarts: told.flatMap(({ isRestart }, i) => (isRestart ? [numbers[i]] : [])),
  };
}

test('whatever is dropped of a sender is counted where it is missing', () => {
  const drops = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(drops, (isDropped) => {
      // The first and the last come: what is lost before or behind everything cannot be seen.
      const came = [1, ...isDropped.flatMap((is, i) => (is ? [] : [i + 2])), isDropped.length + 2];
      const { lost, nLost, restarts } = seen(came);
      expect(lost).toBe(isDropped.filter(Boolean).length);
      expect(nLost).toEqual(came.map((number, i) => (i === 0 ? 0 : number - came[i - 1] - 1)));
      expect(restarts).toEqual([]);
    }),
  );
});

test('whoever joins in the middle has lost nothing', () => {
  expect(seen([5000, 5001, 5002])).toMatchObject({ lost: 0, restarts: [] });
});

test('a number that comes twice, at once or later, is no loss', () => {
  expect(seen([1, 2, 2, 3, 3])).toMatchObject({ lost: 0, restarts: [] });
  expect(seen([5, 6, 7, 6, 8, 9])).toMatchObject({ lost: 0, restarts: [] });
  expect(seen([5, 6, 7, 6, 9])).toMatchObject({ lost: 1, restarts: [] });
});

describe('a sender that begins again', () => {
  test.each([2, 3, 40, 5000, 2 ** 40])('behind %i', (last) => {
    const before = [last - 1, last];
    expect(seen([...before, 1, 2, 3])).toMatchObject({ lost: 0, restarts: [1] });
    expect(seen([...before, 1, 3, 4])).toMatchObject({ lost: 1, restarts: [1] });
    expect(seen([...before, 1, 1, 2])).toMatchObject({ lost: 0, restarts: [1] });
  });

  test.each([40, 4000, 50_000])('behind %i, with its first messages lost', (last) => {
    const { lost, nLost, restarts } = seen([last, 4, 6, 7]);
    expect(nLost).toEqual([0, 0, 4, 0]);
    expect({ lost, restarts }).toEqual({ lost: 4, restarts: [6] });
  });

  test('its losses are counted however low the count was', () => {
    // Numbers below the highest of the acquisition before are no old messages.
    const again = [1, 2, 5, 6, 9];
    expect(seen([...Array.from({ length: 300 }, (_, i) => i + 1), ...again]).lost).toBe(4);
  });
});

test('a gap of any size is counted in full', () => {
  expect(seen([1, 1_000_001]).lost).toBe(999_999);
  expect(seen([1, 5_000_000, 5_000_001]).lost).toBe(4_999_998);
});

test('one damaged number proves nothing', () => {
  expect(seen([7, 8, Number.MAX_SAFE_INTEGER, 9, 10]).lost).toBe(0);
  expect(seen([2_000_007, 2_000_008, 3, 2_000_009])).toMatchObject({ lost: 0, restarts: [] });
});
