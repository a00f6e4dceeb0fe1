import { openZstd } from '../zstd.ts';

export type Compression = 'zstd' | 'snappy' | 'none';

/** Names in the Parquet format. */
export const codecNames = {
  zstd: 'ZSTD',
  snappy: 'SNAPPY',
  none: 'UNCOMPRESSED',
} as const satisfies Record<Compression, string>;

export type Compress = (bytes: Uint8Array) => Uint8Array;

export async function openCodec(compression: Compression): Promise<Compress> {
  switch (compression) {
    case 'zstd':
      return openZstd(1);
    case 'snappy': {
      // Loaded on demand: a thread that needs another codec starts faster without it.
      const { compressSnappy } = await import('./parquetjs.ts');
      return compressSnappy;
    }
    case 'none':
      // A copy: what is written may be held on to, and the column is filled again.
      return (bytes) => new Uint8Array(bytes);
  }
}
