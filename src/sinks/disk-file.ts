import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileWriter } from '../define.ts';
import { SinkError } from '../errors.ts';

/** What a file is called until it is complete: its name with this behind it. */
export const partial = '.partial';

/** A file of more bytes is flushed piece by piece while it grows. */
const flushDistance = 32 * 2 ** 20;

/**
 * A file on disk that grows; `place` is where it stands now. What stood there before is removed, not written to: it may
 * be a link that leads elsewhere.
 */
export class DiskFile implements FileWriter {
  readonly name: string;
  bytes = 0;
  #place: string;
  #nextFlush = flushDistance;
  #flush: Promise<void> | undefined;
  #flushError: unknown;
  #handle: FileHandle | undefined;
  #opening: Promise<void> | undefined;
  #isNameSynced = false;

  constructor(name: string, place: string) {
    this.name = name;
    this.#place = place;
  }

  get place(): string {
    return this.#place;
  }

  get isClosed(): boolean {
    return this.#opening !== undefined && this.#handle === undefined;
  }

  open(): Promise<void> {
    this.#opening = guarded(this.place, async () => {
      await rm(this.place, { force: true });
      this.#handle = await open(this.place, 'wx');
    });
    return this.#opening;
  }

  write = (bytes: Uint8Array): Promise<void> => this.gather([bytes]);

  gather = async (parts: readonly Uint8Array[]): Promise<void> => {
    const handle = this.#handle;
    if (!handle)
      throw new SinkError({
        code: 'FILE_CLOSED',
        where: this.place,
        message: 'written after closing',
      });
    await guarded(this.place, () => writeParts(handle, parts));
    this.bytes += parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#flushAhead(handle);
  };

  /** Has the disk take what it was given while more is made, so that closing need not wait for all of it. */
  #flushAhead(handle: FileHandle): void {
    if (this.#flushError !== undefined) throw toSinkError(this.place, this.#flushError);
    if (this.bytes < this.#nextFlush || this.#flush) return;
    this.#nextFlush = this.bytes + flushDistance;
    this.#flush = handle
      .datasync()
      .catch((error: unknown) => {
        this.#flushError = error;
      })
      .finally(() => {
        this.#flush = undefined;
      });
  }

  /** Waits until the disk has what was written so far, and the name that it is found by. */
  sync = async (): Promise<void> => {
    await guarded(this.place, async () => {
      await this.#handle?.datasync();
      if (this.#isNameSynced) return;
      await syncFolder(dirname(this.place));
      this.#isNameSynced = true;
    });
  };

  close = async (): Promise<void> => {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    await guarded(this.place, async () => {
      try {
        await this.#flush;
        if (this.#flushError !== undefined) throw this.#flushError;
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  };

  async rename(place: string): Promise<void> {
    await guarded(place, () => rename(this.place, place));
    this.#place = place;
  }

  /** Lets go of the file without waiting for the disk; whoever opened it then removes it. */
  async abandon(): Promise<void> {
    // What fails now fails a file that is thrown away: nothing is lost, and the reason for throwing it away is told.
    await this.#opening?.catch(() => undefined);
    const handle = this.#handle;
    this.#handle = undefined;
    await this.#flush;
    await handle?.close().catch(() => undefined);
  }
}

/** Writes all of the parts, in as many steps as the system makes of it. */
async function writeParts(handle: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  let left = parts.filter(({ byteLength }) => byteLength > 0);
  while (left.length > 0) {
    let { bytesWritten } = await handle.writev(left);
    let nWhole = 0;
    while (nWhole < left.length && bytesWritten >= left[nWhole].byteLength) {
      bytesWritten -= left[nWhole++].byteLength;
    }
    left = left.slice(nWhole);
    if (bytesWritten > 0) left[0] = left[0].subarray(bytesWritten);
  }
}

/** Waits until the names in a folder have reached the disk, where the file system can do that for a folder. */
export async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    // Windows and some network disks know this for files only.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].some((code) => isCode(error, code))) {
      throw error;
    }
  } finally {
    await handle?.close();
  }
}

/** What stands at a path; `other` is a folder, a device, a pipe. */
export type Kind = 'file' | 'link' | 'other' | 'nothing';

export async function kindOf(path: string): Promise<Kind> {
  try {
    const found = await lstat(path);
    return found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other';
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return 'nothing';
    return guarded(path, () => Promise.reject(error));
  }
}

export function inTheWay(where: string): SinkError {
  return new SinkError({
    code: 'OUTPUT_UNWRITABLE',
    where,
    message: 'something that is no plain file is in the way',
    hint: 'remove it, or choose another folder with --out',
  });
}

/** Does `work`; what the file system refuses becomes a SinkError. */
export async function guarded<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSinkError(where, error);
  }
}

function toSinkError(where: string, cause: unknown): SinkError {
  if (cause instanceof SinkError) return cause;
  if (isCode(cause, 'ENOSPC') || isCode(cause, 'EDQUOT')) {
    const hint = 'free some space, or choose another disk with --out';
    return new SinkError({ code: 'DISK_FULL', where, message: 'the disk is full', hint, cause });
  }
  const isDenied = ['EACCES', 'EPERM', 'EROFS'].some((code) => isCode(cause, code));
  const isInTheWay = ['EEXIST', 'ENOTDIR'].some((code) => isCode(cause, code));
  const message = isDenied
    ? 'writing here is not allowed'
    : isInTheWay
      ? 'a file is in the way'
      : cause instanceof Error
        ? cause.message
        : String(cause);
  const hint = 'choose a folder you may write to with --out';
  return new SinkError({ code: 'OUTPUT_UNWRITABLE', where, message, hint, cause });
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
