import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { ActivationChunk, CountsChunk, Moments } from '../../src/model/chunk.ts';
import type { Correlation } from '../../src/model/correlation.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { Unit } from '../../src/model/units.ts';
import { correlate } from '../../src/operators/correlate.ts';
import { type ProjectOptions, project } from '../../src/operators/project.ts';
import { moments, zscore } from '../../src/operators/zscore.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { patternsOf, plainMoments, tableOf, unitsOf } from '../support/patterns.ts';
import {
  activationRows,
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  dense,
  failure,
  notes,
} from '../support/streams.ts';

type Rows = readonly (readonly number[])[];

function activate(
  chunks: readonly CountsChunk[],
  known: Moments,
  patterns: Patterns,
  options: ProjectOptions,
  correlation?: Correlation,
): ActivationChunk[] {
  const zscored = collect(chunks, zscore({}, of(known)));
  const inputs = { correlation: correlation && of(correlation) };
  return collect(zscored, project(options, of(patterns), inputs));
}

function correlated(chunks: readonly CountsChunk[], known: Moments, units: readonly Unit[]) {
  const zscored = collect(chunks, zscore({}, of(known)));
  const [made] = collect(zscored, correlate({}, { units: of(tableOf(units)) }));
  if (!made) throw new Error('nothing came');
  return made;
}

const regions = ['CA1', 'PFC', 'CA1', 'PFC'];

test('pairs of different groups alone, by hand', () => {
  const chunk = countsRun(
    [
      [1, 0, 2, 0],
      [1, 1, 0, 3],
      [0, 0, 0, 0],
    ],
    4,
  );
  const patterns = patternsOf([[0.5, 0.5, 0.5, 0.5]], unitsOf(regions));
  const [made] = activate([chunk], plainMoments(4), patterns, { pairs: 'cross' });
  // Two of one group together are nothing; 2 · 0.5 · 2.
  expect([...made.columns[0]]).toEqual([0, 2, 0]);
});

test('agrees with the dense form for any number of groups; cuts change no bit', () => {
  const weight = fc.integer({ min: -1000, max: 1000 }).map((i) => i / 1000);
  const weightRows = fc.array(fc.array(weight, { minLength: 4, maxLength: 4 }), { maxLength: 3 });
  const labels = fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(countRuns(4), weightRows, labels, chunkSizes, (runs, rows, names, sizes) => {
      const [known] = collect(runs, moments());
      const patterns = patternsOf(rows, unitsOf(names));
      const options = { pairs: 'cross' } as const;
      const found = activationRows(activate(runs, known, patterns, options));
      const cut = runs.flatMap((run) => cutCounts(run, sizes));
      expect(activationRows(activate(cut, known, patterns, options))).toEqual(found);
      const all = dense(runs);
      rows.forEach((w, p) => {
        all.forEach((row, bin) => {
          let sum = 0;
          const z = row.map((x, i) =>
            known.isConstant[i] ? 0 : (x - known.mean[i]) / known.sd[i],
          );
          for (let i = 0; i < 4; i++) {
            for (let j = 0; j < 4; j++) {
              if (names[i] !== names[j]) sum += w[i] * z[i] * w[j] * z[j];
            }
          }
          expect(found[bin].values[p]).toBeCloseTo(sum, 9);
        });
      });
    }),
  );
});

interface ActivityCase {
  readonly patterns: Rows;
  readonly groups: readonly string[];
  readonly z: Rows;
  readonly cross_area: Rows;
  readonly z_constant_group: Rows;
  readonly cross_area_constant: Rows;
}

const golden = loadGoldenJson<{ activity: ActivityCase }>('unit_cases.json')?.activity;

describe.skipIf(!golden)('cases of the reference', () => {
  test.each([
    ['cross_area', 'z'],
    ['cross_area_constant', 'z_constant_group'],
  ] as const)('%s', (name, input) => {
    if (!golden) return;
    const z = golden[input];
    const rows = (z[0] ?? []).map((_, bin) => z.map((unit) => unit[bin]));
    const units = unitsOf(golden.groups);
    const chunks = [countsRun(rows, 5)];
    const correlation = correlated(chunks, plainMoments(5), units);
    const patterns = patternsOf(golden.patterns, units);
    const options = { strength: 'cross-product' } as const;
    const [made] = activate(chunks, plainMoments(5), patterns, options, correlation);
    golden[name].forEach((expected, p) => {
      expected.forEach((value, bin) => {
        expect(Math.abs(made.columns[p][bin] - value)).toBeLessThan(1e-13);
      });
    });
  });
});

test('options and inputs that do not go together', () => {
  const patterns = of(patternsOf([[1, 0]], unitsOf(['A', 'B'])));
  const refused = (options: ProjectOptions, correlation?: Correlation) =>
    failure(() => project(options, patterns, { correlation: correlation && of(correlation) }));
  expect(refused({ pairs: 'cross', diagonal: 'keep' })).toMatchObject({ code: 'DIAGONAL_ACROSS' });
  expect(refused({ groups: ['A'] })).toMatchObject({ code: 'GROUPS_UNUSED' });
  expect(refused({ strength: 'cross-product' })).toMatchObject({ code: 'NO_CORRELATION' });
  const chunk = countsRun(
    [
      [1, 0],
      [0, 1],
    ],
    2,
  );
  const correlation = correlated([chunk], plainMoments(2), unitsOf(['A', 'B']));
  expect(refused({}, correlation)).toMatchObject({ code: 'CORRELATION_UNUSED' });
  const across = { strength: 'cross-product' } as const;
  const run = (regions: string[], known: Correlation) =>
    failure(() => {
      const given = patternsOf([regions.map(() => 0.5)], unitsOf(regions));
      return activate([chunk], plainMoments(2), given, across, known);
    });
  expect(run(['A', 'A'], correlation)).toMatchObject({ code: 'TWO_GROUPS' });
  expect(run(['A', 'B', 'A'], correlation)).toMatchObject({ code: 'CORRELATION_MISMATCH' });
  const wider = { ...correlation, binSize: 0.02 };
  expect(run(['A', 'B'], wider)).toMatchObject({ code: 'CORRELATION_MISMATCH' });
});

describe('units of another recording', () => {
  const chunk = countsRun(
    [
      [1, 2, 0],
      [0, 1, 1],
    ],
    3,
  );
  const zscored = collect([chunk], zscore({}, of(plainMoments(3))));
  const recording = tableOf(unitsOf(['', '', ''], [10, 20, 30]));
  const columns = (patterns: Patterns, options: ProjectOptions = {}, report = notes().report) => {
    const inputs = { units: of(recording) };
    const made = collect(zscored, project(options, of(patterns), inputs, report));
    return made.map((one) => one.columns.map((column) => [...column]));
  };

  test('are matched by id, whatever their order', () => {
    const plain = patternsOf([[0.6, 0.8, 0]], unitsOf(['', '', ''], [10, 20, 30]));
    const turned = patternsOf([[0, 0.8, 0.6]], unitsOf(['', '', ''], [30, 20, 10]));
    expect(columns(turned)).toEqual(columns(plain));
  });

  test('are refused when some are missing or extra, unless told', () => {
    const other = patternsOf([[0.6, 0.8]], unitsOf(['', ''], [10, 99]));
    expect(failure(() => columns(other))).toMatchObject({ code: 'UNITS_MISSING' });
    const zero = { missingUnits: 'zero' } as const;
    expect(failure(() => columns(other, zero))).toMatchObject({ code: 'UNITS_EXTRA' });
    expect(failure(() => columns(other, zero))).toBeInstanceOf(ConfigError);
    const { report, all } = notes();
    const found = columns(other, { ...zero, extraUnits: 'ignore' }, report);
    // One unit is left, which alone activates nothing.
    expect(found[0][0].every((value) => Math.abs(value) < 1e-15)).toBe(true);
    expect(all).toMatchObject([
      { code: 'UNITS_MISSING', data: { nMissing: 1 } },
      { code: 'UNITS_EXTRA', data: { nExtra: 2 } },
    ]);
    expect(all[0].data?.largestLoss).toBeCloseTo(0.64, 12);
    expect(columns(patternsOf([]))).toEqual([[]]);
  });
});
