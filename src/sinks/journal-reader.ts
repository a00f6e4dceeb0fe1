import { createReadStream } from 'node:fs';
import type { RecordBatch } from 'apache-arrow';
import { createIpcDecoder } from '../model/ipc-decoder.ts';

/** What was read of a journal. */
export interface JournalEnd {
  /** Whether bytes stand behind the last whole batch. */
  isCut: boolean;
}

/**
 * The record batches of a journal, up to where it was cut short; `end` is told how it ended. Memory: one batch.
 */
export async function* readJournal(path: string, end: JournalEnd): AsyncGenerator<RecordBatch> {
  const decoder = createIpcDecoder();
  for await (const piece of createReadStream(path)) {
    let batches: RecordBatch[];
    try {
      batches = decoder.push(piece as Buffer);
    } catch {
      // Damage, not the end: what is behind it cannot be found.
      end.isCut = true;
      return;
    }
    yield* batches;
  }
  end.isCut = decoder.nWaiting() > 0;
}
