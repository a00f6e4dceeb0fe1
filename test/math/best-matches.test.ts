import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absoluteCosine, bestMatches } from '../../src/math/best-matches.ts';
import { standardNormals } from '../../src/math/random.ts';

function randomPatterns(n: number, nUnits: number, seed: number): Float64Array[] {
  const normals = standardNormals(seed, n * nUnits);
  return Array.from({ length: n }, (_, k) => {
    const vector = normals.slice(k * nUnits, (k + 1) * nUnits);
    const norm = Math.hypot(...vector);
    return vector.map((x) => x / norm);
  });
}

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

test('patterns in another order and of other sign find themselves', () => {
  const patterns = randomPatterns(6, 10, 1);
  const order = [3, 0, 5, 1, 4, 2];
  const others = order.map((k) => patterns[k].map((weight) => -weight));
  expect([...bestMatches(patterns, others)]).toEqual(order.map((_, k) => order.indexOf(k)));
});

test('no pairing does better', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(1000), fc.nat(1000), (n, one, two) => {
      const [a, b] = [randomPatterns(n, 4, one), randomPatterns(n, 4, two)];
      const total = (order: ArrayLike<number>) =>
        a.reduce((sum, pattern, k) => sum + absoluteCosine(pattern, b[order[k]]), 0);
      const found = bestMatches(a, b);
      expect(new Set(found).size).toBe(n);
      const best = Math.max(...permutations(n).map(total));
      expect(total(found)).toBeGreaterThan(best - 1e-12);
    }),
    { numRuns: 100 },
  );
});

test('none', () => {
  expect([...bestMatches([], [])]).toEqual([]);
});
