import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../errors.ts';

/**
 * The names of the files in a folder. Both kinds of separators are understood, wherever the pipeline was written.
 * @param wanted what the folder is and holds, for the error
 * @throws InputError when it cannot be listed
 */
export async function listFolder(
  path: string,
  wanted: { readonly expected: string; readonly hint: string },
): Promise<{ folder: string; names: Set<string> }> {
  const candidates = new Set([path, path.replace(/\\/g, '/')]);
  let cause: unknown;
  for (const candidate of candidates) {
    const folder = resolve(candidate);
    try {
      return { folder, names: new Set(await readdir(folder)) };
    } catch (error) {
      cause = error;
    }
  }
  throw new InputError({
    code: 'FOLDER_UNREADABLE',
    where: path,
    found: describe(cause),
    ...wanted,
    cause,
  });
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such folder';
  return code === 'ENOTDIR' ? 'a file' : cause.message;
}
