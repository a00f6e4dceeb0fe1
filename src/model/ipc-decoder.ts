import { Message, MessageHeader, type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { checkMetadata } from './ipc-check.ts';

/** Takes an Arrow IPC stream as it comes. */
export interface IpcDecoder {
  /**
   * The record batches that are whole with these bytes.
   * @throws Error for bytes that are no such stream; where batches stand before them, with the next bytes
   */
  readonly push: (bytes: Uint8Array) => RecordBatch[];
  /** Whether the stream has said its end. */
  readonly isOver: () => boolean;
  /** Bytes of a message whose rest has not come, or that are damaged. */
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
  let waiting: Uint8Array[] = [];
  let nWaiting = 0;
  /** Bytes without which nothing more can be told. */
  let nNeeded = prefixLength;
  let schema: Uint8Array | undefined;
  let isOver = false;
  let damage: unknown;

  /** What the first message is, where all of it is there; else how many bytes tell more. */
  function firstMessage(bytes: Uint8Array): { length: number; type?: MessageHeader } {
    if (bytes.length < prefixLength) return { length: prefixLength };
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const nMetadata = view.getInt32(4, true);
    if (view.getUint32(0, true) !== continuation || nMetadata < 0 || nMetadata > maxMetadata) {
      throw new Error('the bytes are no Arrow IPC stream');
    }
    if (nMetadata === 0) return { length: prefixLength, type: MessageHeader.NONE };
    const start = prefixLength + nMetadata;
    if (bytes.length < start) return { length: start };
    const metadata = bytes.slice(prefixLength, start);
    const { bodyLength, headerType } = Message.decode(metadata);
    checkMetadata(metadata, headerType);
    if (!(bodyLength >= 0 && bodyLength <= maxBody))
      throw new Error('a message of no sound length');
    const length = start + bodyLength;
    return bytes.length < length ? { length } : { length, type: headerType };
  }

  /** Takes the messages that are whole, and puts the batches among them behind the others. @returns the rest */
  function takeWhole(bytes: Uint8Array, batches: RecordBatch[]): Uint8Array {
    let rest = bytes;
    try {
      while (!isOver) {
        const { length, type } = firstMessage(rest);
        nNeeded = length;
        if (type === undefined) break;
        const message = rest.slice(0, length);
        if (type === MessageHeader.NONE) isOver = true;
        else if (type !== MessageHeader.RecordBatch) schema = join([schema ?? noBytes, message]);
        else batches.push(...RecordBatchReader.from(join([schema ?? noBytes, message])));
        rest = rest.subarray(length);
      }
    } catch (error) {
      damage = error ?? new Error('the bytes are no Arrow IPC stream');
    }
    return rest;
  }

  return {
    push: (bytes) => {
      if (damage !== undefined) throw damage;
      waiting.push(bytes.slice());
      nWaiting += bytes.length;
      if (nWaiting < nNeeded) return [];
      const batches: RecordBatch[] = [];
      const rest = takeWhole(join(waiting), batches);
      waiting = [rest.slice()];
      nWaiting = rest.length;
      // What stood before the damage is sound, and comes out first.
      if (damage !== undefined && batches.length === 0) throw damage;
      return batches;
    },
    isOver: () => isOver,
    nWaiting: () => nWaiting,
  };
}

const noBytes = new Uint8Array(0);

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
