import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileWriter, RunFolder } from '../define.ts';
import { SinkError } from '../errors.ts';

const partial = '.partial';

/** A run's folder on disk: files grow under partial names and get their final names together. */
export interface DiskFolder extends RunFolder {
  readonly path: string;
  /** Files created so far, and their sizes in bytes. */
  readonly files: () => { readonly name: string; readonly bytes: number }[];
  /**
   * Gives every file its final name, `run.json` last. Files of a run that is replaced are removed first, and only those
   * which its own `run.json` lists.
   */
  readonly complete: (runJson: string) => Promise<void>;
  /** Removes what has no final name yet. */
  readonly abandon: () => Promise<void>;
}

/**
 * Opens a folder for a run.
 * @throws SinkError RUN_EXISTS when a finished run is there and `overwrite` is false; OUTPUT_UNWRITABLE
 */
export async function openRunFolder(
  path: string,
  { overwrite }: { overwrite: boolean },
): Promise<DiskFolder> {
  await guarded(path, () => mkdir(path, { recursive: true }));
  const previous = await readRunJson(path);
  if (previous && !overwrite) {
    throw new SinkError({
      code: 'RUN_EXISTS',
      where: path,
      found: 'a finished run',
      expected: 'a folder without one',
      hint: 'choose another folder with --out, or replace the run with --overwrite',
    });
  }
  const open = new Map<string, DiskFile>();
  return {
    path,
    files: () => [...open.values()].map(({ name, bytes }) => ({ name, bytes })),
    create: async (name) => {
      if (!overwrite && (await exists(join(path, name)))) {
        throw new SinkError({
          code: 'FILE_EXISTS',
          where: join(path, name),
          message: 'the file is there already, though no finished run is',
          hint: 'choose another folder with --out, or replace it with --overwrite',
        });
      }
      const file = new DiskFile(name, join(path, name + partial));
      open.set(name, file);
      await file.open();
      return file;
    },
    complete: async (runJson) => {
      const summary = new DiskFile('run.json', join(path, `run.json${partial}`));
      await summary.open();
      open.set('run.json', summary);
      await summary.write(new TextEncoder().encode(runJson));
      await summary.close();
      await guarded(path, async () => {
        if (previous) {
          await rm(join(path, 'run.json'), { force: true });
          for (const name of previous) await rm(join(path, name), { force: true });
        }
        for (const { name, place } of open.values()) {
          if (name !== 'run.json') await rename(place, join(path, name));
        }
        await rename(summary.place, join(path, 'run.json'));
      });
    },
    abandon: async () => {
      for (const file of open.values()) {
        await file.abandon();
        await rm(file.place, { force: true });
      }
    },
  };
}

class DiskFile implements FileWriter {
  readonly name: string;
  readonly place: string;
  bytes = 0;
  #handle: FileHandle | undefined;

  constructor(name: string, place: string) {
    this.name = name;
    this.place = place;
  }

  async open(): Promise<void> {
    this.#handle = await guarded(this.place, () => open(this.place, 'w'));
  }

  write = async (bytes: Uint8Array): Promise<void> => {
    const handle = this.#handle;
    if (!handle)
      throw new SinkError({
        code: 'FILE_CLOSED',
        where: this.place,
        message: 'written after closing',
      });
    await guarded(this.place, async () => {
      let from = 0;
      while (from < bytes.byteLength) {
        const { bytesWritten } = await handle.write(bytes, from, bytes.byteLength - from);
        from += bytesWritten;
      }
    });
    this.bytes += bytes.byteLength;
  };

  close = async (): Promise<void> => {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    await guarded(this.place, async () => {
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  };

  async abandon(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    // A file that is thrown away need not reach the disk: a failing close loses nothing.
    await handle?.close().catch(() => undefined);
  }
}

/** The files that a finished run lists; undefined where none is. */
async function readRunJson(path: string): Promise<string[] | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, 'run.json'), 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw toSinkError(path, error);
  }
  try {
    const { files } = JSON.parse(text) as { files?: unknown };
    if (!Array.isArray(files)) return [];
    const names = files.map((file: unknown) => (file as { name?: unknown } | null)?.name);
    // A name that leads out of the folder is nobody's business of ours.
    return names.filter(
      (name): name is string => typeof name === 'string' && /^[\w.-]+$/.test(name),
    );
  } catch {
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function guarded<T>(where: string, work: () => Promise<T>): Promise<T> {
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
  const message = isDenied
    ? 'writing here is not allowed'
    : cause instanceof Error
      ? cause.message
      : String(cause);
  const hint = 'choose a folder you may write to with --out';
  return new SinkError({ code: 'OUTPUT_UNWRITABLE', where, message, hint, cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
