import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createMemoryStore,
  createSpillingStore,
  type ScratchFile,
} from '../../src/math/counts-store.ts';
import type { SparseRows } from '../../src/math/sparse-covariance.ts';

function memoryScratch(): ScratchFile & { nBytes: () => number; isClosed: () => boolean } {
  let bytes = new Uint8Array(0);
  let isClosed = false;
  return {
    append: (more) => {
      const joined = new Uint8Array(bytes.length + more.length);
      joined.set(bytes);
      joined.set(more, bytes.length);
      bytes = joined;
    },
    read: (into, position) => into.set(bytes.subarray(position, position + into.length)),
    close: () => {
      isClosed = true;
    },
    nBytes: () => bytes.length,
    isClosed: () => isClosed,
  };
}

/** A chunk whose entries begin at entry `lead` of its arrays, as those of a part of a chunk do. */
function chunkOf(rows: readonly number[][], lead: number): SparseRows {
  const offsets = new Int32Array(rows.length + 1).fill(lead);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r] + row.length;
  });
  const flat = [...Array<number>(lead).fill(-1), ...rows.flat()];
  return {
    nBins: rows.length,
    offsets,
    units: Int32Array.from(flat, (_, i) => i % 7),
    values: Float64Array.from(flat),
  };
}

function entriesOf(chunks: Iterable<SparseRows>) {
  const entries = [];
  // One by one: a chunk holds until the next is asked for.
  for (const { nBins, offsets, units, values } of chunks) {
    const rowOf = (row: number) => [
      [...units.subarray(offsets[row], offsets[row + 1])],
      [...values.subarray(offsets[row], offsets[row + 1])],
    ];
    entries.push(...Array.from({ length: nBins }, (_, row) => rowOf(row)));
  }
  return entries;
}

const chunks = fc.array(
  fc
    .tuple(
      fc.array(fc.array(fc.double({ noNaN: true }), { maxLength: 5 }), { maxLength: 6 }),
      fc.nat(3),
    )
    .map(([rows, lead]) => chunkOf(rows, lead)),
  { maxLength: 8 },
);

describe('createMemoryStore', () => {
  test('gives back the same rows, as often as asked', () => {
    fc.assert(
      fc.property(chunks, (given) => {
        const store = createMemoryStore();
        for (const chunk of given) store.push(chunk);
        expect(entriesOf(store.rows)).toEqual(entriesOf(given));
        expect(entriesOf(store.rows)).toEqual(entriesOf(given));
        store.close();
        expect(entriesOf(store.rows)).toEqual([]);
      }),
    );
  });
});

describe('createSpillingStore', () => {
  test('gives back the same rows, as often as asked, whatever the budget', () => {
    fc.assert(
      fc.property(chunks, fc.nat(900), (given, budget) => {
        const store = createSpillingStore(memoryScratch, budget);
        for (const chunk of given) store.push(chunk);
        const expected = entriesOf(given);
        expect(entriesOf(store.rows)).toEqual(expected);
        expect(entriesOf(store.rows)).toEqual(expected);
      }),
    );
  });

  test('opens no file within its budget, and closes the one it opened', () => {
    const files: ReturnType<typeof memoryScratch>[] = [];
    const open = () => {
      const file = memoryScratch();
      files.push(file);
      return file;
    };
    // A block of its own: a byte per row, and two per entry.
    const nRows = 40_000;
    const chunk = chunkOf(
      Array.from({ length: nRows }, () => [1]),
      0,
    );
    const size = nRows * 3;
    const store = createSpillingStore(open, 2 * size);
    store.push(chunk);
    store.push(chunk);
    expect(files).toHaveLength(0);
    store.push(chunk);
    store.push(chunk);
    expect(files).toHaveLength(1);
    expect(files[0].nBytes()).toBe(4 * size);
    store.close();
    expect(files[0].isClosed()).toBe(true);
    expect([...store.rows]).toHaveLength(0);
  });

  test('small chunks are kept as few blocks', () => {
    const store = createMemoryStore();
    const chunk = chunkOf([[1, 2], []], 0);
    const nChunks = 20_000;
    for (let i = 0; i < nChunks; i++) store.push(chunk);
    let nRows = 0;
    let nBlocks = 0;
    for (const { nBins } of store.rows) {
      nBlocks++;
      nRows += nBins;
    }
    expect(nRows).toBe(2 * nChunks);
    expect(nBlocks).toBeLessThan(5);
  });
});
