import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDuration, roundHalfEven } from '../../src/model/duration.ts';

describe('formatDuration', () => {
  const golden = new URL('../golden/unit_cases.json', import.meta.url);
  const cases = JSON.parse(readFileSync(golden, 'utf8')).durations as {
    seconds: number | string;
    text: string;
  }[];

  test.each(cases)('$seconds reads $text', ({ seconds, text }) => {
    expect(formatDuration(Number(seconds === 'inf' ? Number.POSITIVE_INFINITY : seconds))).toBe(
      text,
    );
  });

  test('every case of the reference is there', () => expect(cases).toHaveLength(39));
});

test('halves round to the even neighbour', () => {
  expect([0.5, 1.5, 2.5, -0.5, 2.4, 2.6].map(roundHalfEven)).toEqual([0, 2, 2, 0, 2, 3]);
});
