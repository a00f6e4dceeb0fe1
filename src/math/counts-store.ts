import {
  createReusedRoom,
  createUnpacker,
  type PackedRows,
  type PackedShape,
  packRows,
  shapeOf,
} from './packed-rows.ts';
import { createRowBlocks } from './row-blocks.ts';
import type { SparseRows } from './sparse-covariance.ts';

/** Counts that can be read again, first to last, as often as wanted. */
export interface CountsStore {
  readonly push: (rows: SparseRows) => void;
  /** The rows in their order, cut in another way. Each chunk holds until the next is asked for. */
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

/** Keeps a packed copy: 2 bytes per entry and 1 per bin, for counts up to 255 of up to 256 units. */
export function createMemoryStore(): CountsStore {
  return createStore();
}

/** Where packed rows stand in the scratch file. */
interface Place {
  readonly position: number;
  readonly shape: PackedShape;
}

/**
 * Keeps a packed copy until that takes more than `budget` bytes; then all of it goes to a scratch file, from which blocks
 * are read one at a time, the same numbers in the same blocks. Memory: the budget, and two blocks.
 */
export function createSpillingStore(open: () => ScratchFile, budget: number): CountsStore {
  return createStore({ open, budget });
}

interface Scratch {
  readonly open: () => ScratchFile;
  readonly budget: number;
}

function createStore(scratch?: Scratch): CountsStore {
  const held: PackedRows[] = [];
  const places: Place[] = [];
  let blocks = createRowBlocks();
  let nBytes = 0;
  let end = 0;
  let file: ScratchFile | undefined;

  function spill(rows: PackedRows, into: ScratchFile): void {
    places.push({ position: end, shape: shapeOf(rows) });
    for (const bytes of bytesOf(rows)) {
      into.append(bytes);
      end += bytes.byteLength;
    }
  }

  function keep(block: SparseRows | undefined): void {
    if (!block) return;
    const rows = packRows(block);
    if (file) {
      spill(rows, file);
      return;
    }
    held.push(rows);
    for (const bytes of bytesOf(rows)) nBytes += bytes.byteLength;
    if (!scratch || nBytes <= scratch.budget) return;
    file = scratch.open();
    for (const rows of held) spill(rows, file);
    held.length = 0;
  }

  function* unpacked(): Generator<SparseRows> {
    keep(blocks.rest());
    const unpack = createUnpacker();
    for (const rows of held) yield unpack(rows);
    if (!file) return;
    const roomFor = createReusedRoom();
    for (const { position, shape } of places) {
      const rows = roomFor(shape);
      let at = position;
      for (const bytes of bytesOf(rows)) {
        file.read(bytes, at);
        at += bytes.byteLength;
      }
      yield unpack(rows);
    }
  }

  return {
    push: (rows) => keep(blocks.add(rows)),
    rows: { [Symbol.iterator]: unpacked },
    close: () => {
      blocks = createRowBlocks();
      held.length = 0;
      places.length = 0;
      file?.close();
      file = undefined;
    },
  };
}

/** The arrays as bytes, in the order in which they stand in a scratch file. */
function bytesOf({ lengths, units, values }: PackedRows): Uint8Array[] {
  return [lengths, units, values].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
}
