import { type FileHandle, open, stat } from 'node:fs/promises';

/**
 * Opens a file for reading, if it is one: a device has no end, and a pipe that nobody writes to would not even open.
 * @returns undefined for what is there and is no regular file
 */
export async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  return (await stat(path)).isFile() ? open(path, 'r') : undefined;
}
