import type { Compress } from './parquet-codec.ts';
import { type ColumnBuffer, type ColumnStatistics, columnStatistics } from './parquet-column.ts';
import { encodeRows } from './parquet-values.ts';

// Bounds what a compressor must hold at once when row groups are long.
const maxPageRows = 65_536;

/** Values of one data page, compressed. */
export interface EncodedPage {
  readonly nRows: number;
  readonly uncompressedSize: number;
  readonly body: Uint8Array;
}

/** One column of one row group. */
export interface EncodedColumn {
  readonly pages: readonly EncodedPage[];
  readonly statistics: ColumnStatistics;
}

/** The first `nRows` rows of a column as data pages (version 1), encoded PLAIN. */
export function encodeColumn(
  buffer: ColumnBuffer,
  nRows: number,
  compress: Compress,
): EncodedColumn {
  const pages: EncodedPage[] = [];
  for (let firstRow = 0; firstRow < nRows; firstRow += maxPageRows) {
    const end = Math.min(nRows, firstRow + maxPageRows);
    const raw = encodeRows(buffer, firstRow, end);
    const body = compress(raw);
    pages.push({ nRows: end - firstRow, uncompressedSize: raw.length, body });
  }
  return { pages, statistics: columnStatistics(buffer, nRows) };
}
