import { expect, test } from 'vitest';
import { compareResults, renderComparison } from './compare.ts';
import { figuresOf, reading, resultsOf } from './sample-results.ts';

const held = { run: [{ value: 'seconds', to: 'floor', most: 3 }] };

function results(run: number, floor: number, peak = 100, change = {}) {
  const readings = { floor: [reading(floor)], run: [reading(run, peak)] };
  return resultsOf(figuresOf(readings, held), change);
}

function find(all: ReturnType<typeof compareResults>, name: string, what: string) {
  return all.find((one) => one.name === name && one.what === what);
}

test('time is compared as the ratio to the floor where there is one, and plain where not', () => {
  const all = compareResults(results(2, 1), results(6, 2), 0.25);
  expect(find(all, 'run', 'time / floor')).toMatchObject({ base: 2, now: 3, ratio: 1.5 });
  expect(find(all, 'run', 'time / floor')?.isWorse).toBe(true);
  expect(find(all, 'floor', 'time')).toMatchObject({ base: 1, now: 2, ratio: 2, isWorse: true });
  expect(find(all, 'run', 'peak memory')?.isWorse).toBe(false);
});

test('a slower machine is no worse figure', () => {
  const machine = { ...resultsOf([]).machine, cpu: 'Slow CPU' };
  const all = compareResults(results(2, 1), results(20, 10, 100, { machine }), 0.25);
  expect(find(all, 'run', 'time / floor')).toMatchObject({ ratio: 1, isWorse: false });
  expect(find(all, 'floor', 'time')).toMatchObject({ ratio: 10, isWorse: undefined });
  expect(renderComparison(all, 0.25)).toContain('other machine: not judged');
});

test('the margin is what a figure may be worse by', () => {
  const [base, now] = [results(2, 1, 100), results(2.2, 1, 120)];
  const worse = (margin: number) => compareResults(base, now, margin).filter((c) => c.isWorse);
  expect(worse(0.25)).toEqual([]);
  expect(worse(0.15).map(({ what }) => what)).toEqual(['peak memory']);
  expect(worse(0.05).map(({ what }) => what)).toEqual(['time / floor', 'peak memory']);
});

test('a figure that could not be measured is worse', () => {
  const all = compareResults(results(2, 1), results(Number.NaN, 1), 0.25);
  expect(find(all, 'run', 'time / floor')?.isWorse).toBe(true);
});

test('figures of one file alone are left out, and small recordings do not compare', () => {
  const base = resultsOf(figuresOf({ old: [reading(1)], both: [reading(1)] }));
  const now = resultsOf(figuresOf({ both: [reading(1)], young: [reading(1)] }));
  const names = compareResults(base, now, 0).map(({ name }) => name);
  expect(new Set(names)).toEqual(new Set(['both']));
  expect(() => compareResults(base, { ...now, isQuick: true }, 0)).toThrow('--quick');
});

test('the text says what is compared, both values and the verdict', () => {
  const text = renderComparison(compareResults(results(2, 1), results(6, 2), 0.25), 0.25);
  const lines = text.split('\n');
  expect(lines.find((line) => line.includes('time / floor'))).toMatch(
    /run +1\.50 +time \/ floor: 2\.000 -> 3\.000 +WORSE/,
  );
  expect(lines.at(-1)).toBe('2 worse by more than 25 %');
});
