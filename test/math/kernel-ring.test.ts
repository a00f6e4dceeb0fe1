import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussianKernel } from '../../src/math/gaussian-kernel.ts';
import { createKernelRing } from '../../src/math/kernel-ring.ts';
import { createRowBuilder, type RowEntries } from '../../src/math/sparse-rows.ts';

const rowsOf = (nUnits: number) =>
  fc.array(
    fc.uniqueArray(
      fc.record({ unit: fc.nat(nUnits - 1), value: fc.double({ min: 0.1, max: 9 }) }),
      {
        selector: ({ unit }) => unit,
        maxLength: nUnits,
      },
    ),
    { maxLength: 60 },
  );

function entriesOf(rows: readonly { unit: number; value: number }[][]): RowEntries {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r] + row.length;
  });
  const flat = rows.flatMap((row) => [...row].sort((a, b) => a.unit - b.unit));
  return {
    offsets,
    units: Int32Array.from(flat, ({ unit }) => unit),
    values: Float64Array.from(flat, ({ value }) => value),
  };
}

test('sums every row within the radius in ascending order, to the last bit', () => {
  fc.assert(
    fc.property(rowsOf(40), fc.integer({ min: 0, max: 5 }), fc.nat(3), (rows, radius, every) => {
      const kernel = gaussianKernel(radius / 3 + 0.1, radius);
      const held = entriesOf(rows);
      const ring = createKernelRing(40, kernel);
      const built = createRowBuilder(40);
      const expected = createRowBuilder(40);
      for (let p = radius; p + radius < rows.length; p++) {
        while (ring.nextFed() <= p + radius) {
          const row = ring.nextFed();
          ring.feed(held, held.offsets[row], held.offsets[row + 1]);
        }
        if (every > 0 && p % (every + 1) === 0) {
          ring.discard(p);
          continue;
        }
        ring.emit(built, p, 0.75);
        for (let i = 0; i < kernel.length; i++) {
          const row = p - radius + i;
          expected.addScaled(held, held.offsets[row], held.offsets[row + 1], kernel[i]);
        }
        expected.closeRow(0.75);
      }
      expect(built.take()).toEqual(expected.take());
    }),
  );
});

test('holds nothing of the sequence before', () => {
  const ring = createKernelRing(2, gaussianKernel(1, 2));
  const held = entriesOf([[{ unit: 1, value: 3 }], [], [], [], [], []]);
  ring.feed(held, 0, 1);
  ring.clear();
  for (let row = 1; row < 6; row++) ring.feed(held, held.offsets[row], held.offsets[row + 1]);
  const rows = createRowBuilder(2);
  ring.emit(rows, 2, 1);
  expect(ring.nextFed()).toBe(5);
  expect(rows.take().units).toHaveLength(0);
});
