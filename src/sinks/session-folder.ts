import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFolder } from '../define.ts';
import { SinkError, show } from '../errors.ts';
import type { SimulatedBlock } from '../simulation/session.ts';
import { DiskFile, guarded } from './disk-file.ts';

const partial = '.partial';

/** Writes a simulated recording in some format, block by block in order of time. */
export interface SessionWriter {
  readonly block: (block: SimulatedBlock) => Promise<void>;
  /** Completes and closes the files. */
  readonly finish: () => Promise<void>;
}

/** A folder that a recording is written to: its files get their final names together. */
export interface SessionFolder extends RunFolder {
  readonly path: string;
  /** Files created so far, and their sizes in bytes. */
  readonly files: () => { readonly name: string; readonly bytes: number }[];
  /** Gives every file its final name, in the order of their creation; files of these names that were there are replaced. */
  readonly complete: () => Promise<void>;
  /** Removes what has no final name yet, and the folder if it was made for it. */
  readonly abandon: () => Promise<void>;
}

/**
 * Opens a folder for a recording.
 * @throws SinkError SESSION_EXISTS when the folder holds anything and `overwrite` is false; OUTPUT_UNWRITABLE
 */
export async function openSessionFolder(
  path: string,
  { overwrite }: { readonly overwrite: boolean },
): Promise<SessionFolder> {
  const made = await guarded(path, () => mkdir(path, { recursive: true }));
  const present = await guarded(path, () => readdir(path));
  if (present.length > 0 && !overwrite) {
    throw new SinkError({
      code: 'SESSION_EXISTS',
      where: path,
      found: `${present.length} files, such as ${show(present[0])}`,
      expected: 'a new or empty folder',
      hint: 'choose another folder with --out, or replace files of the same names with --overwrite',
    });
  }
  const files: DiskFile[] = [];
  return {
    path,
    files: () => files.map(({ name, bytes }) => ({ name, bytes })),
    create: async (name) => {
      const file = new DiskFile(name, join(path, name + partial));
      files.push(file);
      await file.open();
      return file;
    },
    complete: () =>
      guarded(path, async () => {
        for (const { name, place } of files) await rename(place, join(path, name));
      }),
    abandon: async () => {
      for (const file of files) {
        await file.abandon();
        await rm(file.place, { force: true });
      }
      // Where it holds something else it stays.
      if (made !== undefined) await rmdir(path).catch(() => undefined);
    },
  };
}
