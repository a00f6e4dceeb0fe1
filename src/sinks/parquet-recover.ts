import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { magic, trailerLength } from './parquet-footer.ts';

/** Reads bytes of a file anywhere; `read` returns `length` bytes, all of which the file has. */
export interface RandomReader {
  readonly size: number;
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** The part of an interrupted file that is a complete Parquet file. */
export interface Recovered {
  /** Cut the file to this many bytes. */
  readonly length: number;
  readonly nRows: number;
  readonly nRowGroups: number;
}

const blockLength = 1 << 20;

/**
 * The last checkpoint of a Parquet file that was cut short: the last place where a complete footer ends whose row groups
 * all lie before it. Nothing is written; the caller truncates. A complete file is found whole.
 * @returns undefined where the file holds no footer
 * Memory: one block of 1 MiB, and one footer.
 */
export async function recoverParquet(file: RandomReader): Promise<Recovered | undefined> {
  const overlap = magic.length - 1;
  for (let blockEnd = file.size; blockEnd > magic.length; ) {
    const blockStart = Math.max(0, blockEnd - blockLength);
    const block = Buffer.from(await file.read(blockStart, blockEnd - blockStart));
    for (let at = block.lastIndexOf(magic); at >= 0; at = lastIndexBefore(block, at)) {
      const recovered = await footerEndingAt(file, blockStart + at + magic.length);
      if (recovered) return recovered;
    }
    if (blockStart === 0) break;
    blockEnd = blockStart + overlap;
  }
  return undefined;
}

// A negative start would count from the end.
function lastIndexBefore(block: Buffer, at: number): number {
  return at === 0 ? -1 : block.lastIndexOf(magic, at - 1);
}

async function footerEndingAt(file: RandomReader, end: number): Promise<Recovered | undefined> {
  const trailerStart = end - trailerLength;
  if (trailerStart < magic.length) return undefined;
  const trailer = Buffer.from(await file.read(trailerStart, trailerLength));
  const start = trailerStart - trailer.readUInt32LE(0);
  if (start < magic.length) return undefined;
  // Every footer begins with the field "version 1"; a length found among values may name gigabytes.
  const [field, version] = await file.read(start, 2);
  if (field !== 0x15 || version !== 0x02) return undefined;
  const metadata = parseFooter(await file.read(start, end - start));
  if (!metadata || !isWhole(metadata, start)) return undefined;
  const nRowGroups = metadata.row_groups.length;
  return { length: end, nRows: Number(metadata.num_rows), nRowGroups };
}

/** The footer's content, or undefined where the bytes, which may be values that only look like a footer, are none. */
function parseFooter(bytes: Uint8Array): FileMetaData | undefined {
  try {
    return parquetMetadata(bytes);
  } catch {
    return undefined;
  }
}

function isWhole({ num_rows, row_groups }: FileMetaData, footerStart: number): boolean {
  const nRows = row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const isInside = row_groups.every(({ columns }) =>
    columns.every(({ meta_data }) => {
      const start = Number(meta_data?.data_page_offset);
      const end = start + Number(meta_data?.total_compressed_size);
      return start >= magic.length && end <= footerStart;
    }),
  );
  return nRows === Number(num_rows) && isInside;
}
