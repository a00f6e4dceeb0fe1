import type { Figure, Reading } from './figure.ts';
import { type FigureResult, type Results, summarise } from './results.ts';

const mebibyte = 2 ** 20;

/** A reading of so many seconds and MiB. */
export function reading(
  seconds: number,
  peakMebibytes = 100,
  counts: Record<string, number> = {},
): Reading {
  return { seconds, cpuSeconds: seconds, peakRssBytes: peakMebibytes * mebibyte, counts };
}

/** What the suite makes of readings by name; `bounds` of each are given by name too. */
export function figuresOf(
  readings: Readonly<Record<string, readonly Reading[]>>,
  bounds: Readonly<Record<string, Figure['bounds']>> = {},
): FigureResult[] {
  const byName = new Map(Object.entries(readings));
  return [...byName.keys()].map((name) => {
    const held = bounds[name];
    const figure = { name, group: 'some', says: `What ${name} is.`, work: { command: [] } };
    const bounded = held ? { ...figure, bounds: held } : figure;
    return summarise(bounded, byName, '2026-01-02T03:04:05.000Z');
  });
}

export function resultsOf(
  figures: readonly FigureResult[],
  change: Partial<Results> = {},
): Results {
  return {
    format: 1,
    date: '2026-01-02T03:04:05.000Z',
    isQuick: false,
    rounds: 3,
    machine: {
      cpu: 'Some CPU',
      cores: 2,
      memoryBytes: 16 * 2 ** 30,
      platform: 'linux 6 x64',
      node: 'v20.19.0',
      loadAverage: 0.5,
    },
    versions: { rekindle: '1.2.3', commit: 'abc1234' },
    figures,
    ...change,
  };
}
