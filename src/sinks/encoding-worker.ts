import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from '../workers/thread-messages.ts';
import { beginColumn, type EncodeAnswer, type EncodeOrder } from './encoding-order.ts';
import { type Compress, type Compression, openCodec } from './parquet-codec.ts';
import { encodeColumn } from './parquet-encode.ts';

const codecs = new Map<Compression, Compress>();

async function codecOf(compression: Compression): Promise<Compress> {
  const codec = codecs.get(compression) ?? (await openCodec(compression));
  codecs.set(compression, codec);
  return codec;
}

function send(answer: EncodeAnswer, moved: ArrayBuffer[] = []): void {
  const message: ThreadAnswer = { work: 'encoding', answer };
  parentPort?.postMessage(message, moved);
}

async function work(order: EncodeOrder): Promise<void> {
  const { job, compression, nRows, columns } = order;
  const compress = await codecOf(compression);
  for (;;) {
    const index = beginColumn(order);
    if (index === undefined) return;
    const buffer = { ...columns[index], texts: [], isNull: undefined };
    const column = encodeColumn(buffer, nRows, compress);
    const bodies = column.pages.map(({ body }) => body.buffer as ArrayBuffer);
    send({ kind: 'column', job, index, column }, bodies);
  }
}

let previous: Promise<void> = Promise.resolve();
/** Does what the other thread asks of this one, an order after the other. */
export function receive(order: EncodeOrder): void {
  previous = previous
    .then(() => work(order))
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      send({ kind: 'failed', job: order.job, message });
    });
}
