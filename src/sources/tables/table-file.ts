import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { InputDigest } from '../../define.ts';
import { InputError } from '../../errors.ts';
import { openRegularFile } from '../regular-file.ts';

/** A table of the folder. */
export interface TableFile {
  readonly path: string;
  /** `spikes.csv`, say. */
  readonly name: string;
  readonly format: 'csv' | 'parquet';
}

/** What tells a file from one that was written in its place. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Where something stands in a table: lines of a CSV file count its header, rows of a Parquet file do not. */
export function placeOf({ path, format }: TableFile, at: number, column?: string): string {
  const row = `${path}, ${format === 'csv' ? 'line' : 'row'} ${at}`;
  return column === undefined ? row : `${row}, column ${column}`;
}

/** A table opened for reading. */
export class OpenTable {
  readonly file: TableFile;
  readonly stamp: Stamp;
  #handle: FileHandle;
  #hash = createHash('sha256');
  #isHashed: boolean;
  #position = 0;

  private constructor(file: TableFile, stamp: Stamp, handle: FileHandle, isHashed: boolean) {
    this.file = file;
    this.stamp = stamp;
    this.#handle = handle;
    this.#isHashed = isHashed;
  }

  /**
   * Opens a table to be read for the first time, its SHA-256 computed on the way.
   * @throws InputError when it cannot be opened
   */
  static first(file: TableFile): Promise<OpenTable> {
    return OpenTable.#open(file, true);
  }

  /** @throws InputError when the file is no longer the one with this stamp */
  static async again(file: TableFile, stamp: Stamp): Promise<OpenTable> {
    const table = await OpenTable.#open(file, false);
    if (isSame(table.stamp, stamp)) return table;
    await table.close();
    throw changed(file);
  }

  static async #open(file: TableFile, isHashed: boolean): Promise<OpenTable> {
    try {
      const handle = await openRegularFile(file.path);
      if (handle) return new OpenTable(file, stampOf(await handle.stat()), handle, isHashed);
    } catch (cause) {
      throw unreadable(file, cause);
    }
    throw unreadable(file, undefined);
  }

  /** Fills `into` with the bytes that follow those read last; fewer only at the end. */
  async readNext(into: Uint8Array): Promise<number> {
    const nRead = await this.readAt(into, this.#position);
    this.#position += nRead;
    if (this.#isHashed) this.#hash.update(into.subarray(0, nRead));
    return nRead;
  }

  /** Fills `into` with the bytes at a position; fewer only at the end. */
  async readAt(into: Uint8Array, position: number): Promise<number> {
    let nRead = 0;
    while (nRead < into.length) {
      const { bytesRead } = await this.#handle
        .read(into, nRead, into.length - nRead, position + nRead)
        .catch((cause) => {
          throw unreadable(this.file, cause);
        });
      if (bytesRead === 0) break;
      nRead += bytesRead;
    }
    return nRead;
  }

  /** The digest of the whole file: what `readNext` has not come to is read now. */
  async digest(): Promise<InputDigest> {
    const block = new Uint8Array(1 << 20);
    while ((await this.readNext(block)) > 0);
    await this.checkUnchanged();
    const sha256 = this.#hash.digest('hex');
    return { name: this.file.name, sha256, bytes: this.#position };
  }

  /** @throws InputError when the file was written to since it was opened */
  async checkUnchanged(): Promise<void> {
    const stat = await this.#handle.stat().catch((cause) => {
      throw unreadable(this.file, cause);
    });
    if (!isSame(stampOf(stat), this.stamp)) throw changed(this.file);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The error of a file that is not what it was when it was read before. */
export function changed({ path }: TableFile): InputError {
  return new InputError({
    code: 'FILE_CHANGED',
    where: path,
    found: 'another size, time of change or content than when it was opened',
    expected: 'a file that nobody writes to while it is read',
  });
}

function stampOf({ size, mtimeMs }: Stamp): Stamp {
  return { size, mtimeMs };
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs;
}

function unreadable({ path }: TableFile, cause: unknown): InputError {
  return new InputError({
    code: 'FILE_UNREADABLE',
    where: path,
    found: cause instanceof Error ? cause.message : 'something that is not a file',
    expected: 'a file that can be read',
    cause,
  });
}
