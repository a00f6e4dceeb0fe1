import { expect, test } from 'vitest';
import { allFigures, chooseFigures, groups } from './suite.ts';

const figures = allFigures(false);

test('every figure has a name of its own and is held against figures that are there', () => {
  const names = figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { bounds = [] } of figures) {
    for (const { to } of bounds) if (to !== undefined) expect(names).toContain(to);
  }
  expect(new Set(figures.map(({ group }) => group))).toEqual(new Set(groups.map((g) => g.name)));
});

test('what a figure is held against is measured with it, and what that is held against', () => {
  const names = chooseFigures(figures, ['tutorial-2ms']).map(({ name }) => name);
  expect(names).toEqual(['raw-2ms', 'parquet-alone-2ms', 'tutorial-2ms']);
});

test('a group stands for all of its figures, and nothing for all there are', () => {
  const whole = figures.filter(({ group }) => group === 'whole').map(({ name }) => name);
  const chosen = chooseFigures(figures, ['whole']).map(({ name }) => name);
  expect(chosen).toEqual(expect.arrayContaining(whole));
  expect(chooseFigures(figures, [])).toEqual(figures);
  expect(() => chooseFigures(figures, ['whale'])).toThrow('"whale"');
});

test('small recordings are held against no target', () => {
  const quick = allFigures(true);
  expect(quick.map(({ name }) => name)).toEqual(figures.map(({ name }) => name));
  const targets = quick.flatMap(({ bounds = [] }) => bounds.filter((b) => b.most ?? b.within));
  expect(targets).toEqual([]);
});

test('the targets', () => {
  const targets = figures.flatMap(({ name, bounds = [] }) =>
    bounds
      .filter(({ most, within }) => (most ?? within) !== undefined)
      .map(({ value, to, most, within }) => `${name}: ${value} ${to ?? ''} ${most ?? within}`),
  );
  expect(targets).toEqual(
    expect.arrayContaining([
      'tutorial-10ms: seconds parquet-alone-10ms 1.8',
      'tutorial-2ms: seconds parquet-alone-2ms 1.3',
      `tutorial-10ms: peakRssBytes  ${250 * 2 ** 20}`,
      `tutorial-2ms: peakRssBytes  ${250 * 2 ** 20}`,
      `tutorial-smoothed-graph-10ms: seconds dense-smoothed-10ms ${1 / 3}`,
      'tutorial-graph-10ms: seconds dense-10ms 0.25',
      `flat-7h: peakRssBytes  ${250 * 2 ** 20}`,
      `flat-24h: peakRssBytes  ${250 * 2 ** 20}`,
      `flat-100h: peakRssBytes  ${250 * 2 ** 20}`,
      'flat-100h: peakRssBytes flat-24h 1.1',
      'flat-100h: seconds flat-24h 1.1',
      `wide-1h: peakRssBytes  ${400 * 2 ** 20}`,
      'decode: seconds inflate 1.5',
    ]),
  );
});
