import type { SparseRows } from './sparse-covariance.ts';

/** Counts that can be read again, first to last, as often as wanted. */
export interface CountsStore {
  readonly push: (rows: SparseRows) => void;
  readonly rows: Iterable<SparseRows>;
  /** Lets go of everything; the store is not used again. */
  readonly close: () => void;
}

/** A file of this run alone, which nobody else sees and which is gone with it. */
export interface ScratchFile {
  readonly append: (bytes: Uint8Array) => void;
  /** Fills `bytes` with what stands in the file from `position` on. */
  readonly read: (bytes: Uint8Array, position: number) => void;
  readonly close: () => void;
}

/** Keeps what it is given by reference: 12 bytes per entry and 4 per bin. */
export function createMemoryStore(): CountsStore {
  const rows: SparseRows[] = [];
  return {
    push: (chunk) => rows.push(chunk),
    rows,
    close: () => {
      rows.length = 0;
    },
  };
}

/** Where a chunk stands in the scratch file: its offsets, its units, its values. */
interface Place {
  readonly position: number;
  readonly nBins: number;
  readonly nEntries: number;
}

/**
 * Keeps what it is given by reference until that takes more than `budget` bytes; then all of it goes to a scratch file,
 * from which chunks are read one at a time, the same numbers in the same chunks. Memory: the budget, and one chunk.
 */
export function createSpillingStore(open: () => ScratchFile, budget: number): CountsStore {
  const held: SparseRows[] = [];
  const places: Place[] = [];
  let nBytes = 0;
  let end = 0;
  let file: ScratchFile | undefined;

  function spill({ nBins, offsets, units, values }: SparseRows): void {
    file ??= open();
    const [from, to] = [offsets[0], offsets[nBins]];
    places.push({ position: end, nBins, nEntries: to - from });
    const parts = [
      offsets.subarray(0, nBins + 1),
      units.subarray(from, to),
      values.subarray(from, to),
    ];
    for (const part of parts) {
      file.append(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      end += part.byteLength;
    }
  }

  function push(rows: SparseRows): void {
    if (file) {
      spill(rows);
      return;
    }
    held.push(rows);
    nBytes += rows.offsets.byteLength + rows.units.byteLength + rows.values.byteLength;
    if (nBytes <= budget) return;
    for (const chunk of held) spill(chunk);
    held.length = 0;
  }

  function read(scratch: ScratchFile, { position, nBins, nEntries }: Place): SparseRows {
    const offsets = new Int32Array(nBins + 1);
    const units = new Int32Array(nEntries);
    const values = new Float64Array(nEntries);
    let at = position;
    for (const part of [offsets, units, values]) {
      scratch.read(new Uint8Array(part.buffer), at);
      at += part.byteLength;
    }
    // Entries are counted from the first of the chunk, which need not have been entry 0 of its arrays.
    const first = offsets[0];
    if (first !== 0) for (let row = 0; row <= nBins; row++) offsets[row] -= first;
    return { nBins, offsets, units, values };
  }

  function* rows(): Generator<SparseRows> {
    yield* held;
    if (file) for (const place of places) yield read(file, place);
  }

  return {
    push,
    rows: { [Symbol.iterator]: rows },
    close: () => {
      held.length = 0;
      places.length = 0;
      file?.close();
      file = undefined;
    },
  };
}
