import type { Compression } from './parquet-codec.ts';
import type { ColumnBuffer } from './parquet-column.ts';
import type { EncodedColumn } from './parquet-encode.ts';

/** To the thread: the columns of a row group, in memory that both share. */
export interface EncodeOrder {
  readonly job: number;
  readonly compression: Compression;
  readonly nRows: number;
  readonly columns: readonly Pick<ColumnBuffer, 'spec' | 'numbers'>[];
  /** One number, in memory that both share: how many columns were begun. */
  readonly begun: Int32Array;
}

/** From the thread: each column that it has encoded, or why it could not. */
export type EncodeAnswer =
  | {
      readonly kind: 'column';
      readonly job: number;
      readonly index: number;
      readonly column: EncodedColumn;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly message: string };

/** The first column that nobody has begun, which is begun with that; undefined where there is none. */
export function beginColumn({
  begun,
  columns,
}: Pick<EncodeOrder, 'begun'> & { readonly columns: { readonly length: number } }):
  | number
  | undefined {
  const index = Atomics.add(begun, 0, 1);
  return index < columns.length ? index : undefined;
}
