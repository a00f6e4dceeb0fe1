import type { SparseRows } from './sparse-covariance.ts';

/** Counts that can be read again, first to last, as often as wanted. */
export interface CountsStore {
  readonly push: (rows: SparseRows) => void;
  readonly rows: Iterable<SparseRows>;
}

/** Keeps what it is given by reference: 12 bytes per entry and 4 per bin. */
export function createMemoryStore(): CountsStore {
  const rows: SparseRows[] = [];
  return { push: (chunk) => rows.push(chunk), rows };
}
