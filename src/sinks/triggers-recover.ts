import { type FileHandle, open } from 'node:fs/promises';
import { guarded, kindOf } from './disk-file.ts';

/** What a file of triggers held. */
export interface RecoveredTriggers {
  readonly nTriggers: number;
  readonly bytes: number;
  /** Bytes behind the last whole line were cut off. */
  readonly isCut: boolean;
}

/**
 * Leaves of a file of triggers that was cut short its whole lines, as they are.
 * @returns undefined where there is no such file
 * @throws SinkError when it cannot be read or shortened
 */
export async function recoverTriggers(path: string): Promise<RecoveredTriggers | undefined> {
  if ((await kindOf(path)) !== 'file') return undefined;
  return guarded(path, async () => {
    const file = await open(path, 'r+');
    try {
      let nTriggers = 0;
      let bytes = 0;
      for await (const line of wholeLines(piecesOf(file))) {
        if (!isObject(line)) break;
        nTriggers++;
        bytes += line.byteLength;
      }
      const isCut = bytes < (await file.stat()).size;
      if (isCut) await file.truncate(bytes);
      await file.sync();
      return { nTriggers, bytes, isCut };
    } finally {
      await file.close();
    }
  });
}

const newline = 0x0a;
/** Far longer than what a trigger says. */
const maxLine = 1 << 16;

async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxLine), 0, maxLine, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Lines with the newline that ends them. */
async function* wholeLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = rest.byteLength > 0 ? Buffer.concat([rest, piece]) : piece;
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
    if (rest.byteLength > maxLine) return;
  }
}

function isObject(line: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
