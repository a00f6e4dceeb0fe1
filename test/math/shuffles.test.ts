import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../src/math/eigen.ts';
import { columnsOf } from '../../src/math/shuffle-columns.ts';
import { createShuffleMaxima } from '../../src/math/shuffle-maxima.ts';
import { createPlacement } from '../../src/math/shuffle-placement.ts';
import { createShuffledProducts } from '../../src/math/shuffle-products.ts';
import { createSparseSums, scaledCovariance } from '../../src/math/sparse-covariance.ts';
import { denseColumns, denseRows, smallCounts } from '../support/count-columns.ts';
import { countsChunk, momentsOf } from '../support/zscored-chunks.ts';

const kinds = fc.constantFrom('bin-shuffle' as const, 'circular-shift' as const);
const generators = fc.constantFrom('fast' as const, 'numpy' as const);
const seeds = fc.nat(2 ** 32 - 1);

function column(rows: readonly ArrayLike<number>[], unit: number): number[] {
  return rows.map((row) => row[unit]);
}

test('columns keep bins and values; units without a place and zeros written out are left out', () => {
  const rows = [
    [1, 5, 0],
    [0, 5, 2],
    [3, 0, 4],
  ];
  const chunk = countsChunk(rows.slice(0, 2), 3);
  chunk.values[0] = 0;
  const parts = [chunk, countsChunk(rows.slice(2), 3)];
  const columns = columnsOf(parts, Int32Array.of(1, 2, 0), 2);
  expect(columns.nBins).toBe(3);
  expect([...columns.offsets]).toEqual([0, 2, 3]);
  expect([...columns.bins]).toEqual([1, 2, 2]);
  expect([...columns.values]).toEqual([2, 4, 3]);
});

describe('a shuffle', () => {
  test('keeps the values of each unit, and turns rather than scatters when it shifts', () => {
    fc.assert(
      fc.property(smallCounts(), kinds, generators, seeds, (rows, kind, generator, seed) => {
        const columns = denseColumns(rows);
        const targets = new Int32Array(columns.values.length);
        createPlacement(columns, kind, generator, seed)(3, targets);
        const shuffled = denseRows(columns, targets);
        rows[0].forEach((_, unit) => {
          const [before, after] = [column(rows, unit), column(shuffled, unit)];
          expect([...after].sort()).toEqual([...before].sort());
          if (kind === 'bin-shuffle') return;
          const turns = before.map((__, by) => [...before.slice(by), ...before.slice(0, by)]);
          expect(turns).toContainEqual(after);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('depends on seed and index alone, not on the shuffles before it', () => {
    fc.assert(
      fc.property(smallCounts(), kinds, generators, seeds, (rows, kind, generator, seed) => {
        const columns = denseColumns(rows);
        const place = createPlacement(columns, kind, generator, seed);
        const [first, again] = [new Int32Array(columns.bins), new Int32Array(columns.bins)];
        for (const index of [4, 0, 7]) place(index, first);
        createPlacement(columns, kind, generator, seed)(7, again);
        expect(first).toEqual(again);
      }),
      { numRuns: 50 },
    );
  });

  test('puts each count into every bin equally often', () => {
    const columns = denseColumns([[2], [1], [0], [0], [0]]);
    for (const kind of ['bin-shuffle', 'circular-shift'] as const) {
      for (const generator of ['fast', 'numpy'] as const) {
        const place = createPlacement(columns, kind, generator, 9);
        const often = new Float64Array(5);
        const targets = new Int32Array(2);
        for (let index = 0; index < 5000; index++) {
          place(index, targets);
          often[targets[1]]++;
        }
        // 1000 each; the standard deviation is 28.
        for (const times of often) expect(Math.abs(times - 1000)).toBeLessThan(140);
      }
    }
  });
});

test('products and largest eigenvalue equal those of the dense matrix', () => {
  fc.assert(
    fc.property(smallCounts(), kinds, generators, seeds, (given, kind, generator, seed) => {
      const rows = given.map((row) => [...row]);
      // No unit is constant.
      rows[0].fill(0);
      rows[1].fill(1);
      const columns = denseColumns(rows);
      const nUnits = rows[0].length;
      const place = createPlacement(columns, kind, generator, seed);
      const targets = new Int32Array(columns.values.length);
      place(5, targets);
      const sums = createSparseSums(nUnits);
      sums.add(countsChunk(denseRows(columns, targets), nUnits));
      const products = createShuffledProducts(columns, place)(5);
      for (let i = 0; i < nUnits; i++) {
        for (let j = 0; j < i; j++) {
          expect(products[i * nUnits + j]).toBe(sums.products[j * nUnits + i]);
        }
      }
      const scales = momentsOf(rows, nUnits).sd;
      const indices = Int32Array.from(rows[0], (_, i) => i);
      const { values } = symmetricEigen(scaledCovariance(sums, indices, scales), nUnits);
      const maxima = createShuffleMaxima({ columns, kind, generator, seed, scales });
      expect(Math.abs(maxima({ first: 5, count: 1 })[0] - values[0])).toBeLessThan(1e-12);
    }),
    { numRuns: 100 },
  );
});

test('more values than there are codes for are summed alike', () => {
  const nBins = 40_000;
  const rows = Array.from({ length: nBins }, (_, bin) => [1 + bin / 7, 2 + bin / 3]);
  const columns = denseColumns(rows);
  const place = createPlacement(columns, 'circular-shift', 'fast', 1);
  const targets = new Int32Array(2 * nBins);
  place(0, targets);
  const dense = denseRows(columns, targets);
  let expected = 0;
  for (const [a, b] of dense) expected += a * b;
  expect(createShuffledProducts(columns, place)(0)[2]).toBe(expected);
});
