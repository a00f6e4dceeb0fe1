import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussianKernel } from '../../src/math/gaussian-kernel.ts';
import { createKernelRing, type HeldRows } from '../../src/math/kernel-ring.ts';
import { createRowBuilder } from '../../src/math/sparse-rows.ts';

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
      const [rows, radius, every, nAtOnce] = drawn;
      const divisor = nAtOnce % 2 === 0 ? 1 : 0.75;
      const kernel = gaussianKernel(radius / 3 + 0.1, radius);
      const held = entriesOf(rows);
      const ring = createKernelRing(40, kernel);
      const built = createRowBuilder(40);
      const expected = createRowBuilder(40);
      const skipped = (p: number): boolean => every > 0 && p % (every + 1) === 0;
      for (let p = radius; p + radius < rows.length; ) {
        const from = p++;
        if (skipped(from)) {
          ring.discard(held, from);
          continue;
        }
        while (p < from + nAtOnce && p + radius < rows.length && !skipped(p)) p++;
        ring.emit(held, from, p, divisor, built);
        for (let position = from; position < p; position++) {
          for (let i = 0; i < kernel.length; i++) {
            const row = position - radius + i;
            expected.addScaled(held, held.offsets[row], held.offsets[row + 1], kernel[i]);
          }
          expected.closeRow(divisor);
        }
      }
      expect(built.take()).toEqual(expected.take());
    }),
  );
});

test('holds nothing of the sequence before', () => {
  const ring = createKernelRing(2, gaussianKernel(1, 2));
  const held = entriesOf([[{ unit: 1, value: 3 }], [], [], [], [], []]);
  const rows = createRowBuilder(2);
  ring.emit(held, 2, 3, 1, rows);
  expect(rows.take().units).toEqual(Int32Array.of(1));
  ring.clear();
  ring.emit(entriesOf([[], [], [], [], [], []]), 2, 4, 1, rows);
  expect(rows.take()).toMatchObject({ units: new Int32Array(0), offsets: new Int32Array(3) });
});
