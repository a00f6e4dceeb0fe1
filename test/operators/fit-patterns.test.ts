import fc from 'fast-check';
import { from, NEVER, Observable, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { ConfigError, InputError, NumericError } from '../../src/errors.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import type { ZscoredChunk } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits, type UnitTable } from '../../src/model/units.ts';
import { fitPatterns, fitPatternsNode } from '../../src/operators/fit-patterns.ts';
import { check } from '../../src/params.ts';
import { largestDifference } from '../support/compare.ts';
import { fitChunks, fitRows } from '../support/fit-rows.ts';
import { countsChunk, momentsOf, zscoredChunks } from '../support/zscored-chunks.ts';

/** What a fit throws. */
function failure(chunks: readonly ZscoredChunk[], units?: Observable<UnitTable>): unknown {
  try {
    return fitChunks(chunks, {}, units);
  } catch (error) {
    return error;
  }
}

const assemblies = [
  [0, 1, 2],
  [3, 4, 5],
];

/** Counts of `nUnits` units with two planted assemblies. */
function plantedRows(nBins: number, nUnits = 8, seed = 3): number[][] {
  const { double } = createMersenneTwister(seed);
  return Array.from({ length: nBins }, () => {
    const row = Array.from({ length: nUnits }, () => (double() < 0.1 ? 1 : 0));
    for (const members of assemblies) {
      if (double() < 0.05) for (const unit of members) row[unit]++;
    }
    return row;
  });
}

describe('edges', () => {
  test('weights have norm 1, constant units weight 0, and moments may come with every chunk', () => {
    const rows = plantedRows(600).map((row) => [2, ...row, 0]);
    const moments = momentsOf(rows, 10);
    const chunks = [rows.slice(0, 99), rows.slice(99)].map((part, i) => {
      const counts = countsChunk(part, 10, { firstBin: 99 * i });
      return { kind: 'zscored', counts, moments } as const;
    });
    const found = fitChunks(chunks);
    expect(found).toEqual(fitRows(rows));
    expect(found.constantUnits).toEqual([0, 9]);
    expect(found.weights).toHaveLength(2);
    expect(found.valid).toEqual([true, true]);
    for (const weights of found.weights) {
      expect(Math.abs(Math.hypot(...weights) - 1)).toBeLessThan(1e-15);
      expect([weights[0], weights[9]]).toEqual([0, 0]);
    }
    const members = found.members.map((flags) =>
      assemblies.findIndex((units) => units.every((unit) => flags[unit + 1] === 1)),
    );
    expect(members.sort()).toEqual([0, 1]);
  });

  test('a unit whose given standard deviation is 0 is left out though it varies here', () => {
    const rows = plantedRows(300);
    const moments = { ...momentsOf(rows, 8) };
    moments.sd[7] = 0;
    const found = fitChunks([{ kind: 'zscored', counts: countsChunk(rows, 8), moments }]);
    expect(found.constantUnits).toEqual([7]);
    expect(found.eigenvalues).toHaveLength(7);
  });

  test('one bin, or one unit: a result without patterns', () => {
    const oneBin = fitRows([[1, 2, 0]]);
    expect(oneBin).toMatchObject({ weights: [], nBins: 1, constantUnits: [0, 1, 2] });
    const oneUnit = fitRows([[0], [1], [3]]);
    expect(oneUnit.weights).toEqual([]);
    expect(oneUnit.eigenvalues[0]).toBeCloseTo(1.5, 12);
    expect(oneUnit.warnings).toEqual([
      'no assemblies: the largest eigenvalue, 1.50000, does not exceed the bound, 2.48803',
    ]);
  });

  test('one unit and one assembly asked for: weight 1, no members', () => {
    const { weights, members, valid } = fitRows([[0], [1], [3]], { nAssemblies: 1 });
    expect(weights).toEqual([Float64Array.of(1)]);
    expect(members).toEqual([Uint8Array.of(0)]);
    expect(valid).toEqual([false]);
  });

  test('silent units count in the bound unless told otherwise', () => {
    const rows = plantedRows(400).map((row) => [...row, 0, 0]);
    expect(fitRows(rows).bound).toBe((1 + Math.sqrt(1 / (400 / 10))) ** 2);
    expect(fitRows(rows, { countedUnits: 'active' }).bound).toBe(
      (1 + Math.sqrt(1 / (400 / 8))) ** 2,
    );
  });

  test('more active units than bins is an error, unless the number of assemblies is given', () => {
    const rows = [
      [1, 0, 0, 2],
      [0, 1, 0, 1],
      [0, 0, 1, 0],
    ];
    expect(() => fitRows(rows)).toThrow('found 3 bins for 4 active units');
    const { weights, eigenvalues } = fitRows(rows, { method: 'pca', nAssemblies: 2 });
    expect(weights).toHaveLength(2);
    expect(eigenvalues).toHaveLength(3);
    expect(() => fitRows(rows, { nAssemblies: 3 })).toThrow('at most 2');
  });

  test('more assemblies than there are components is an error with the numbers', () => {
    const twins = plantedRows(200).map((row) => [row[0], row[0], row[1]]);
    expect(() => fitRows(twins, { nAssemblies: 3 })).toThrow(
      'found nAssemblies 3, expected at most 2',
    );
    expect(() => fitRows(twins, { nAssemblies: 3 })).toThrow(NumericError);
  });

  test('a count that is not a number is an error that names the unit', () => {
    const rows = plantedRows(100);
    rows[50][2] = Number.NaN;
    expect(() => fitRows(rows)).toThrow(/unit 3: found counts with sum NaN/);
  });

  test('bins without moments are an error; options out of range are refused at once', () => {
    const counts = countsChunk(plantedRows(10), 8);
    const error = failure([{ kind: 'zscored', counts, moments: undefined }]);
    expect(error).toBeInstanceOf(NumericError);
    expect(error).toMatchObject({ code: 'NO_MOMENTS' });
    expect(() => fitPatterns({ nAssemblies: 0 })).toThrow(ConfigError);
  });

  test('chunks, moments and unit table must agree on the number of units', () => {
    const [first] = zscoredChunks(plantedRows(20, 8), 8);
    const [other, closing] = zscoredChunks(plantedRows(20, 9), 9);
    expect(failure([first, other])).toMatchObject({ code: 'UNIT_COUNT', where: 'the chunk' });
    expect(failure([{ ...first, moments: closing.moments }])).toBeInstanceOf(InputError);
    const table = failure(zscoredChunks(plantedRows(20), 8), of(numberedUnits(3)));
    expect(table).toMatchObject({ found: '3 units', where: 'the unit table' });
  });

  test('not converged: a warning with the numbers', () => {
    const { ica, warnings } = fitRows(plantedRows(600), { maxIterations: 1, tolerance: 1e-9 });
    expect(ica).toMatchObject({ nIterations: 1, isConverged: false });
    expect(warnings[0]).toMatch(/^ICA has not converged in 1 iterations/);
  });

  test('a first unit that takes no part in a component: a warning, for ICA only', () => {
    // Unit 0 is uncorrelated with units 1 and 2, which fire together.
    const rows = [
      [1, 1, 1],
      [0, 1, 1],
      [1, 0, 0],
      [0, 0, 0],
    ];
    const [warning] = fitRows(rows, { nAssemblies: 1 }).warnings;
    expect(warning).toMatch(/^ICA: the first active unit has next to no part/);
    expect(fitRows(rows, { nAssemblies: 1, method: 'pca' }).warnings).toEqual([]);
  });
});

describe('streams', () => {
  const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  const chunks = zscoredChunks(plantedRows(300), 8, [100]);
  const [a, b, c] = chunks;
  const fitted = fitChunks(chunks);

  test('one result, when the stream ends', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const zscored = cold('a--b-c---|', { a, b, c });
      expectObservable(zscored.pipe(fitPatterns())).toBe('---------(p|)', { p: fitted });
    });
  });

  test('nothing before the end, whatever came', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('a-b-c-', { a, b, c }).pipe(fitPatterns())).toBe('------');
    });
  });

  test('an empty stream is a result without patterns', () => {
    const none = fitChunks([]);
    expect(none).toMatchObject({ weights: [], nBins: 0, bound: Number.NaN, units: [] });
    expect(none.warnings).toEqual(['no assemblies: there are no bins to fit on']);
    const closing = fitChunks([c]);
    expect(closing.units).toHaveLength(8);
    expect(closing.warnings).toEqual(none.warnings);
    expect(fitChunks([], {}, of(numberedUnits(4))).units).toHaveLength(4);
    const unknown = { ...c, counts: countsChunk([], 0), moments: momentsOf([], 0) };
    expect(fitChunks([unknown], {}, of(numberedUnits(4))).units).toHaveLength(4);
  });

  test('an error passes', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('a-#', { a }).pipe(fitPatterns())).toBe('--#');
    });
  });

  test('unsubscribing early lets go of the source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const zscored = cold('a-b-c-|', { a, b, c });
      expectObservable(zscored.pipe(fitPatterns()), '---!').toBe('----');
      expectSubscriptions(zscored.subscriptions).toBe('^--!');
    });
  });

  test('two subscribers do not share what they gather', () => {
    const subject = new Subject<ZscoredChunk>();
    const operator = fitPatterns();
    const emitted: Patterns[] = [];
    const patterns = subject.pipe(operator);
    patterns.subscribe((value) => emitted.push(value));
    patterns.subscribe((value) => emitted.push(value));
    for (const chunk of chunks) subject.next(chunk);
    subject.complete();
    expect(emitted).toEqual([fitted, fitted]);
    expect(fitChunks(chunks)).toEqual(fitted);
  });

  test('the unit table describes the units; only its first value is waited for', () => {
    const table = numberedUnits(8);
    const endless = new Observable<UnitTable>((subscriber) => subscriber.next(table));
    const { patterns } = fitPatternsNode.connect(
      { zscored: from(chunks), units: endless, labels: undefined },
      check(fitPatternsNode.params, { method: 'pca' }),
      { report: () => {}, known: {} },
    );
    const emitted: Patterns[] = [];
    patterns.subscribe((value) => emitted.push(value));
    expect(emitted[0]?.units).toBe(table.kept);
    expect(emitted[0]?.method).toBe('pca');
  });

  test('without options the reference’s defaults', () => {
    const { method, bound, countedUnits, maxIterations, tolerance, seed } = check(
      fitPatternsNode.params,
    );
    expect([method, bound, countedUnits]).toEqual(['ica', 'marchenko-pastur', 'all']);
    expect([maxIterations, tolerance, seed]).toEqual([200, 1e-4, 0]);
  });

  test('a stream that never ends gives nothing', () => {
    const emitted: Patterns[] = [];
    const subscription = NEVER.pipe(fitPatterns()).subscribe((value) => emitted.push(value));
    subscription.unsubscribe();
    expect(emitted).toEqual([]);
  });
});

describe('properties', () => {
  const rows = plantedRows(300);
  const methods = fc.constantFrom('ica', 'pca');

  test('cutting the stream anywhere changes no bit', () => {
    const whole = { ica: fitRows(rows), pca: fitRows(rows, { method: 'pca' }) };
    const cuts = fc.array(fc.nat(300), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, methods, (places, method) => {
        expect(fitRows(rows, { method }, places)).toEqual(whole[method]);
      }),
      { numRuns: 40 },
    );
  });

  test('the order of units changes neither eigenvalues nor principal components', () => {
    const whole = fitRows(rows, { method: 'pca' });
    const orders = fc.shuffledSubarray([...rows[0].keys()], { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(orders, (order) => {
        const permuted = rows.map((row) => order.map((unit) => row[unit]));
        const found = fitRows(permuted, { method: 'pca' });
        expect(largestDifference([found.eigenvalues], [whole.eigenvalues])).toBeLessThan(1e-12);
        expect(found.bound).toBe(whole.bound);
        const expected = whole.weights.map((weights) => order.map((unit) => weights[unit]));
        expect(largestDifference(found.weights, expected)).toBeLessThan(1e-12);
      }),
      { numRuns: 30 },
    );
  });

  test('counting each spike twice, with moments to match, changes nothing but rounding', () => {
    const doubled = rows.map((row) => row.map((count) => 2 * count));
    const [once, twice] = [fitRows(rows), fitRows(doubled)];
    expect(largestDifference([twice.eigenvalues], [once.eigenvalues])).toBeLessThan(1e-13);
    expect(largestDifference(twice.weights, once.weights)).toBeLessThan(1e-12);
  });
});
