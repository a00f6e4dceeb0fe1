import fc from 'fast-check';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { ConfigError, InputError, NumericError } from '../../src/errors.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import { type Correlation, correlationOf } from '../../src/model/correlation.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { type CorrelateOptions, correlate } from '../../src/operators/correlate.ts';
import { moments, zscore } from '../../src/operators/zscore.ts';
import { tableOf, unitsOf } from '../support/patterns.ts';
import {
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  dense,
  expectStreamManners,
  failure,
  notes,
} from '../support/streams.ts';

const regional = (regions: readonly string[]) => tableOf(unitsOf(regions));

function correlated(
  chunks: readonly CountsChunk[],
  options: CorrelateOptions = {},
  units?: UnitTable,
): Correlation {
  const [made] = collect(collect(chunks, zscore()), correlate(options, { units: of(units) }));
  if (!made) throw new Error('nothing came');
  return made;
}

const rows = [
  [1, 0, 2],
  [2, 4, 2],
  [3, 2, 2],
];

test('by hand: two units, one that does not vary', () => {
  const { report, all } = notes();
  const zscored = collect([countsRun(rows, 3)], zscore());
  const [made] = collect(zscored, correlate({}, {}, report));
  if (!made) throw new Error('nothing came');
  expect(correlationOf(made, 0, 1)).toBeCloseTo(0.5, 14);
  expect(correlationOf(made, 1, 1)).toBe(1);
  expect(correlationOf(made, 0, 2)).toBeNaN();
  expect(correlationOf(made, 2, 2)).toBeNaN();
  expect(made).toMatchObject({ nBins: 3, binSize: 0.01, smoothingSd: 0, groups: undefined });
  expect([...made.mean].map((mean) => Math.abs(mean) < 1e-15)).toEqual([true, true, true]);
  expect(all).toMatchObject([{ code: 'UNCORRELATED_UNITS', data: { nConstant: 1, nUnits: 3 } }]);
});

test('groups are named for the pairs that count', () => {
  const units = regional(['CA1', 'PFC', 'CA1sp']);
  const chunks = [countsRun(rows, 3)];
  expect(correlated(chunks, { pairs: 'cross' }, units).groups).toEqual(['CA1', 'PFC', 'CA1sp']);
  const groups = ['CA1', 'PFC'];
  expect(correlated(chunks, { pairs: 'cross', groups }, units).groups).toEqual([
    'CA1',
    'PFC',
    'CA1',
  ]);
  expect(failure(() => correlate({ groups }))).toBeInstanceOf(ConfigError);
});

test('no bins: nothing correlates', () => {
  const made = correlated([], {}, regional(['CA1', 'PFC']));
  expect([...made.isConstant]).toEqual([1, 1]);
  expect(correlationOf(made, 0, 1)).toBeNaN();
});

test('refuses counts without moments and units that do not fit; has the manners of a stream', () => {
  const zscored = collect([countsRun(rows, 3)], zscore());
  const bare = zscored.map((chunk) => ({ ...chunk, moments: undefined }));
  expect(failure(() => collect(bare, correlate()))).toBeInstanceOf(NumericError);
  const other = correlate({}, { units: of(regional(['CA1'])) });
  expect(failure(() => collect(zscored, other))).toBeInstanceOf(InputError);
  expectStreamManners(correlate(), zscored);
});

test('agrees with the dense form, whatever the moments; cuts change no bit', () => {
  fc.assert(
    fc.property(countRuns(3), chunkSizes, (runs, sizes) => {
      const whole = correlated(runs);
      expect(correlated(runs.flatMap((run) => cutCounts(run, sizes)))).toEqual(whole);
      const [own] = collect(runs, moments());
      const other = { ...own, mean: own.mean.map((m) => m + 1), sd: own.sd.map((s) => 2 * s) };
      const [frozen] = collect(collect(runs, zscore({}, of(other))), correlate());
      const all = dense(runs);
      const n = all.length;
      for (let a = 0; a < 3; a++) {
        if (whole.isConstant[a] === 1) continue;
        expect(frozen.mean[a]).toBeCloseTo(-0.5 / own.sd[a], 10);
        for (let b = 0; b < 3; b++) {
          if (whole.isConstant[b] === 1) continue;
          let sum = 0;
          for (const row of all) sum += (row[a] - own.mean[a]) * (row[b] - own.mean[b]);
          const pearson = sum / n / (own.sd[a] * own.sd[b]);
          expect(correlationOf(whole, a, b)).toBeCloseTo(pearson, 10);
          expect(correlationOf(frozen, a, b)).toBeCloseTo(pearson, 10);
          expect(frozen.covariance[a * 3 + b]).toBeCloseTo(pearson / 4, 10);
        }
      }
    }),
  );
});
