import { EMPTY, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { groupsOf } from '../src/grouping.ts';
import { matchLabels } from '../src/math/match-labels.ts';
import type { UnitLabels } from '../src/model/unit-labels.ts';
import { correlate } from '../src/operators/correlate.ts';
import { fitPatterns } from '../src/operators/fit-patterns.ts';
import { project } from '../src/operators/project.ts';
import { moments, zscore } from '../src/operators/zscore.ts';
import { patternsOf, tableOf, unitsOf } from './support/patterns.ts';
import { activationRows, collect, countsRun, failure, notes } from './support/streams.ts';

const units = unitsOf(['CA1', 'CA1', 'PFC', 'PFC'], [10, 20, 30, 40]);
const table = tableOf(units);

function labelsOf(entries: Readonly<Record<string, string>>, rules: Partial<UnitLabels> = {}) {
  return {
    kind: 'labels',
    column: 'shank',
    byUnit: new Map(Object.entries(entries)),
    missingUnits: 'error',
    extraUnits: 'error',
    ...rules,
  } satisfies UnitLabels;
}

const alternating = labelsOf({ 40: 'b', 30: 'a', 20: 'b', 10: 'a' });
const byColumn = { groupBy: 'region', groups: undefined };

describe('groups of units', () => {
  const group = (labels: UnitLabels | undefined, parts?: string[], told = notes()) => {
    const { names, groupOf } = groupsOf(table, { ...byColumn, groups: parts }, labels, told.report);
    return Array.from(groupOf, (index) => names[index]);
  };

  test('labels stand in the place of the column, whatever their order', () => {
    expect(group(undefined)).toEqual(['CA1', 'CA1', 'PFC', 'PFC']);
    expect(group(alternating)).toEqual(['a', 'b', 'a', 'b']);
    const long = labelsOf({ 10: 'probe a', 20: 'probe b', 30: 'top a', 40: 'none' });
    expect(group(long, ['a', 'probe'])).toEqual(['a', 'probe', 'a', 'unknown']);
    expect(failure(() => group(long, ['a', 'c']))).toMatchObject({ code: 'EMPTY_GROUP' });
  });

  test('units that the recording left out may have labels', () => {
    const [last, ...kept] = [...units].reverse();
    const less = { ...table, kept, excluded: [{ unit: last, reason: 'tagged bad' }] };
    expect(matchLabels(less, alternating)).toEqual({
      labels: ['a', 'b', 'a'],
      missing: [],
      extra: [],
    });
  });

  test('units without label and labels without unit: refused, or told', () => {
    const odd = { 10: 'a', 20: 'b', 30: 'a', 50: 'b' };
    expect(failure(() => group(labelsOf(odd)))).toMatchObject({ code: 'UNITS_UNLABELLED' });
    const half = labelsOf(odd, { extraUnits: 'unknown' });
    expect(failure(() => group(half))).toMatchObject({ code: 'UNITS_MISSING' });
    const told = notes();
    const lax = labelsOf(odd, { extraUnits: 'unknown', missingUnits: 'ignore' });
    expect(group(lax, undefined, told)).toEqual(['a', 'b', 'a', 'unknown']);
    expect(told.all.map(({ code, data }) => [code, data])).toEqual([
      ['UNITS_UNLABELLED', { nExtra: 1, nUnits: 4 }],
      ['UNITS_MISSING', { nMissing: 1 }],
    ]);
    // Nothing is known of the units of a stream without bins.
    const { names } = groupsOf(tableOf([]), byColumn, labelsOf(odd), told.report);
    expect(names).toEqual([]);
  });
});

const rows = [
  [1, 0, 2, 0],
  [0, 1, 0, 1],
  [2, 1, 1, 0],
  [0, 0, 0, 3],
];
const chunk = countsRun(rows, 4);
const zscored = collect([chunk], zscore({}, of(collect([chunk], moments())[0])));
const labelled = { units: of(table), labels: of(alternating) };
const regional = tableOf(unitsOf(['a', 'b', 'a', 'b'], [10, 20, 30, 40]));

describe('operators read them', () => {
  test('project', () => {
    const options = { pairs: 'cross' } as const;
    const made = collect(
      zscored,
      project(options, of(patternsOf([[0.5, 0.5, 0.5, 0.5]], units)), labelled),
    );
    const named = patternsOf([[0.5, 0.5, 0.5, 0.5]], regional.kept);
    expect(activationRows(made)).toEqual(
      activationRows(collect(zscored, project(options, of(named)))),
    );
  });

  test('project knows the units by its patterns where no table comes', () => {
    const patterns = of(patternsOf([[0.5, 0.5, 0.5, 0.5]], units));
    const options = { pairs: 'cross' } as const;
    const alone = collect(zscored, project(options, patterns, { labels: of(alternating) }));
    expect(alone).toEqual(collect(zscored, project(options, patterns, labelled)));
  });

  test('correlate and fit-patterns', () => {
    const [correlation] = collect(zscored, correlate({ pairs: 'cross' }, labelled));
    expect(correlation?.groups).toEqual(['a', 'b', 'a', 'b']);
    const options = { structure: 'masked-correlation', nAssemblies: 1 } as const;
    const [found] = collect(zscored, fitPatterns(options, labelled));
    const [expected] = collect(zscored, fitPatterns(options, { units: of(regional) }));
    expect(found).toEqual({ ...expected, units });
  });

  test('labels that never come, or that nothing reads', () => {
    const patterns = of(patternsOf([[0.5, 0.5, 0.5, 0.5]], units));
    const across = { structure: 'masked-correlation' } as const;
    for (const work of [
      () => collect(zscored, project({ pairs: 'cross' }, patterns, { labels: EMPTY })),
      () => collect(zscored, correlate({ pairs: 'cross' }, { labels: EMPTY })),
      () => collect(zscored, fitPatterns(across, { labels: EMPTY })),
    ]) {
      expect(failure(work)).toMatchObject({ code: 'NO_LABELS' });
    }
    for (const work of [
      () => project({}, patterns, labelled),
      () => correlate({}, labelled),
      () => fitPatterns({}, labelled),
      () => project({ groupBy: 'cellType' }, patterns),
      () => correlate({ groupBy: 'cellType' }),
      () => fitPatterns({ groups: ['a'] }),
      () => fitPatterns({ ...across, groupBy: 'cellType' }, labelled),
    ]) {
      expect(failure(work)).toBeInstanceOf(ConfigError);
      expect(failure(work)).toMatchObject({ code: 'GROUPS_UNUSED' });
    }
  });
});
