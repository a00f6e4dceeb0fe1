import fc from 'fast-check';
import { EMPTY, of, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { ActivationChunk, CountsChunk, Moments } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits } from '../../src/model/units.ts';
import { project } from '../../src/operators/project.ts';
import { moments, zscore } from '../../src/operators/zscore.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { patternsOf, plainMoments } from '../support/patterns.ts';
import {
  activationRows,
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  dense,
  expectStreamManners,
  failure,
} from '../support/streams.ts';

type Rows = readonly (readonly number[])[];

function activate(
  chunks: readonly CountsChunk[],
  known: Moments,
  patterns: Patterns,
  diagonal: 'zero' | 'keep' = 'zero',
): ActivationChunk[] {
  const zscored = collect(chunks, zscore({}, of(known)));
  return collect(zscored, project({ diagonal }, of(patterns)));
}

/** zᵀPz with dense z, P with its diagonal as it is or set to zero. */
function naive(rows: Rows, { mean, sd, isConstant }: Moments, weights: Rows, keeps: boolean) {
  return weights.map((w) =>
    rows.map((row) => {
      const z = row.map((x, i) => (isConstant[i] === 1 ? 0 : (x - mean[i]) / sd[i]));
      let sum = 0;
      for (let i = 0; i < z.length; i++) {
        for (let j = 0; j < z.length; j++) {
          if (i !== j || keeps) sum += w[i] * z[i] * w[j] * z[j];
        }
      }
      return sum;
    }),
  );
}

const two = patternsOf([[0.6, 0.8]]);

describe('project', () => {
  test('by hand', () => {
    const chunk = countsRun(
      [
        [1, 2],
        [0, 0],
        [3, 0],
      ],
      2,
      { origin: 5 },
    );
    const [made] = activate([chunk], plainMoments(2), two);
    // 2 · 0.6·1 · 0.8·2, nothing, and one unit alone.
    [1.92, 0, 0].forEach((value, row) => {
      expect(made?.columns[0]?.[row]).toBeCloseTo(value, 12);
    });
    expect([...(made?.times ?? [])]).toEqual([5 + 0.005, 5 + 0.01 + 0.005, 5 + 2 * 0.01 + 0.005]);
    expect(made).toMatchObject({ kind: 'activation', firstBin: 0, nBins: 3, origin: 5 });
    const [kept] = activate([chunk], plainMoments(2), two, 'keep');
    expect(kept?.columns[0]?.[2]).toBeCloseTo(1.8 ** 2, 12);
  });

  test('silent bins are a constant, constant units add nothing', () => {
    const chunk = countsRun(
      [
        [1, 0, 2],
        [0, 1, 2],
        [0, 0, 2],
        [0, 0, 2],
      ],
      3,
    );
    const [known] = collect([chunk], moments());
    const patterns = patternsOf([[0.5, 0.5, 0.7]]);
    const [made] = activate([chunk], known, patterns);
    expect(known?.isConstant[2]).toBe(1);
    const rest = 2 * 0.25 * (0.25 / known.sd[0]) * (0.25 / known.sd[1]);
    expect(made?.columns[0]?.[2]).toBeCloseTo(rest, 12);
    expect(made?.columns[0]?.[3]).toBe(made?.columns[0]?.[2]);
  });

  test('no patterns: times alone; no units: zeros', () => {
    const [none] = activate(
      [countsRun([[1], [0]], 1)],
      plainMoments(1),
      patternsOf([], numberedUnits(1).kept),
    );
    expect(none).toMatchObject({ nBins: 2, columns: [] });
    const [empty] = activate([countsRun([[], []], 0)], plainMoments(0), patternsOf([[]]));
    expect(empty?.columns).toEqual([new Float64Array(2)]);
  });

  test('a stream without bins gives one chunk without bins', () => {
    const made = collect([], project({}, of(two)));
    expect(made).toMatchObject([{ nBins: 0, columns: [new Float64Array(0)] }]);
    const closing = collect<CountsChunk, unknown>([], zscore());
    expect(closing).toHaveLength(1);
    expect(activate([], plainMoments(2), two)).toHaveLength(1);
    const chunks = collect([countsRun([[1, 1]], 2)], zscore()).filter(({ moments: m }) => m);
    expect(collect(chunks, project({}, of(two)))).toMatchObject([{ nBins: 0, binSize: 0.01 }]);
  });

  test('refuses what does not belong together', () => {
    const chunk = countsRun([[1, 2]], 2);
    const code = (work: () => unknown) => (failure(work) as { code: string }).code;
    expect(code(() => collect(collect([chunk], zscore()), project({}, of(two))))).toBe(
      'MOMENTS_UNKNOWN',
    );
    expect(code(() => activate([chunk], plainMoments(2), patternsOf([[1, 0, 0]])))).toBe(
      'PATTERNS_MISMATCH',
    );
    const labelled = { ...plainMoments(2), unitIds: Int32Array.of(1, 7) };
    expect(code(() => activate([chunk], labelled, two))).toBe('PATTERNS_MISMATCH');
    expect(code(() => collect([], project({}, EMPTY)))).toBe('NO_PATTERNS');
    const other = {
      kind: 'zscored',
      counts: chunk,
      moments: { ...plainMoments(2), binSize: 1 },
    } as const;
    expect(code(() => collect([other], project({}, of(two))))).toBe('MOMENTS_MISMATCH');
  });

  test('waits for the patterns, and has the manners of a stream', () => {
    const patterns = new Subject<Patterns>();
    const chunks = collect(
      cutCounts(
        countsRun(
          [
            [1, 2],
            [2, 0],
          ],
          2,
        ),
        [1],
      ),
      zscore({}, of(plainMoments(2))),
    );
    const made: ActivationChunk[] = [];
    of(...chunks)
      .pipe(project({}, patterns))
      .subscribe((chunk) => made.push(chunk));
    expect(made).toEqual([]);
    patterns.next(two);
    expect(made).toHaveLength(2);
    expectStreamManners(project({}, of(two)), chunks);
  });
});

const weight = fc.integer({ min: -1000, max: 1000 }).map((i) => i / 1000);
const weightRows = fc.array(fc.array(weight, { minLength: 4, maxLength: 4 }), { maxLength: 3 });

test('agrees with the dense form, and cuts change no bit', () => {
  fc.assert(
    fc.property(countRuns(4), weightRows, chunkSizes, (runs, rows, sizes) => {
      const [known] = collect(runs, moments());
      const patterns = patternsOf(rows, numberedUnits(4).kept);
      for (const diagonal of ['zero', 'keep'] as const) {
        const whole = activate(runs, known, patterns, diagonal);
        const expected = naive(dense(runs), known, rows, diagonal === 'keep');
        const found = activationRows(whole);
        expected.forEach((column, p) => {
          const scale = Math.max(1, ...column.map(Math.abs));
          column.forEach((value, row) => {
            expect(Math.abs((found[row]?.values[p] ?? Number.NaN) - value)).toBeLessThan(
              1e-11 * scale,
            );
          });
        });
        const cut = activate(
          runs.flatMap((run) => cutCounts(run, sizes)),
          known,
          patterns,
          diagonal,
        );
        expect(activationRows(cut)).toEqual(found);
      }
    }),
  );
});

test('permuting units changes nothing, scaling a pattern scales by the square', () => {
  fc.assert(
    fc.property(countRuns(4), weightRows, (runs, rows) => {
      const order = [2, 0, 3, 1];
      const permute = (row: readonly number[]) => order.map((unit) => row[unit]);
      const permuted = runs.map((run) =>
        countsRun(dense([run]).map(permute), 4, { origin: run.origin }),
      );
      const column = (chunks: readonly CountsChunk[], weights: Rows) => {
        const [known] = collect(chunks, moments());
        return activationRows(
          activate(chunks, known, patternsOf(weights, numberedUnits(4).kept)),
        ).map((r) => r.values);
      };
      const plain = column(runs, rows);
      const scale = Math.max(1, ...plain.flat().map(Math.abs));
      column(permuted, rows.map(permute)).forEach((values, row) => {
        values.forEach((value, p) => {
          expect(Math.abs(value - plain[row][p])).toBeLessThan(1e-11 * scale);
        });
      });
      column(
        runs,
        rows.map((row) => row.map((w) => -2 * w)),
      ).forEach((values, row) => {
        expect(values).toEqual(plain[row].map((value) => 4 * value));
      });
    }),
  );
});

interface ActivityCase {
  readonly patterns: Rows;
  readonly z: Rows;
  readonly activity: Rows;
  readonly activity_with_diagonal: Rows;
}

const golden = loadGoldenJson<{ activity: ActivityCase }>('unit_cases.json')?.activity;

test.skipIf(!golden)('activity as the reference', () => {
  if (!golden) return;
  const { z, patterns } = golden;
  const rows = (z[0] ?? []).map((_, bin) => z.map((unit) => unit[bin]));
  const expected = { zero: golden.activity, keep: golden.activity_with_diagonal };
  for (const diagonal of ['zero', 'keep'] as const) {
    const [made] = activate([countsRun(rows, 5)], plainMoments(5), patternsOf(patterns), diagonal);
    made?.columns.forEach((column, p) => {
      const scale = Math.max(...expected[diagonal][p].map(Math.abs));
      column.forEach((value, bin) => {
        expect(Math.abs(value - expected[diagonal][p][bin])).toBeLessThan(1e-13 * scale);
      });
    });
  }
});
