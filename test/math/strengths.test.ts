import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createTable, type Strengths } from '../../src/math/strengths.ts';
import { createPlainStrengths } from '../../src/math/strengths-plain.ts';
import { createSimdStrengths } from '../../src/math/strengths-simd.ts';
import type { CountsChunk, Moments } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { root } from '../support/cli.ts';

const number = fc.double({ min: -3, max: 3, noNaN: true });

const drawn = fc
  .record({
    nUnits: fc.integer({ min: 1, max: 30 }),
    nPatterns: fc.integer({ min: 1, max: 19 }),
    nBins: fc.integer({ min: 0, max: 700 }),
    seeds: fc.array(number, { minLength: 7, maxLength: 200 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    diagonal: fc.constantFrom('zero' as const, 'keep' as const),
  })
  .map(({ nUnits, nPatterns, nBins, seeds, share, diagonal }) => {
    const at = (i: number) => seeds[i % seeds.length] + i / 1000;
    const list = (n: number, shift: number) =>
      Float64Array.from({ length: n }, (_, i) => at(i + shift));
    const weights = Array.from({ length: nPatterns }, (_, p) => list(nUnits, 31 * p));
    const sd = list(nUnits, 7).map(Math.abs);
    const isConstant = Uint8Array.from(sd, (_, unit) => (unit % 5 === 3 ? 1 : 0));
    const moments = { kind: 'moments', mean: list(nUnits, 3), sd, isConstant } as const;
    const units: number[] = [];
    const offsets = new Int32Array(nBins + 1);
    for (let row = 0; row < nBins; row++) {
      for (let unit = 0; unit < nUnits; unit++) {
        if (Math.abs(at(row * nUnits + unit) % 1) < share) units.push(unit);
      }
      offsets[row + 1] = units.length;
    }
    const entries = { nBins, nUnits, offsets, units: Int32Array.from(units) };
    const counts = { ...entries, values: list(units.length, 11) } as CountsChunk;
    return {
      nUnits,
      nPatterns,
      patterns: { weights } as unknown as Patterns,
      moments,
      counts,
      diagonal,
    };
  });

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function strengthsOf(made: Strengths | undefined, { patterns, moments, counts, diagonal }: Drawn) {
  if (!made) throw new Error('there is no WebAssembly here');
  made.load(createTable(patterns, moments as unknown as Moments, diagonal, made.groupSize));
  return made.fill(counts);
}

test('two numbers at a time are the same to the last bit', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { nUnits, nPatterns } = given;
      const simd = strengthsOf(createSimdStrengths(nUnits, nPatterns), given);
      const plain = strengthsOf(createPlainStrengths(), given);
      expect(simd).toHaveLength(nPatterns);
      expect(simd).toEqual(plain.map((column) => column.slice()));
    }),
  );
});

test('both are the formula', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { counts, moments, patterns, diagonal, nUnits } = given;
      const { mean, sd, isConstant } = moments;
      const columns = strengthsOf(createPlainStrengths(), given);
      for (let row = 0; row < counts.nBins; row += 97) {
        const x = new Float64Array(nUnits);
        for (let e = counts.offsets[row]; e < counts.offsets[row + 1]; e++) {
          x[counts.units[e]] = counts.values[e];
        }
        const z = x.map((value, unit) =>
          isConstant[unit] || sd[unit] === 0 ? 0 : (value - mean[unit]) / sd[unit],
        );
        patterns.weights.forEach((w, p) => {
          const terms = [...z].map((value, unit) => value * w[unit]);
          const squares = terms.reduce((sum, term) => sum + term * term, 0);
          const sum = terms.reduce((total, term) => total + term, 0);
          const expected = sum * sum - (diagonal === 'zero' ? squares : 0);
          const size = terms.reduce((total, term) => total + Math.abs(term), 0) ** 2;
          expect(Math.abs(columns[p][row] - expected)).toBeLessThanOrEqual(1e-9 * (size + 1));
        });
      }
    }),
  );
});

test('rows of more entries than are made at once, and moments that change', () => {
  const nUnits = 20_000;
  const units = Int32Array.from({ length: nUnits }, (_, unit) => unit);
  const weights = [1, 2, 3].map((p) => Float64Array.from(units, (unit) => Math.sin(unit * p)));
  const both = Int32Array.from([...units, ...units]);
  const offsets = Int32Array.of(0, nUnits, nUnits, 2 * nUnits);
  const values = Float64Array.from(both, (_, i) => 1 + Math.cos(i));
  const counts = { nBins: 3, nUnits, offsets, units: both, values } as unknown as CountsChunk;
  const simd = createSimdStrengths(nUnits, 3);
  for (const scale of [1, 2]) {
    const sd = Float64Array.from(units, () => scale);
    const mean = sd.map((value) => value / 3);
    const moments = { kind: 'moments', mean, sd, isConstant: new Uint8Array(nUnits) } as const;
    const patterns = { weights } as unknown as Patterns;
    const given = { nUnits, nPatterns: 3, patterns, moments, counts, diagonal: 'zero' as const };
    const plain = strengthsOf(createPlainStrengths(), given);
    expect(strengthsOf(simd, given)).toEqual(plain.map((column) => column.slice()));
  }
});

test('blocks that their entries cut short, with rows behind them', () => {
  const [nUnits, nBins] = [150, 900];
  const units: number[] = [];
  const offsets = new Int32Array(nBins + 1);
  for (let row = 0; row < nBins; row++) {
    // All units for a while, then every ninth: some blocks end with their entries, others with their rows.
    const step = row % 400 < 250 ? 1 : 9;
    for (let unit = 0; unit < nUnits; unit += step) units.push(unit);
    offsets[row + 1] = units.length;
  }
  const values = Float64Array.from(units, (_, i) => 1 + Math.cos(i));
  const entries = { nBins, nUnits, offsets, units: Int32Array.from(units), values };
  const counts = entries as unknown as CountsChunk;
  const [mean, sd] = [new Float64Array(nUnits).fill(0.5), new Float64Array(nUnits).fill(2)];
  const moments = { kind: 'moments', mean, sd, isConstant: new Uint8Array(nUnits) } as const;
  const weights = [1, 2, 3].map((p) => mean.map((_, unit) => Math.sin((unit + 1) * p)));
  const patterns = { weights } as unknown as Patterns;
  const given = { nUnits, nPatterns: 3, patterns, moments, counts, diagonal: 'zero' as const };
  const plain = strengthsOf(createPlainStrengths(), given);
  const simd = strengthsOf(createSimdStrengths(nUnits, 3), given);
  expect(simd).toEqual(plain.map((column) => column.slice()));
});

test('without patterns there are no columns, whatever the units', () => {
  expect(createSimdStrengths(4, 0)).toBeUndefined();
  const counts = { nBins: 2, offsets: new Int32Array(3) } as unknown as CountsChunk;
  const given = { patterns: { weights: [] }, counts, diagonal: 'zero' } as unknown as Drawn;
  const moments = { mean: new Float64Array(3), sd: new Float64Array(3), isConstant: [] };
  expect(strengthsOf(createPlainStrengths(), { ...given, moments } as unknown as Drawn)).toEqual(
    [],
  );
});

test('without WebAssembly there is none of it', () => {
  const instance = vi.spyOn(WebAssembly, 'Instance').mockImplementation(function refuse() {
    throw new RangeError('no room');
  });
  expect(createSimdStrengths(3, 3)).toBeUndefined();
  instance.mockRestore();
  expect(createSimdStrengths(3, 3)).toBeDefined();
});

test('all modules are what their texts say', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/assemble.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
