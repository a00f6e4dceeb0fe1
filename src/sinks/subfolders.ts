import { lstatSync, rmdirSync } from 'node:fs';
import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guarded, inTheWay, isCode } from './disk-file.ts';

/** The folder below the run's own that a file stands in: `figures` of `figures/psth.svg`. */
function subfolderOf(name: string): string | undefined {
  const folder = dirname(name);
  return folder === '.' ? undefined : folder;
}

/**
 * Makes the folder of a file where it is missing.
 * @throws SinkError when something else has its name: a link would lead the file elsewhere
 */
export async function makeSubfolder(path: string, name: string): Promise<void> {
  const folder = subfolderOf(name);
  if (folder === undefined) return;
  const place = join(path, folder);
  await guarded(place, () =>
    mkdir(place).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    }),
  );
  if (!(await isInPlainFolder(path, name))) throw inTheWay(place);
}

/** Whether a file of that name stands in the run's folder or a real folder below it, none that a link leads to. */
export async function isInPlainFolder(path: string, name: string): Promise<boolean> {
  const folder = subfolderOf(name);
  if (folder === undefined) return true;
  return lstat(join(path, folder)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Removes the folders of files that are gone, where nothing else is in them. */
export async function removeSubfolders(path: string, names: Iterable<string>): Promise<void> {
  for (const folder of subfoldersOf(names)) {
    const place = join(path, folder);
    if (!(await isInPlainFolder(path, join(folder, '.x')))) continue;
    await rmdir(place).catch((error: unknown) => {
      if (!isInUse(error)) throw error;
    });
  }
}

/** The same at once, for a process about to end. */
export function removeSubfoldersNow(path: string, names: Iterable<string>): void {
  for (const folder of subfoldersOf(names)) {
    const place = join(path, folder);
    try {
      if (lstatSync(place).isDirectory()) rmdirSync(place);
    } catch (error) {
      if (!isInUse(error)) throw error;
    }
  }
}

function subfoldersOf(names: Iterable<string>): Set<string> {
  return new Set([...names].map(subfolderOf).filter((folder) => folder !== undefined));
}

/** Something else stands in it, or it is gone already. */
function isInUse(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM', 'EACCES'].some((code) => isCode(error, code));
}
