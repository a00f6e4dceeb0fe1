import { type RecordBatch, RecordBatchStreamWriter } from 'apache-arrow';
import type { FileWriter } from '../define.ts';

/** A file that holds an Arrow IPC stream while it grows. */
export interface JournalFile {
  readonly append: (batch: RecordBatch) => Promise<void>;
  /** Waits until what was appended so far would outlast a power failure, where the file can do that. */
  readonly sync: () => Promise<void>;
  /** Ends the stream; only a journal that is kept needs that. */
  readonly end: () => Promise<void>;
}

/** What a stream begins each of its messages with, and how it ends: that, and a length of 0. */
const messageStart = 0xffffffff;
const endLength = 8;

/**
 * Appends record batches of one schema to a file, as an Arrow IPC stream: what was appended can be read, wherever the
 * writing ends.
 */
export function createJournalFile(writer: FileWriter): JournalFile {
  let isBegun = false;
  return {
    append: async (batch) => {
      const bytes = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
      // Each batch is encoded as a stream of its own, and only the first one's schema is written.
      const from = isBegun ? schemaLength(bytes) : 0;
      isBegun = true;
      await writer.write(bytes.subarray(from, bytes.length - endLength));
    },
    sync: async () => writer.sync?.(),
    end: async () => {
      const end = new Uint8Array(endLength);
      new DataView(end.buffer).setUint32(0, messageStart, true);
      await writer.write(end);
      await writer.close();
    },
  };
}

/** Bytes of the message that a stream begins with. */
function schemaLength(stream: Uint8Array): number {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (view.getUint32(0, true) !== messageStart) throw new Error('no Arrow IPC stream');
  return endLength + view.getInt32(4, true);
}
