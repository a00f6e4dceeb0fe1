import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { CountsChunk } from '../../src/model/chunk.ts';
import { type SmoothOptions, smooth } from '../../src/operators/smooth.ts';
import { moments, zscore } from '../../src/operators/zscore.ts';
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
  rowsOf,
} from '../support/streams.ts';

const impulse = (n: number, at: number): number[][] =>
  Array.from({ length: n }, (_, row) => [row === at ? 1 : 0]);

/** Weights of the half kernel, made anew. */
function weights(sd: number, radius: number): number[] {
  const raw = Array.from({ length: radius + 1 }, (_, lag) =>
    Math.exp(-(lag * lag) / (2 * sd * sd)),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((weight) => weight / sum);
}

const causal = (options: SmoothOptions) => smooth({ side: 'causal', ...options });

describe('smooth, side: causal', () => {
  test('an impulse spreads over the bins behind it, and over none before', () => {
    const made = collect([countsRun(impulse(30, 15), 1)], causal({ sd: 0.02 }));
    const column = dense(made).map(([value]) => value);
    const expected = weights(2, 8);
    column.forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row - 15] ?? 0, 14);
    });
    expect(made[0]).toMatchObject({ smoothingSd: 0.02, smoothingSide: 'causal' });
  });

  test('a row comes out with the chunk it came in', () => {
    const chunks = cutCounts(countsRun(impulse(30, 3), 1), [7]);
    const made = collect(chunks, causal({ sd: 0.05 }));
    expect(made.map(({ firstBin, nBins }) => [firstBin, nBins])).toEqual(
      chunks.map(({ firstBin, nBins }) => [firstBin, nBins]),
    );
  });

  test('before the first bin of a run the kernel is spread over those that are there', () => {
    const [w0, w1, w2] = weights(1, 4);
    const made = collect([countsRun([[2], [0], [4]], 1)], causal({ sd: 0.01 }));
    const [first, second, third] = dense(made).map(([value]) => value);
    expect(first).toBe(2);
    expect(second).toBeCloseTo((2 * w1) / (w0 + w1), 14);
    expect(third).toBeCloseTo((4 * w0 + 2 * w2) / (w0 + w1 + w2), 14);
  });

  test('constant counts stay what they are', () => {
    const runs = [0, 1, 1.5].map((origin) =>
      countsRun(new Array<number[]>(40).fill([3]), 1, { origin }),
    );
    for (const across of ['epochs', 'gaps'] as const) {
      for (const [value] of dense(collect(runs, causal({ sd: 0.03, across })))) {
        expect(value).toBeCloseTo(3, 13);
      }
    }
  });

  test('what lies before a gap counts as far as the kernel reaches, or not at all', () => {
    const runs = [countsRun([[1]], 1), countsRun([[0], [0]], 1, { origin: 0.03 })];
    const [w0, w1, , w3, w4] = weights(1, 4);
    const across = dense(collect(runs, causal({ sd: 0.01, across: 'gaps' })));
    expect(across[1]?.[0]).toBeCloseTo(w3 / (w0 + w3), 14);
    expect(across[2]?.[0]).toBeCloseTo(w4 / (w0 + w1 + w4), 14);
    expect(dense(collect(runs, causal({ sd: 0.01 })))).toEqual([[1], [0], [0]]);
    // A clock that starts over: what was before it is out of reach.
    const back = [countsRun([[1]], 1, { origin: 5 }), countsRun([[0]], 1)];
    expect(dense(collect(back, causal({ sd: 0.01, across: 'gaps' })))).toEqual([[1], [0]]);
  });

  test('does not depend on how the stream is cut', () => {
    const options = fc.constantFrom<SmoothOptions>({}, { across: 'gaps' });
    fc.assert(
      fc.property(countRuns(3), chunkSizes, options, (runs, sizes, option) => {
        const operator = causal({ sd: 0.02, ...option });
        const cut: CountsChunk[] = runs.flatMap((run) => cutCounts(run, sizes));
        expect(rowsOf(collect(cut, operator))).toEqual(rowsOf(collect(runs, operator)));
      }),
    );
  });

  test('moments of one kind of smoothing do not serve the other', () => {
    const counts = countsRun(impulse(30, 15), 1);
    const [behind] = collect(collect([counts], causal({ sd: 0.02 })), moments());
    const [around] = collect(collect([counts], smooth({ sd: 0.02 })), moments());
    if (!behind || !around) throw new Error('no moments');
    expect([behind.smoothingSide, around.smoothingSide]).toEqual(['causal', undefined]);
    const smoothed = collect([counts], causal({ sd: 0.02 }));
    expect(collect(smoothed, zscore({}, of(behind)))).toHaveLength(1);
    expect(failure(() => collect(smoothed, zscore({}, of(around))))).toMatchObject({
      code: 'MOMENTS_MISMATCH',
      found: 'moments over counts with centred smoothing',
      expected: 'causal smoothing, as the counts have',
    });
  });

  test('the whole kernel tells how long it waits; the half one has nothing to tell', () => {
    const counts = countsRun(impulse(30, 15), 1);
    const whole = notes();
    collect(cutCounts(counts, [4]), smooth({ sd: 0.02 }, whole.report));
    expect(whole.all).toMatchObject([{ code: 'SMOOTHING_DELAY', data: { seconds: 0.08 } }]);
    const half = notes();
    collect([counts], smooth({ sd: 0.02, side: 'causal' }, half.report));
    expect(half.all).toEqual([]);
  });

  test('has manners, and refuses other bins and kernels too wide', () => {
    const counts = countsRun(impulse(30, 15), 1);
    expectStreamManners(causal({ sd: 0.02 }), cutCounts(counts, [7]));
    const wider = countsRun(impulse(3, 1), 1, { binSize: 0.02 });
    expect(failure(() => collect([counts, wider], causal({ sd: 0.02 })))).toMatchObject({
      code: 'BINS_MISMATCH',
    });
    expect(failure(() => collect([counts], causal({ sd: 60 })))).toMatchObject({
      code: 'KERNEL_TOO_WIDE',
    });
  });
});
