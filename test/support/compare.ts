import { expect } from 'vitest';

type Row = ArrayLike<number>;

/** Largest absolute difference between matrices, which must have one shape. */
export function largestDifference(found: readonly Row[], expected: readonly Row[]): number {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  let largest = 0;
  expected.forEach((row, r) => {
    for (let i = 0; i < row.length; i++) {
      const difference = Math.abs(found[r][i] - row[i]);
      if (!(difference <= largest)) largest = difference;
    }
  });
  return largest;
}

/** Largest difference of two columns, relative to the largest of the second; infinite where one is not a number. */
export function relativeDifference(ours: Row, theirs: Row): number {
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < theirs.length; i++) {
    worst = Math.max(worst, Math.abs((ours[i] ?? Number.NaN) - (theirs[i] ?? Number.NaN)));
    largest = Math.max(largest, Math.abs(theirs[i] ?? 0));
  }
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / largest;
}

/** The sign rule of patterns: the first entry of largest absolute value is positive. */
export function flip(pattern: Row): number[] {
  const row = Array.from(pattern);
  const largest = row.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest > 0 ? row : row.map((weight) => -weight);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
}

/** What a promise was rejected with; undefined when it was not. */
export function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
