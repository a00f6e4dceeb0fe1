import fc from 'fast-check';
import { expect, test } from 'vitest';
import { symmetricEigen } from '../../src/math/eigen.ts';
import { fastIca, type IcaOptions } from '../../src/math/fast-ica.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import { createSparseSums, scaledCovariance } from '../../src/math/sparse-covariance.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { countsChunk, momentsOf } from '../support/zscored-chunks.ts';

interface IcaCases {
  readonly patterns: {
    readonly counts: number[][];
    readonly fastica: { n_components: number; n_iter: number; components: number[][] };
  };
}
const cases = loadGoldenJson<IcaCases>('unit_cases.json')?.patterns;
const defaults: IcaOptions = { maxIterations: 200, tolerance: 1e-4, seed: 0 };

/** FastICA of the units of dense rows that vary, the rows cut in two. */
function analyse(rows: number[][], k: number, options = defaults, cut = 0) {
  const nUnits = rows[0]?.length ?? 0;
  const chunks = [rows.slice(0, cut), rows.slice(cut)].map((part) => countsChunk(part, nUnits));
  const sums = createSparseSums(nUnits);
  for (const chunk of chunks) sums.add(chunk);
  const isConstant = sums.isConstant();
  const active = Int32Array.from(isConstant.keys()).filter((unit) => isConstant[unit] === 0);
  const { mean, sd } = momentsOf(rows, nUnits);
  const scales = Float64Array.from(active, (unit) => sd[unit]);
  const means = Float64Array.from(active, (unit) => mean[unit]);
  const slots = new Int32Array(nUnits).fill(active.length);
  active.forEach((unit, slot) => {
    slots[unit] = slot;
  });
  const eigen = symmetricEigen(scaledCovariance(sums, active, scales), active.length);
  return fastIca({ rows: chunks, nRows: rows.length, slots, means, scales }, eigen, k, options);
}

function normalise(vector: ArrayLike<number>): number[] {
  const norm = Math.hypot(...Array.from(vector));
  return Array.from(vector, (entry) => entry / norm);
}

/** Counts of units that follow two hidden sources: 0 and 1 the first, 2 and 3 the second, 4 neither. */
function twoSources(nRows: number, seed = 1): number[][] {
  const { double } = createMersenneTwister(seed);
  const flip = (chance: number) => (double() < chance ? 1 : 0);
  return Array.from({ length: nRows }, () => {
    const [a, b] = [flip(0.05), flip(0.08)];
    return [a + flip(0.05), 2 * a + flip(0.05), b + flip(0.05), b + flip(0.05), flip(0.1)];
  });
}

test.skipIf(!cases)('components, their order and the iterations are those of scikit-learn', () => {
  if (!cases) return;
  const { counts, fastica } = cases;
  const rows = counts[0].map((_, bin) => counts.map((train) => train[bin]));
  const { components, nIterations, isConverged, limits } = analyse(rows, fastica.n_components);
  expect(nIterations).toBe(fastica.n_iter);
  expect(limits).toHaveLength(fastica.n_iter);
  expect(isConverged).toBe(true);
  components.forEach((component, c) => {
    const expected = normalise(fastica.components[c]);
    normalise(component).forEach((entry, unit) => {
      expect(Math.abs(entry - expected[unit])).toBeLessThan(1e-12);
    });
  });
});

test('two hidden sources come out apart', () => {
  const { components, isConverged } = analyse(twoSources(4000), 2);
  expect(isConverged).toBe(true);
  const owners = components.map((component) => {
    const [a, b, c, d, e] = normalise(component).map(Math.abs);
    expect(e).toBeLessThan(0.1);
    if (a > 0.5 && b > 0.5) expect(Math.max(c, d)).toBeLessThan(0.1);
    else expect(Math.max(a, b)).toBeLessThan(0.1);
    return a > c ? 'first' : 'second';
  });
  expect(owners.sort()).toEqual(['first', 'second']);
});

test('units that do not vary change nothing, silent or not', () => {
  const rows = twoSources(500);
  const padded = rows.map((row) => [0, ...row, 3]);
  expect(analyse(padded, 2).nIterations).toBe(analyse(rows, 2).nIterations);
  const [plain, more] = [analyse(rows, 2), analyse(padded, 2)];
  more.components.forEach((component, c) => {
    component.forEach((entry, unit) => {
      expect(Math.abs(entry - plain.components[c][unit])).toBeLessThan(1e-12);
    });
  });
});

test('stops at maxIterations and says so; a start of another seed is another start', () => {
  const rows = twoSources(500);
  const short = analyse(rows, 2, { ...defaults, maxIterations: 1, tolerance: 1e-12 });
  expect(short).toMatchObject({ nIterations: 1, isConverged: false });
  expect(short.limits).toHaveLength(1);
  const other = analyse(rows, 2, { ...defaults, maxIterations: 1, seed: 7 });
  expect(other.limits).not.toEqual(short.limits);
});

test('one unit is its own component', () => {
  const { components, isConverged } = analyse([[0], [0], [1], [0], [2]], 1);
  expect(isConverged).toBe(true);
  expect(components.map(({ length }) => length)).toEqual([1]);
  expect(Math.abs(normalise(components[0])[0])).toBe(1);
});

test('the cut between chunks changes no bit', () => {
  const rows = twoSources(200);
  const whole = analyse(rows, 2);
  fc.assert(
    fc.property(fc.nat(200), (cut) => {
      expect(analyse(rows, 2, defaults, cut)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});
