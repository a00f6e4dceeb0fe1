import { expect, test } from 'vitest';
import { NumericError } from '../../src/errors.ts';
import { countPatterns } from '../../src/math/count-patterns.ts';

const size = { nBins: 100, nUnits: 4, nActive: 3 };
const eigenvalues = Float64Array.of(2, 1.5, 0.5);

test('eigenvalues above the bound count; one that equals it does not', () => {
  expect(countPatterns(eigenvalues, 1.2, undefined, size)).toEqual({ nPatterns: 2 });
  expect(countPatterns(eigenvalues, 1.5, undefined, size)).toEqual({ nPatterns: 1 });
  expect(countPatterns(eigenvalues, 2, undefined, size)).toEqual({
    nPatterns: 0,
    warning: 'no assemblies: the largest eigenvalue, 2.00000, does not exceed the bound, 2.00000',
  });
});

test('a given number overrides the bound, up to the eigenvalues that are not 0', () => {
  expect(countPatterns(eigenvalues, 9, 3, size)).toEqual({ nPatterns: 3 });
  const flat = Float64Array.of(2, 1, 1e-15);
  expect(() => countPatterns(flat, 1.2, 3, size)).toThrow('expected at most 2');
});

test('nothing to fit on is no error; too few bins are', () => {
  const none = new Float64Array(0);
  expect(countPatterns(none, Number.NaN, 2, { ...size, nBins: 0 }).nPatterns).toBe(0);
  expect(countPatterns(none, 1, 2, { ...size, nActive: 0 }).nPatterns).toBe(0);
  const few = () => countPatterns(eigenvalues, 1.2, undefined, { ...size, nBins: 2 });
  expect(few).toThrow(NumericError);
  expect(few).toThrow('found 2 bins for 3 active units');
});
