import { expect, test } from 'vitest';
import { mergeResults } from './merge.ts';
import { figuresOf, reading, resultsOf } from './sample-results.ts';

const names = ['a', 'b', 'c'];

test('figures that were not measured again are kept, in the order of the suite', () => {
  const earlier = resultsOf(figuresOf({ c: [reading(1)], a: [reading(1)], gone: [reading(1)] }));
  const now = resultsOf(figuresOf({ b: [reading(2)], a: [reading(2)] }), {
    date: 'later',
    rounds: 2,
  });
  const merged = mergeResults(earlier, now, names);
  expect(merged.figures.map(({ name, seconds }) => [name, seconds.median])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 1],
  ]);
  expect(merged).toMatchObject({ date: 'later', rounds: 2 });
});

test('figures of another machine or of small recordings do not go together', () => {
  const now = resultsOf([]);
  const other = { ...now, machine: { ...now.machine, cpu: 'Other CPU' } };
  expect(() => mergeResults(other, now, names)).toThrow('Other CPU');
  expect(() => mergeResults({ ...now, isQuick: true }, now, names)).toThrow('--quick');
});
