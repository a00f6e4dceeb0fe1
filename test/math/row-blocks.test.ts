import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRowBlocks } from '../../src/math/row-blocks.ts';
import type { SparseRows } from '../../src/math/sparse-covariance.ts';

/** Rows of the given lengths, whose entries begin at entry `lead` and count on from `first`. */
function chunkOf(lengths: readonly number[], lead: number, first: number): SparseRows {
  const offsets = new Int32Array(lengths.length + 1).fill(lead);
  lengths.forEach((length, row) => {
    offsets[row + 1] = offsets[row] + length;
  });
  const nEntries = offsets[lengths.length];
  return {
    nBins: lengths.length,
    offsets,
    units: Int32Array.from({ length: nEntries }, (_, i) => first + i - lead),
    values: Float64Array.from({ length: nEntries }, (_, i) => (first + i - lead) / 2),
  };
}

const chunks = fc.array(
  fc.record({
    nRows: fc.oneof(fc.nat(5), fc.nat(20_000)),
    length: fc.nat(4),
    lead: fc.nat(3),
  }),
  { maxLength: 12 },
);

test('blocks hold the rows of the chunks, in their order', () => {
  fc.assert(
    fc.property(chunks, (given) => {
      const blocks = createRowBlocks();
      const lengths: number[] = [];
      let nEntries = 0;
      const take = (block: SparseRows | undefined): void => {
        if (!block) return;
        const { nBins, offsets, units, values } = block;
        expect(offsets[0]).toBe(0);
        for (let row = 0; row < nBins; row++) lengths.push(offsets[row + 1] - offsets[row]);
        for (let i = 0; i < offsets[nBins]; i++, nEntries++) {
          if (units[i] !== nEntries || values[i] !== nEntries / 2) throw new Error(`entry ${i}`);
        }
      };
      let first = 0;
      const expected: number[] = [];
      for (const { nRows, length, lead } of given) {
        const ofChunk = Array.from({ length: nRows }, (_, row) => (row % 3 === 0 ? length : 1));
        expected.push(...ofChunk);
        take(blocks.add(chunkOf(ofChunk, lead, first)));
        first += ofChunk.reduce((sum, n) => sum + n, 0);
      }
      take(blocks.rest());
      expect(nEntries).toBe(first);
      expect(lengths).toEqual(expected);
      expect(blocks.rest()).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

test('rows wait until they are enough', () => {
  const blocks = createRowBlocks();
  expect(blocks.add(chunkOf([1, 2], 0, 0))).toBeUndefined();
  expect(blocks.add(chunkOf(Array<number>(40_000).fill(0), 0, 3))?.nBins).toBe(40_002);
  expect(blocks.rest()).toBeUndefined();
});
