import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import type { ResultFile, ResultFiles } from '../model/result-files.ts';

/**
 * The files of a run on disk. Nothing is read yet: a folder that is not there is told when it is asked.
 * @throws InputError from its functions: RUN_NOT_FOUND, RESULT_UNREADABLE
 */
export function folderFiles(path: string): ResultFiles {
  return {
    where: path,
    names: () => readdir(path).catch((cause: unknown) => Promise.reject(noFolder(path, cause))),
    open: (name) => openResultFile(join(path, name)),
  };
}

/** @throws InputError RESULT_UNREADABLE for what is no regular file, or may not be read */
export async function openResultFile(path: string): Promise<ResultFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const found = await handle.stat();
    if (found.isFile()) return readable(path, handle, found.size);
  } catch (cause) {
    await handle?.close();
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  await handle.close();
  throw unreadable(path, 'something that is no file');
}

function readable(path: string, handle: FileHandle, byteLength: number): ResultFile {
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (!(start >= 0 && start <= end && end <= byteLength)) {
      throw unreadable(path, `bytes ${start} to ${end} asked of ${byteLength}`);
    }
    const bytes = new Uint8Array(end - start);
    for (let nRead = 0; nRead < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, nRead, bytes.length - nRead, start + nRead);
      if (bytesRead === 0) throw unreadable(path, `an end at byte ${start + nRead}`);
      nRead += bytesRead;
    }
    return bytes.buffer;
  };
  return {
    byteLength,
    slice: (start, end = byteLength) => {
      const bytes = read(start, end);
      // The Parquet reader asks ahead for ranges, and after a failure never comes back for them.
      bytes.catch(() => {});
      return bytes;
    },
    close: () => handle.close(),
  };
}

function noFolder(where: string, cause: unknown): InputError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const message = cause instanceof Error ? cause.message : String(cause);
  const found = isMissing ? 'no such folder' : message;
  const expected = 'the folder of a run';
  return new InputError({ code: 'RUN_NOT_FOUND', where, found, expected, cause });
}

function unreadable(where: string, found: string, cause?: unknown): InputError {
  const expected = 'a file of the run that can be read';
  return new InputError({ code: 'RESULT_UNREADABLE', where, found, expected, cause });
}
