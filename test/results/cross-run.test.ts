import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCorrelation } from '../../src/results/correlation.ts';
import { activationOf, detectionOf, fitOf } from '../../src/results/lineage.ts';
import { readPatterns, readSpectrum } from '../../src/results/patterns.ts';
import { findPrePostSets, readPsths } from '../../src/results/psths.ts';
import { readRecording } from '../../src/results/recording.ts';
import type { RunResults } from '../../src/results/run-results.ts';
import { groupNamer, groupsOfMatrix, sortByGroup } from '../../src/results/unit-groups.ts';
import { finishRun, rowsOf, scratchFolder } from '../support/finished-run.ts';

const out = join(scratchFolder(), 'cross');
let results: RunResults;
beforeAll(async () => {
  results = await finishRun(out, 'neuro-py-cross-structural.yaml');
});

test('files of several nodes are told apart by their prefixes, and belong together', async () => {
  expect(results.fits).toEqual(['standard.', 'cross.']);
  expect(results.activations).toEqual(['standardActivity.', 'crossActivity.']);
  expect(results.correlations).toEqual(['']);
  expect(activationOf(results, 'standardPost')).toBe('standardActivity.');
  expect(activationOf(results, 'crossPost')).toBe('crossActivity.');
  expect(fitOf(results, 'standardActivity.')).toBe('standard.');
  expect(fitOf(results, 'crossActivity.')).toBe('cross.');
  expect(detectionOf(results, 'cross.')?.structure).toBe('masked-correlation');
});

test('patterns and spectra', async () => {
  const rows = await rowsOf(out, 'cross.patterns.parquet');
  const patterns = await readPatterns(results, 'cross.');
  const units = patterns?.units ?? [];
  expect(patterns?.weights.length).toBe(2);
  expect(units.length).toBe(20);
  for (const { assembly, unit_id, weight, member } of rows) {
    const unit = units.findIndex(({ id }) => id === unit_id);
    expect(patterns?.weights[Number(assembly) - 1]?.[unit]).toBe(weight);
    expect(patterns?.members[Number(assembly) - 1]?.[unit] === 1).toBe(member);
  }
  const spectrum = await readSpectrum(results, 'standard.');
  const expected = await rowsOf(out, 'standard.spectrum.parquet');
  expect([...(spectrum?.eigenvalues ?? [])]).toEqual(expected.map((row) => row.eigenvalue));
  expect(spectrum?.pValues.every(Number.isNaN)).toBe(true);
});

test('averages', async () => {
  const sets = await readPsths(results);
  expect(sets.map(({ name, events, at }) => [name, events, at])).toEqual([
    ['standardPost', 'ripples', 'start'],
    ['crossPost', 'ripples', 'start'],
  ]);
  const rows = await rowsOf(out, 'psth.parquet');
  for (const { name, mean, sem, lags, n } of sets) {
    const own = rows.filter((row) => row.events === name);
    expect(own.length).toBe(mean.length * lags.length);
    own.forEach((row, index) => {
      const [k, lag] = [Math.floor(index / lags.length), index % lags.length];
      expect(row.assembly).toBe(k + 1);
      expect([lags[lag], mean[k]?.[lag], sem[k]?.[lag], n[lag]]).toEqual([
        row.lag,
        row.mean,
        row.sem,
        row.n,
      ]);
    });
  }
  expect(findPrePostSets(sets, results)).toBeUndefined();
});

test('the recording', async () => {
  const recording = await readRecording(results, '');
  expect(recording).toMatchObject({ start: 0, end: 600.0674 });
  expect(recording?.epochs.map(({ name, role }) => [name, role])).toEqual([
    ['preSleepA', 'pre'],
    ['maze', 'task'],
    ['postSleep', 'post'],
  ]);
  expect(new Set(recording?.states.map(({ name }) => name))).toContain('THETA');
  const sets = recording?.events.map(({ name, kind, starts }) => [kind, name, starts.length]);
  expect(sets).toContainEqual(['aligned', 'crossPost', 139]);
  const units = await rowsOf(out, 'units.parquet');
  expect(recording?.units.length).toBe(units.length);
  expect(recording?.units.filter(({ isKept }) => isKept).length).toBe(20);
  expect(await readRecording(results, 'other.')).toBeUndefined();
});

describe('groups of units', () => {
  test('are those that the detection across regions names', async () => {
    const patterns = await readPatterns(results, 'cross.');
    const nameOf = groupNamer(results, 'cross');
    const names = (patterns?.units ?? []).map(nameOf);
    expect(new Set(names)).toEqual(new Set(['CA1', 'PFC']));
    expect(nameOf({ region: 'CA1sp' })).toBe('CA1');
    expect(nameOf({ region: 'DG' })).toBe('DG');
    expect(nameOf({ region: '' })).toBe('unknown');
    const { order, groups } = sortByGroup(names);
    expect(groups.map(({ name, from, to }) => [name, to - from])).toEqual([
      ['CA1', 12],
      ['PFC', 8],
    ]);
    expect([...order].sort((a, b) => a - b)).toEqual(names.map((_, unit) => unit));
    for (const { name, from, to } of groups) {
      for (const unit of order.subarray(from, to)) expect(names[unit]).toBe(name);
    }
  });

  test('are read off the correlation matrix where something else parted the units', async () => {
    const matrix = await readCorrelation(results, '');
    if (!matrix) throw new Error('no matrix');
    const nameOf = groupNamer(results);
    expect(groupsOfMatrix(matrix, nameOf)).toEqual(matrix.units.map(nameOf));
    const isMasked = Uint8Array.from(matrix.isMasked, (_, cell) => {
      const [a, b] = [Math.floor(cell / matrix.units.length), cell % matrix.units.length];
      return a % 2 === b % 2 ? 1 : 0;
    });
    const parted = groupsOfMatrix({ ...matrix, isMasked }, nameOf);
    expect(parted.slice(0, 4)).toEqual(['group 1', 'group 2', 'group 1', 'group 2']);
  });
});

test('the correlation matrix: left out within groups, NaN for units that do not vary', async () => {
  const rows = await rowsOf(out, 'correlation.parquet');
  const matrix = await readCorrelation(results, '');
  const n = matrix?.units.length ?? 0;
  expect(rows.length).toBe(n * n);
  rows.forEach(({ value }, cell) => {
    expect(matrix?.isMasked[cell]).toBe(value === null ? 1 : 0);
    expect(matrix?.values[cell]).toBe(value === null ? Number.NaN : value);
  });
  expect(await readCorrelation(results, 'other.')).toBeUndefined();
});
