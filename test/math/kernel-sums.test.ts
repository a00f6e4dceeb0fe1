import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussianKernel } from '../../src/math/gaussian-kernel.ts';
import { createKernelSums, type HeldRows } from '../../src/math/kernel-sums.ts';
import { createRowBuilder, type RowBuilder } from '../../src/math/sparse-rows.ts';

const rowsOf = (nUnits: number) =>
  fc.array(
    fc.uniqueArray(
      fc.record({ unit: fc.nat(nUnits - 1), value: fc.double({ min: 0.1, max: 9 }) }),
      {
        selector: ({ unit }) => unit,
        maxLength: nUnits,
      },
    ),
    { maxLength: 200 },
  );

function entriesOf(rows: readonly { unit: number; value: number }[][]): HeldRows {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r] + row.length;
  });
  const flat = rows.flatMap((row) => [...row].sort((a, b) => a.unit - b.unit));
  return {
    first: 0,
    offsets,
    units: Int32Array.from(flat, ({ unit }) => unit),
    values: Float64Array.from(flat, ({ value }) => value),
  };
}

test('sums every row within the radius in ascending order, to the last bit', () => {
  fc.assert(
    fc.property(rowsOf(40), fc.nat(5), fc.nat(9), fc.integer({ min: 1, max: 99 }), (...drawn) => {
      const [rows, radius, nBetween, nAtOnce] = drawn;
      const divisor = nAtOnce % 2 === 0 ? 1 : 0.75;
      const kernel = gaussianKernel(radius / 3 + 0.1, radius);
      const held = entriesOf(rows);
      const sums = createKernelSums(40, kernel);
      const built = createRowBuilder(40);
      const expected = createRowBuilder(40);
      for (let from = radius; from + radius < rows.length; from += nAtOnce + nBetween) {
        const to = Math.min(from + nAtOnce, rows.length - radius);
        sums.emit(held, from, to, divisor, built);
        addUp(held, from, to, kernel, divisor, expected);
      }
      expect(built.take()).toEqual(expected.take());
    }),
  );
});

test('more rows than are made at once, and rows that are no longer held', () => {
  const isNamed = (row: number, unit: number) => (row * 7 + unit * 13) % 11 === 0;
  const rows = Array.from({ length: 3000 }, (_, row) =>
    [0, 1, 2, 3].filter((unit) => isNamed(row, unit)).map((unit) => ({ unit, value: 1 + unit })),
  );
  const kernel = gaussianKernel(30, 120);
  const whole = entriesOf(rows);
  const first = 400;
  const held = { ...entriesOf(rows.slice(first)), first };
  const built = createRowBuilder(4);
  const expected = createRowBuilder(4);
  createKernelSums(4, kernel).emit(held, first + 120, 2880, 1, built);
  addUp(whole, first + 120, 2880, kernel, 1, expected);
  expect(built.nRows()).toBe(2360);
  expect(built.take()).toEqual(expected.take());
});

test('values of a unit together, in the order of their rows, to the last bit', () => {
  fc.assert(
    fc.property(rowsOf(12), fc.nat(5), fc.integer({ min: 1, max: 99 }), (rows, radius, nAtOnce) => {
      const divisor = nAtOnce % 2 === 0 ? 1 : 0.75;
      const kernel = gaussianKernel(radius / 3 + 0.1, radius);
      const held = entriesOf(rows);
      const built = createRowBuilder(12);
      const taken: number[][] = Array.from({ length: 12 }, () => []);
      const sums = createKernelSums(12, kernel);
      for (let from = radius; from + radius < rows.length; from += nAtOnce) {
        const to = Math.min(from + nAtOnce, rows.length - radius);
        sums.emit(held, from, to, divisor, built);
        sums.emitByUnit(held, from, to, divisor, (unit, values, first, end) => {
          taken[unit].push(...values.subarray(first, end));
        });
      }
      const { units, values } = built.take();
      const expected = taken.map((_, unit) => [...values].filter((_, i) => units[i] === unit));
      expect(taken).toEqual(expected);
    }),
  );
});

function addUp(
  held: HeldRows,
  from: number,
  to: number,
  kernel: Float64Array,
  divisor: number,
  rows: RowBuilder,
): void {
  const radius = (kernel.length - 1) / 2;
  for (let position = from; position < to; position++) {
    kernel.forEach((weight, i) => {
      const row = position - radius + i;
      rows.addScaled(held, held.offsets[row], held.offsets[row + 1], weight);
    });
    rows.closeRow(divisor);
  }
}
