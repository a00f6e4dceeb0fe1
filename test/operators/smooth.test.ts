import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussianKernel, reflect } from '../../src/math/gaussian-kernel.ts';
import { createSmoother } from '../../src/math/smoother.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import { mergeIntervals } from '../../src/model/epochs.ts';
import { bin } from '../../src/operators/bin.ts';
import { type SmoothOptions, smooth } from '../../src/operators/smooth.ts';
import { zscore } from '../../src/operators/zscore.ts';
import { loadGoldenJson } from '../support/golden.ts';
import {
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  cutSpikes,
  dense,
  expectStreamManners,
  failure,
  rowsOf,
  spikeRun,
} from '../support/streams.ts';

type Rows = readonly (readonly number[])[];

function smoothed(chunks: readonly CountsChunk[], options: SmoothOptions): number[][] {
  return dense(collect(chunks, smooth(options)));
}

/** Reflected convolution of rows, some of which may be missing. */
function naive(rows: readonly (readonly number[] | undefined)[], sd: number, radius: number) {
  const kernel = gaussianKernel(sd, radius);
  return rows.flatMap((own, i) => {
    if (own === undefined) return [];
    const sum = own.map(() => 0);
    let weight = 0;
    kernel.forEach((k, j) => {
      const row = rows[reflect(i + j - radius, rows.length)];
      if (row === undefined) return;
      weight += k;
      row.forEach((x, unit) => {
        sum[unit] += k * x;
      });
    });
    return [sum.map((x) => x / weight)];
  });
}

function expectClose(found: Rows, expected: Rows, tolerance = 1e-12): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((row, r) => {
    row.forEach((value, unit) => {
      expect(Math.abs((found[r]?.[unit] ?? Number.NaN) - value)).toBeLessThan(tolerance);
    });
  });
}

const [, side, middle] = gaussianKernel(0.5, 2).slice(0, 3);
const impulse = countsRun([[0], [0], [0], [1], [0], [0], [0]], 1);

describe('smooth', () => {
  test('spreads a spike, and reflects at the ends', () => {
    expectClose(smoothed([impulse], { sd: 0.005 }).slice(2, 5), [[side], [middle], [side]]);
    const atEnd = countsRun([[1], [0], [0], [0], [0]], 1);
    expectClose(smoothed([atEnd], { sd: 0.005 }).slice(0, 1), [[middle + side]]);
    expectClose(smoothed([countsRun([[3]], 1)], { sd: 0.005 }), [[3]]);
  });

  test('keeps the bins and says how it smoothed', () => {
    const run = countsRun(
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      2,
      { origin: 7 },
    );
    const [made, ...more] = collect([run], smooth({ templateBinSize: 0.025 }));
    expect(more).toEqual([]);
    const { start, end, origin, step, binSize, firstBin, nBins } = run;
    expect(made).toMatchObject({ start, end, origin, step, binSize, firstBin, nBins });
    expect(made?.smoothingSd).toBe(0.025 / Math.sqrt(12));
    const [theirs] = collect([run], smooth({ templateBinSize: 0.05, kernel: 'neuro-py' }));
    expect(theirs?.smoothingSd).toBe(0.01);
  });

  test('a row comes as soon as the rows it needs are known', () => {
    const smoother = createSmoother({ sd: 0.005, truncate: 4, across: 'epochs' });
    const firsts = cutCounts(impulse, [1]).map((chunk) =>
      smoother.push(chunk).map(({ firstBin, nBins }) => [firstBin, nBins]),
    );
    expect(firsts).toEqual([[], [], [[0, 1]], [[1, 1]], [[2, 1]], [[3, 1]], [[4, 1]]]);
    expect(smoother.finish().map(({ firstBin, nBins }) => [firstBin, nBins])).toEqual([[5, 2]]);
  });

  test('runs stay apart, or reach across their gap at its length', () => {
    const later = countsRun([[1], [0], [0]], 1, { origin: impulse.end + 0.0101 });
    const apart = smoothed([impulse, later], { sd: 0.005 });
    expect(apart.slice(0, 7)).toEqual(smoothed([impulse], { sd: 0.005 }));
    expect(apart.slice(7)).toEqual(smoothed([later], { sd: 0.005 }));
    const across = smoothed([impulse, later], { sd: 0.005, across: 'gaps' });
    const rows = [...dense([impulse]), undefined, ...dense([later])];
    expectClose(across, naive(rows, 0.5, 2));
    expect(across[6]?.[0]).toBeGreaterThan(0);
  });

  test('no units, no bins', () => {
    expect(smoothed([countsRun([[], [], []], 0)], { sd: 0.01 })).toEqual([[], [], []]);
    expect(collect<CountsChunk, unknown>([], smooth({ sd: 0.01 }))).toEqual([]);
    expect(collect([countsRun([], 2)], smooth({ sd: 0.01 }))).toEqual([]);
  });

  test('needs one width', () => {
    const code = (options: SmoothOptions) =>
      (failure(() => smooth(options)) as { code: string }).code;
    expect(code({})).toBe('SMOOTHING_WIDTH');
    expect(code({ sd: 0.01, templateBinSize: 0.025 })).toBe('SMOOTHING_WIDTH');
    expect(code({ sd: 0.01, kernel: 'neuro-py' })).toBe('SMOOTHING_WIDTH');
    expect(code({ templateBinSize: 0.001, kernel: 'neuro-py' })).toBe('SMOOTHING_WIDTH');
    expect(code({ sd: 25 * 1000 })).toBe('PARAM_OUT_OF_RANGE');
    const other = countsRun([[1]], 1, { binSize: 0.02, origin: 3 });
    expect(failure(() => collect([impulse, other], smooth({ sd: 0.01 })))).toMatchObject({
      code: 'BINS_MISMATCH',
    });
  });

  test('has the manners of a stream', () => {
    expectStreamManners(smooth({ sd: 0.005 }), cutCounts(impulse, [3]));
    expectStreamManners(smooth({ sd: 0.005, across: 'gaps' }), cutCounts(impulse, [3]));
  });
});

const widths = fc.constantFrom(0.002, 0.005, 0.0072, 0.02, 0.1);

test('across epochs: the plain reflected convolution, and cuts change no bit', () => {
  fc.assert(
    fc.property(countRuns(3), widths, chunkSizes, (runs, sd, sizes) => {
      const whole = collect(runs, smooth({ sd }));
      const sdInBins = sd * (1 / 0.01);
      const radius = Math.trunc(4 * sdInBins + 0.5);
      expectClose(
        dense(whole),
        runs.flatMap((run) => naive(dense([run]), sdInBins, radius)),
      );
      const cut = collect(
        runs.flatMap((run) => cutCounts(run, sizes)),
        smooth({ sd }),
      );
      expect(rowsOf(cut)).toEqual(rowsOf(whole));
      for (const { units, offsets, nBins } of cut) {
        for (let row = 0; row < nBins; row++) {
          const entries = [...units.slice(offsets[row], offsets[row + 1])];
          expect(entries).toEqual([...new Set(entries)].sort((a, b) => a - b));
        }
      }
    }),
  );
});

test('across gaps: missing bins in their place, and cuts change no bit', () => {
  fc.assert(
    fc.property(countRuns(2), widths, chunkSizes, (runs, sd, sizes) => {
      const whole = collect(runs, smooth({ sd, across: 'gaps' }));
      const sdInBins = sd * (1 / 0.01);
      const rows = runs.flatMap((run, i) => {
        const gap = i === 0 ? 0 : run.start - runs[i - 1].end;
        const nMissing = Math.max(0, Math.floor(gap / (1 / (1 / 0.01))));
        return [...new Array<undefined>(nMissing).fill(undefined), ...dense([run])];
      });
      expectClose(dense(whole), naive(rows, sdInBins, Math.trunc(4 * sdInBins + 0.5)));
      const pieces = runs.flatMap((run) => cutCounts(run, sizes));
      expect(rowsOf(collect(pieces, smooth({ sd, across: 'gaps' })))).toEqual(rowsOf(whole));
      expect(
        whole.map(({ end }) => end).filter((end) => runs.some((run) => run.end === end)),
      ).toEqual(runs.map(({ end }) => end));
    }),
  );
});

test('permuting units permutes the output', () => {
  fc.assert(
    fc.property(countRuns(3), (runs) => {
      const order = [2, 0, 1];
      const permuted = runs.map((run) =>
        countsRun(
          dense([run]).map((row) => order.map((unit) => row[unit])),
          3,
          run,
        ),
      );
      expect(smoothed(permuted, { sd: 0.01 })).toEqual(
        smoothed(runs, { sd: 0.01 }).map((row) => order.map((unit) => row[unit])),
      );
    }),
  );
});

interface SmoothCase {
  readonly spikes: Rows;
  readonly epochs: readonly (readonly [number, number])[];
  readonly ds: number;
  readonly weight_dt: number;
  readonly sigma: number;
  readonly smoothed: Rows;
  readonly z: Rows;
}

const golden = loadGoldenJson<{ smooth: { smooth: SmoothCase[] } }>('unit_cases.json');

describe.skipIf(!golden)('smooth and zscore as the reference', () => {
  const cases = (golden?.smooth.smooth ?? []).map((given, index) => ({ index, ...given }));
  test.each(cases)('case $index', (given) => {
    const { spikes, epochs, ds, weight_dt: templateBinSize } = given;
    const events = spikes.flatMap((times, unit) => times.map((t) => [t, unit] as const));
    const spans = mergeIntervals(epochs.map(([start, end]) => ({ start, end })));
    const runs = spans.map(({ start, end }) => spikeRun(start, end, events, spikes.length));
    const options = { templateBinSize, kernel: 'neuro-py', across: 'gaps' } as const;
    const columns = (rows: Rows) => (rows[0] ?? []).map((_, row) => rows.map((unit) => unit[row]));
    for (const chunks of [
      runs,
      runs.flatMap((run) => cutSpikes(run, [0.1234, 0.345, 0.61, 2.2])),
    ]) {
      const counts = collect(chunks, bin({ binSize: ds, grid: 'neuro-py' }));
      const made = collect(counts, smooth(options));
      expect(made[0]?.smoothingSd).toBe(given.sigma);
      expectClose(dense(made), columns(given.smoothed), 1e-13);
      const moments = collect(made, zscore()).at(-1)?.moments;
      const z = dense(made).map((row) =>
        row.map((x, unit) => {
          if (!moments || moments.isConstant[unit] === 1) return 0;
          return (x - moments.mean[unit]) / moments.sd[unit];
        }),
      );
      expectClose(z, columns(given.z), 1e-12);
    }
  });
});
