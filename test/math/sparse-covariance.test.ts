import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSparseSums, scaledCovariance } from '../../src/math/sparse-covariance.ts';
import { countsChunk } from '../support/zscored-chunks.ts';

function sumsOf(...chunks: number[][][]) {
  const nUnits = chunks[0]?.[0]?.length ?? 0;
  const sums = createSparseSums(nUnits);
  for (const rows of chunks) sums.add(countsChunk(rows, nUnits));
  return sums;
}

test('sums by hand', () => {
  const sums = sumsOf([
    [1, 0, 2],
    [0, 0, 0],
    [3, 0, 1],
  ]);
  expect(sums.nRows).toBe(3);
  expect([...sums.sums]).toEqual([4, 0, 3]);
  expect([...sums.products]).toEqual([10, 0, 5, 0, 0, 0, 0, 0, 5]);
});

test('constant units: silent, one value throughout; a value missing from one row is not constant', () => {
  const rows = [
    [0, 2, 2, 1],
    [0, 2, 0, 2],
  ];
  expect([...sumsOf(rows).isConstant()]).toEqual([1, 1, 0, 0]);
  expect([...sumsOf(rows.slice(0, 1)).isConstant()]).toEqual([1, 1, 1, 1]);
  expect([...createSparseSums(2).isConstant()]).toEqual([1, 1]);
});

test('a zero that is written out counts as zero', () => {
  const sums = createSparseSums(1);
  const offsets = Int32Array.of(0, 1, 1);
  const [units, values] = [Int32Array.of(0), Float64Array.of(0)];
  sums.add({ nBins: 2, offsets, units, values });
  expect([...sums.isConstant()]).toEqual([1]);
  sums.add({ nBins: 1, offsets, units, values: Float64Array.of(1) });
  expect([...sums.isConstant()]).toEqual([0]);
});

test('covariance of chosen units has ddof 1 and both triangles', () => {
  const sums = sumsOf([
    [1, 9, 2],
    [2, 0, 0],
    [3, 0, 1],
  ]);
  const covariance = scaledCovariance(sums, Int32Array.of(0, 2), Float64Array.of(1, 2));
  expect([...covariance]).toEqual([1, -0.25, -0.25, 0.25]);
});

test('equals the covariance of dense rows, wherever the rows are cut', () => {
  const tables = fc.integer({ min: 1, max: 5 }).chain((nUnits) =>
    fc.record({
      rows: fc.array(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 })), {
          minLength: nUnits,
          maxLength: nUnits,
        }),
        { minLength: 2, maxLength: 30 },
      ),
      cut: fc.nat(30),
    }),
  );
  fc.assert(
    fc.property(tables, ({ rows, cut }) => {
      const nUnits = rows[0].length;
      const whole = sumsOf(rows);
      const parts = createSparseSums(nUnits);
      for (const part of [rows.slice(0, cut), rows.slice(cut)]) {
        parts.add(countsChunk(part, nUnits));
      }
      expect(parts.products).toEqual(whole.products);
      expect(parts.sums).toEqual(whole.sums);
      expect(parts.isConstant()).toEqual(whole.isConstant());

      const units = Int32Array.from({ length: nUnits }, (_, unit) => unit);
      const covariance = scaledCovariance(whole, units, new Float64Array(nUnits).fill(1));
      const means = [...whole.sums].map((sum) => sum / rows.length);
      for (let i = 0; i < nUnits; i++) {
        for (let j = 0; j < nUnits; j++) {
          const sum = rows.reduce((s, row) => s + (row[i] - means[i]) * (row[j] - means[j]), 0);
          expect(covariance[i * nUnits + j]).toBeCloseTo(sum / (rows.length - 1), 10);
        }
      }
    }),
  );
});
