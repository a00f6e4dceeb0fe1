import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import { openRegularFile } from '../regular-file.ts';

const readSize = 1 << 20;

/** A file read once from its start to its end while its SHA-256 is computed. */
export class HashedFile {
  readonly path: string;
  readonly size: number;
  #handle: FileHandle;
  #hash = createHash('sha256');

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** @throws InputError when the file cannot be opened */
  static async open(path: string): Promise<HashedFile> {
    try {
      const handle = await openRegularFile(path);
      if (handle) return new HashedFile(path, (await handle.stat()).size, handle);
    } catch (cause) {
      throw unreadable(path, cause);
    }
    throw unreadable(path, undefined);
  }

  /** The next bytes; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    try {
      const chunk = Buffer.allocUnsafeSlow(readSize);
      const { bytesRead } = await this.#handle.read(chunk, 0, readSize);
      if (bytesRead === 0) return undefined;
      const bytes = chunk.subarray(0, bytesRead);
      this.#hash.update(bytes);
      return bytes;
    } catch (cause) {
      throw unreadable(this.path, cause);
    }
  }

  /** The digest in hexadecimal, once the end has been read. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function unreadable(path: string, cause: unknown): InputError {
  return new InputError({
    code: 'FILE_UNREADABLE',
    where: path,
    found: cause instanceof Error ? cause.message : 'something that is not a file',
    expected: 'a file that can be read',
    cause,
  });
}
