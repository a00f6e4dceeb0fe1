import { parentPort } from 'node:worker_threads';
import { type Compress, type Compression, openCodec } from './parquet-codec.ts';
import type { ColumnBuffer } from './parquet-column.ts';
import { type EncodedColumn, encodeColumn } from './parquet-encode.ts';

/** To the thread: the columns of a row group, in memory that both share. */
export interface EncodeOrder {
  readonly job: number;
  readonly compression: Compression;
  readonly nRows: number;
  readonly columns: readonly Pick<ColumnBuffer, 'spec' | 'numbers'>[];
}

/** From the thread: each column as soon as it is encoded, then that the columns are no longer read. */
export type EncodeAnswer =
  | {
      readonly kind: 'column';
      readonly job: number;
      readonly index: number;
      readonly column: EncodedColumn;
    }
  | { readonly kind: 'done'; readonly job: number }
  | { readonly kind: 'failed'; readonly job: number; readonly message: string };

const codecs = new Map<Compression, Compress>();

async function codecOf(compression: Compression): Promise<Compress> {
  const codec = codecs.get(compression) ?? (await openCodec(compression));
  codecs.set(compression, codec);
  return codec;
}

function send(answer: EncodeAnswer, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, moved);
}

async function work({ job, compression, nRows, columns }: EncodeOrder): Promise<void> {
  const compress = await codecOf(compression);
  columns.forEach(({ spec, numbers }, index) => {
    const buffer = { spec, numbers, texts: [], isNull: undefined };
    const column = encodeColumn(buffer, nRows, compress);
    const bodies = column.pages.map(({ body }) => body.buffer as ArrayBuffer);
    send({ kind: 'column', job, index, column }, bodies);
  });
  send({ kind: 'done', job });
}

let previous: Promise<void> = Promise.resolve();
parentPort?.on('message', (order: EncodeOrder) => {
  previous = previous
    .then(() => work(order))
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      send({ kind: 'failed', job: order.job, message });
    });
});
