import type { FileWriter, RunFolder } from '../../src/define.ts';

/** What a file in memory went through. */
export interface MemoryFile extends FileWriter {
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  readonly isClosed: () => boolean;
  /** Most calls of `write` that were under way at once. */
  readonly mostWritesAtOnce: () => number;
}

export interface MemoryFileOptions {
  /** Awaited before every write; what it throws, the write throws. */
  readonly beforeWrite?: (bytes: Uint8Array) => Promise<void>;
}

/** A file in memory. What is written is copied once the write is let through, as a disk would. */
export function createMemoryFile({ beforeWrite }: MemoryFileOptions = {}): MemoryFile {
  const parts: Uint8Array[] = [];
  let isClosed = false;
  let nWrites = 0;
  let mostWrites = 0;
  return {
    write: async (bytes) => {
      if (isClosed) throw new Error('written after closing');
      nWrites++;
      mostWrites = Math.max(mostWrites, nWrites);
      try {
        await beforeWrite?.(bytes);
        parts.push(bytes.slice());
      } finally {
        nWrites--;
      }
    },
    close: async () => {
      isClosed = true;
    },
    bytes: () => Uint8Array.from(Buffer.concat(parts)),
    isClosed: () => isClosed,
    mostWritesAtOnce: () => mostWrites,
  };
}

export interface MemoryFolder extends RunFolder {
  readonly files: ReadonlyMap<string, MemoryFile>;
}

/** A run's folder in memory; files are there under their final names at once. */
export function createMemoryFolder(options: MemoryFileOptions = {}): MemoryFolder {
  const files = new Map<string, MemoryFile>();
  return {
    files,
    create: async (name) => {
      if (files.has(name)) throw new Error(`${name} is created twice`);
      const file = createMemoryFile(options);
      files.set(name, file);
      return file;
    },
  };
}
