import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
  createResponses,
  type ResponseSums,
  type StandardisedRows,
} from '../../src/math/ica-responses.ts';
import { createPlainAdder } from '../../src/math/ica-responses-plain.ts';
import { createSimdAdder } from '../../src/math/ica-responses-simd.ts';
import { countLikeRows } from '../../src/math/like-rows.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import type { SparseRows } from '../../src/math/sparse-covariance.ts';
import { fastTanh } from '../../src/math/tanh.ts';

const wild = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];

const drawn = fc
  .record({
    seed: fc.nat(),
    nUnits: fc.integer({ min: 1, max: 30 }),
    k: fc.integer({ min: 1, max: 19 }),
    // Some of them more rows than are added at once.
    sizes: fc.array(fc.oneof(fc.nat(40), fc.nat(2500)), { maxLength: 4 }),
    share: fc.constantFrom(0.02, 0.1, 0.5, 1),
    shareOfOnes: fc.constantFrom(0, 0.5, 0.9, 1),
    shareOfInterest: fc.constantFrom(0.3, 1),
    // The largest take responses far beyond 20.
    size: fc.constantFrom(0.1, 1, 30),
    strange: fc.array(fc.constantFrom(...wild), { maxLength: 3 }),
  })
  .map(({ seed, nUnits, k, sizes, share, shareOfOnes, shareOfInterest, size, strange }) => {
    const { double } = createSfc32(seed, 1);
    const list = (length: number, low: number, high: number) =>
      Float64Array.from({ length }, () => low + (high - low) * double());
    const drawValue = () =>
      double() < shareOfOnes ? 1 : 1 + Math.floor(4 * double()) / 2 - double();
    const dense = sizes.map((nBins) =>
      Array.from({ length: nBins }, () =>
        Array.from({ length: nUnits }, () => (double() < share ? drawValue() : 0)),
      ),
    );
    const isOfInterest = Array.from({ length: nUnits }, () => double() < shareOfInterest);
    const n = isOfInterest.filter(Boolean).length;
    let place = 0;
    const slots = Int32Array.from(isOfInterest, (isMeant) => (isMeant ? place++ : n));
    const weights = list(k * n, -size, size);
    strange.forEach((weight) => {
      if (weights.length > 0) weights[Math.floor(double() * weights.length)] = weight;
    });
    const data: StandardisedRows = {
      rows: dense.map(rowsOf),
      nRows: dense.flat().length,
      slots,
      means: list(n, 0, 1),
      scales: list(n, 0.5, 1.5),
    };
    return { data, dense: dense.flat(), k, weights, more: list(k * n, -1, 1) };
  });

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** Sparse rows of what is not 0, behind some entries that are none of theirs. */
function rowsOf(dense: readonly number[][]): SparseRows {
  const units = [-1, -1];
  const values = [9, 1];
  const offsets = Int32Array.of(2, ...dense.map(() => 0));
  dense.forEach((row, r) => {
    row.forEach((value, unit) => {
      if (value === 0) return;
      units.push(unit);
      values.push(value);
    });
    offsets[r + 1] = units.length;
  });
  return {
    nBins: dense.length,
    offsets,
    units: Int32Array.from(units),
    values: Float64Array.from(values),
  };
}

function responsesTo({ data, k }: Pick<Drawn, 'data' | 'k'>) {
  return createResponses(data, countLikeRows(data), k);
}

/** To the last bit; a comparison that says where, since one that shows all takes minutes over long arrays. */
function expectSame(made: ResponseSums, expected: ResponseSums): void {
  for (const name of ['sums', 'slopes', 'products'] as const) {
    expect(made[name]).toHaveLength(expected[name].length);
    expect({ name, differs: firstDifference(made[name], expected[name]) }).toEqual({
      name,
      differs: undefined,
    });
  }
}

function firstDifference(made: Float64Array, expected: Float64Array) {
  const at = made.findIndex((value, i) => !Object.is(value, expected[i]));
  return at < 0 ? undefined : { at, made: made[at], expected: expected[at] };
}

/** Makes something where there is no room for WebAssembly. */
function withoutWasm<T>(make: () => T): T {
  const instance = vi.spyOn(WebAssembly, 'Instance').mockImplementation(function refuse() {
    throw new RangeError('no room');
  });
  try {
    return make();
  } finally {
    instance.mockRestore();
  }
}

test('two numbers at a time are the same to the last bit, one iteration after the other', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { data, k, weights, more } = given;
      expect(createSimdAdder(data.slots.length, k, 2)).toBeDefined();
      const simd = responsesTo(given);
      const plain = withoutWasm(() => responsesTo(given));
      for (const each of [more, weights, more]) {
        const sums = simd(each);
        expect(sums.products).toHaveLength(k * data.means.length);
        expectSame(sums, plain(each));
      }
    }),
    { numRuns: 200 },
  );
});

test('both are the formula', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { data, dense, k, more: weights } = given;
      const { means, scales, slots } = data;
      const n = means.length;
      const expected = { sums: Array(k).fill(0), slopes: Array(k).fill(0), products: Array(n * k) };
      expected.products.fill(0);
      for (const row of dense) {
        const x = new Float64Array(n + 1);
        row.forEach((value, unit) => {
          x[slots[unit]] = value;
        });
        for (let a = 0; a < k; a++) {
          let y = 0;
          for (let i = 0; i < n; i++) y += (weights[a * n + i] * (x[i] - means[i])) / scales[i];
          const t = Math.tanh(y);
          expected.sums[a] += t;
          expected.slopes[a] += 1 - t * t;
          for (let i = 0; i < n; i++) expected.products[i * k + a] += t * x[i];
        }
      }
      for (const respond of [responsesTo(given), withoutWasm(() => responsesTo(given))]) {
        const made = respond(weights);
        for (const name of ['sums', 'slopes', 'products'] as const) {
          const worst = made[name].reduce(
            (most, value, i) => Math.max(most, Math.abs(value - expected[name][i])),
            0,
          );
          expect(worst).toBeLessThanOrEqual(1e-11 * (dense.length + 1));
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('tanh is fastTanh to the last bit, at the points of its table, between them, and beyond', () => {
  const points = [1e-300, 5e-324, 20, 1e9, Number.MAX_VALUE, ...wild];
  for (let i = -1500; i <= 1500; i++) points.push(i / 64, Math.sin(i) * 22, i / 64 + 2 ** -48);
  // A unit for each, which one row names.
  const nUnits = points.length;
  const units = Int32Array.from(points, (_, unit) => unit);
  const offsets = Int32Array.from({ length: nUnits + 1 }, (_, row) => row);
  const rows = { nBins: nUnits, offsets, units, values: new Float64Array(nUnits).fill(1) };
  for (const adder of [createSimdAdder(nUnits, 8, 0), createPlainAdder(nUnits, 8, 0)]) {
    if (!adder) throw new Error('there is no WebAssembly here');
    // Each component begins elsewhere, so that each place of a pair meets all.
    const at = (unit: number, a: number) => 0 + points[(unit + a) % nUnits];
    adder.gains.forEach((_, i) => {
      adder.gains[i] = at(Math.floor(i / adder.width), i % adder.width);
    });
    adder.add(rows);
    const expected = adder.gains.map((y) => 0 + fastTanh(y));
    expect(firstDifference(adder.products, expected)).toBeUndefined();
  }
});

test('a NaN is one whatever its bits, which lead nowhere', () => {
  const adder = createSimdAdder(1, 8, 0);
  if (!adder) throw new Error('there is no WebAssembly here');
  const { buffer, byteOffset } = adder.gains;
  new BigUint64Array(buffer, byteOffset, 8).fill(0x7ff8_0000_7fff_fff8n);
  const [units, values] = [Int32Array.of(0), Float64Array.of(1)];
  adder.add({ nBins: 1, offsets: Int32Array.of(0, 1), units, values });
  expect([...adder.products, ...adder.sums, ...adder.slopes]).toEqual(Array(24).fill(Number.NaN));
});

test('rows of more entries than are added at once', () => {
  const nUnits = 20_000;
  const units = Int32Array.from({ length: nUnits }, (_, unit) => unit);
  const both = Int32Array.from([...units, ...units]);
  const values = Float64Array.from(both, (_, i) => 1 + Math.cos(i));
  const offsets = Int32Array.of(0, nUnits, nUnits, 2 * nUnits);
  const data: StandardisedRows = {
    rows: [{ nBins: 3, offsets, units: both, values }],
    nRows: 3,
    slots: units,
    means: Float64Array.from(units, Math.cos),
    scales: new Float64Array(nUnits).fill(1),
  };
  const weights = Float64Array.from({ length: 3 * nUnits }, (_, i) => Math.sin(3 * i) / 50);
  const simd = responsesTo({ data, k: 3 })(weights);
  expectSame(simd, withoutWasm(() => responsesTo({ data, k: 3 }))(weights));
  expect(simd.sums.every(Number.isFinite)).toBe(true);
});

test('without WebAssembly there is none of it', () => {
  expect(withoutWasm(() => createSimdAdder(3, 3, 2))).toBeUndefined();
  expect(createSimdAdder(3, 3, 2)).toBeDefined();
});
