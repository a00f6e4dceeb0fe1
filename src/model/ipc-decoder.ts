import { Message, MessageHeader, type RecordBatch, RecordBatchReader } from 'apache-arrow';

/** Takes an Arrow IPC stream as it comes. */
export interface IpcDecoder {
  /**
   * The record batches that are whole with these bytes.
   * @throws Error for bytes that are no such stream
   */
  readonly push: (bytes: Uint8Array) => RecordBatch[];
  /** Whether the stream has said its end. */
  readonly isOver: () => boolean;
  /** Bytes of a message whose rest has not come. */
  readonly nWaiting: () => number;
}

/** What each message begins with, and how many bytes that and the length behind it take. */
const continuation = 0xffffffff;
const prefixLength = 8;
const maxMetadata = 2 ** 24;
const maxBody = 2 ** 30;

/**
 * Decodes an Arrow IPC stream that is cut into pieces anywhere; each batch comes out with the piece that completes it.
 * Memory: one message, and the schema with what dictionaries came.
 */
export function createIpcDecoder(): IpcDecoder {
  let waiting = new Uint8Array(0);
  let schema: Uint8Array | undefined;
  let isOver = false;

  /** The length of the first message, or undefined while too little has come to tell. */
  function firstMessage(bytes: Uint8Array): { length: number; type: MessageHeader } | undefined {
    if (bytes.length < prefixLength) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const nMetadata = view.getInt32(4, true);
    if (view.getUint32(0, true) !== continuation || nMetadata < 0 || nMetadata > maxMetadata) {
      throw new Error('the bytes are no Arrow IPC stream');
    }
    if (nMetadata === 0) return { length: prefixLength, type: MessageHeader.NONE };
    const start = prefixLength + nMetadata;
    if (bytes.length < start) return undefined;
    const { bodyLength, headerType } = Message.decode(bytes.slice(prefixLength, start));
    if (!(bodyLength >= 0 && bodyLength <= maxBody))
      throw new Error('a message of no sound length');
    return { length: start + bodyLength, type: headerType };
  }

  return {
    push: (bytes) => {
      let rest = join(waiting, bytes);
      const batches: RecordBatch[] = [];
      while (!isOver) {
        const first = firstMessage(rest);
        if (!first || rest.length < first.length) break;
        const message = rest.slice(0, first.length);
        rest = rest.subarray(first.length);
        if (first.type === MessageHeader.NONE) isOver = true;
        else if (first.type !== MessageHeader.RecordBatch)
          schema = join(schema ?? noBytes, message);
        else batches.push(...RecordBatchReader.from(join(schema ?? noBytes, message)));
      }
      waiting = rest.slice();
      return batches;
    },
    isOver: () => isOver,
    nWaiting: () => waiting.length,
  };
}

const noBytes = new Uint8Array(0);

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
