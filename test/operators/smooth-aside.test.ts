import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMomentsGatherer } from '../../src/math/moments.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import { silent } from '../../src/model/report.ts';
import { type SmoothOptions, smooth, smoothAside } from '../../src/operators/smooth.ts';
import { zscore, zscoreAside } from '../../src/operators/zscore.ts';
import {
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  failure,
} from '../support/streams.ts';

function gathered(chunks: readonly CountsChunk[], options: SmoothOptions) {
  const rows = collect(chunks, smooth(options));
  return { bins: rows.map(withoutRows), moments: collect(rows, zscore()).at(-1)?.moments };
}

function gatheredAside(chunks: readonly CountsChunk[], options: SmoothOptions) {
  const gatherer = createMomentsGatherer();
  const bins = collect(chunks, smoothAside(options, gatherer.aside));
  const zscored = collect(bins, zscoreAside(gatherer, silent));
  return { bins: bins.map(withoutRows), moments: zscored.at(-1)?.moments };
}

function withoutRows({ offsets, units, values, ...bins }: CountsChunk) {
  return bins;
}

const widths = fc.constantFrom(0.002, 0.005, 0.0072, 0.02, 0.1);

describe('smoothed counts that are never put in rows', () => {
  test.each(['epochs', 'gaps'] as const)(
    'the same bins, and moments to the last bit, whatever the cuts, across %s',
    (across) => {
      fc.assert(
        fc.property(countRuns(3), widths, chunkSizes, (runs, sd, sizes) => {
          const cut = runs.flatMap((run) => cutCounts(run, sizes));
          const found = gatheredAside(cut, { sd, across });
          expect(found).toEqual(gathered(cut, { sd, across }));
        }),
      );
    },
  );

  test('by hand, and what a unit has not fired counts', () => {
    const run = countsRun([[2], [0], [0], [0], [0], [0], [0], [0]], 1);
    const { bins, moments } = gatheredAside([run], { sd: 0.001, truncate: 1 });
    // The kernel is one bin wide: nothing is spread.
    expect(moments).toMatchObject({ mean: Float64Array.of(0.25), nBins: 8 });
    expect(moments?.sd[0]).toBeCloseTo(Math.sqrt(0.5 - 0.0625), 14);
    expect(bins).toMatchObject([{ nBins: 8, nUnits: 1, smoothingSd: 0.001 }]);
  });

  test('refuses what smooth refuses', () => {
    const other = countsRun([[1]], 1, { binSize: 0.02, origin: 3 });
    const gatherer = createMomentsGatherer();
    const aside = smoothAside({ sd: 0.01 }, gatherer.aside);
    expect(failure(() => collect([countsRun([[1]], 1), other], aside))).toMatchObject({
      code: 'BINS_MISMATCH',
    });
  });
});
