import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createMomentsAccumulator,
  createMomentsGatherer,
  expectMomentsFit,
} from '../../src/math/moments.ts';
import type { CountsChunk, Moments } from '../../src/model/chunk.ts';
import { chunkSizes, countRuns, countsRun, cutCounts, dense, failure } from '../support/streams.ts';

function momentsOf(chunks: readonly CountsChunk[], nUnits: number): Moments {
  const accumulator = createMomentsAccumulator(nUnits);
  for (const chunk of chunks) accumulator.add(chunk);
  return accumulator.result();
}

describe('moments', () => {
  test('by hand: zeros count, constant units have sd 0', () => {
    const rows = [
      [1, 0, 2, 0],
      [0, 0, 2, 0],
      [3, 0, 2, 0],
      [0, 0, 2, 5],
    ];
    const { mean, sd, isConstant, nBins } = momentsOf([countsRun(rows, 4)], 4);
    expect([...mean]).toEqual([1, 0, 2, 1.25]);
    expect([...sd]).toEqual([Math.sqrt(1.5), 0, 0, Math.sqrt(4.6875)]);
    expect([...isConstant]).toEqual([0, 1, 1, 0]);
    expect(nBins).toBe(4);
  });

  test('explicit zeros are zeros', () => {
    const chunk = { ...countsRun([[1], [1]], 1), values: Float64Array.of(0, 0) };
    expect(momentsOf([chunk], 1)).toMatchObject({ isConstant: Uint8Array.of(1) });
  });

  test('of nothing: all constant', () => {
    const { mean, sd, isConstant, nBins } = momentsOf([], 2);
    expect([...mean, ...sd, ...isConstant, nBins]).toEqual([0, 0, 0, 0, 1, 1, 0]);
    expect(momentsOf([countsRun([[], []], 0)], 0).mean).toHaveLength(0);
  });

  test('one bin is constant', () => {
    expect([...momentsOf([countsRun([[2, 0]], 2)], 2).isConstant]).toEqual([1, 1]);
  });

  test('a small spread around a large mean does not cancel', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [1e6 + (i % 2) * 1e-3]);
    expect(momentsOf([countsRun(rows, 1)], 1).sd[0] / 5e-4).toBeCloseTo(1, 6);
    const mostlyZero = Array.from({ length: 1000 }, (_, i) => [i < 3 ? 1e9 : 0]);
    const p = 0.003;
    expect(
      momentsOf([countsRun(mostlyZero, 1)], 1).sd[0] / (1e9 * Math.sqrt(p - p * p)),
    ).toBeCloseTo(1, 12);
  });

  test('agree with the plain formula, whatever the cuts', () => {
    fc.assert(
      fc.property(countRuns(3), chunkSizes, (runs, sizes) => {
        const moments = momentsOf(runs, 3);
        const rows = dense(runs);
        for (let unit = 0; unit < 3; unit++) {
          const values = rows.map((row) => row[unit]);
          const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
          const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
          expect(moments.mean[unit]).toBe(mean);
          expect(moments.sd[unit]).toBeCloseTo(Math.sqrt(squares / values.length), 12);
          const isConstant = values.every((value) => value === values[0]);
          expect(moments.isConstant[unit]).toBe(isConstant ? 1 : 0);
          if (isConstant) expect(moments.sd[unit]).toBe(0);
        }
        expect(
          momentsOf(
            runs.flatMap((run) => cutCounts(run, sizes)),
            3,
          ),
        ).toEqual(moments);
      }),
    );
  });

  test('over some epochs: bins whose centre lies in them', () => {
    const chunk = countsRun([[1], [2], [3], [4], [5]], 1, { binSize: 1 });
    const gatherer = createMomentsGatherer([
      { start: 3, end: 4.5 },
      { start: 0.5, end: 1.5 },
    ]);
    expect(gatherer.push(chunk).moments).toBeUndefined();
    const { moments, counts } = gatherer.close();
    // Centres 0.5 and 3.5 are in; 1.5 and 4.5 lie on an end.
    expect(moments).toMatchObject({ nBins: 2, mean: Float64Array.of(2.5) });
    expect(counts).toMatchObject({
      nBins: 0,
      start: 5,
      end: 5,
      firstBin: 5,
      nUnits: 1,
      binSize: 1,
    });
  });

  test('of other counts are refused', () => {
    const counts = countsRun([[1, 2]], 2);
    const fitting = momentsOf([counts], 2);
    expectMomentsFit(fitting, counts);
    expectMomentsFit({ ...fitting, binSize: 0.01 * (1 + 1e-12) }, counts);
    const others = [{ binSize: 0.025 }, { smoothingSd: 0.007 }, { mean: new Float64Array(3) }];
    for (const other of others) {
      expect(failure(() => expectMomentsFit({ ...fitting, ...other }, counts))).toMatchObject({
        code: 'MOMENTS_MISMATCH',
      });
    }
    expect(failure(() => expectMomentsFit({ ...fitting, binSize: 0.025 }, counts))).toMatchObject({
      found: 'moments over 0.025 s bin size',
    });
    expect(failure(() => momentsOf([counts], 3))).toMatchObject({ code: 'UNITS_MISMATCH' });
  });
});
