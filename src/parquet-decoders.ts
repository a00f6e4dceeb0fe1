import type { Compressors, FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { openUnzstd } from './zstd.ts';

/**
 * What undoes the compression of a Parquet file's pages: the decoders that belong to the reader, but for zstd a faster one,
 * for all pages that it takes.
 */
export async function openDecoders({ row_groups }: FileMetaData): Promise<Compressors> {
  const isZstd = row_groups.some(({ columns }) =>
    columns.some(({ meta_data }) => meta_data?.codec === 'ZSTD'),
  );
  if (!isZstd) return compressors;
  const unzstd = await openUnzstd();
  return {
    ...compressors,
    ZSTD: (bytes, length) => {
      const decoded = unzstd(bytes, length) ?? compressors.ZSTD?.(bytes, length);
      if (decoded) return decoded;
      throw new Error('a page that cannot be decoded');
    },
  };
}
