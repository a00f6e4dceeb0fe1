import { type Compression, openCodec } from './parquet-codec.ts';
import type { ColumnBuffer } from './parquet-column.ts';
import { type EncodedColumn, encodeColumn } from './parquet-encode.ts';

/** Encodes and compresses the columns of a row group. */
export interface ColumnEncoder {
  /**
   * Encodes the first `nRows` rows of each column and hands the columns to `take`, in order. The buffers are the
   * encoder's until the promise resolves, and then hold nothing of value.
   * @param take may say when it wants the next column; an encoder that works ahead need not wait for that
   * @returns buffers of the same columns, to be filled again
   */
  readonly encode: (
    columns: readonly ColumnBuffer[],
    nRows: number,
    take: (column: EncodedColumn, index: number) => Promise<void> | undefined,
  ) => Promise<readonly ColumnBuffer[]>;
}

/** Encodes in this thread, each column when the one before has been taken. */
export async function createInlineEncoder(compression: Compression): Promise<ColumnEncoder> {
  const compress = await openCodec(compression);
  return {
    encode: async (columns, nRows, take) => {
      for (const [index, column] of columns.entries()) {
        await take(encodeColumn(column, nRows, compress), index);
      }
      return columns;
    },
  };
}
