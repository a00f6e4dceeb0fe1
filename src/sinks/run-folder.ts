import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunFolder } from '../define.ts';
import { SinkError } from '../errors.ts';
import type { ResultFiles } from '../model/result-files.ts';
import { openResultFile } from '../results/result-files.ts';
import {
  DiskFile,
  guarded,
  inTheWay,
  isCode,
  type Kind,
  kindOf,
  partial,
  syncFolder,
} from './disk-file.ts';
import { fileNames, lockName, type RunLock, takeLock } from './run-lock.ts';
import {
  isInPlainFolder,
  makeSubfolder,
  removeSubfolders,
  removeSubfoldersNow,
} from './subfolders.ts';

const runJsonName = 'run.json';

/** A run's folder on disk: files grow under partial names and get their final names together. */
export interface DiskFolder extends RunFolder {
  readonly path: string;
  /** Files created so far, by name, and their sizes in bytes. */
  readonly files: () => { readonly name: string; readonly bytes: number }[];
  /** Files that were discarded: they are there, under their partial names, until the run is complete. */
  readonly passing: () => { readonly name: string; readonly bytes: number }[];
  /** Those of `files` that are closed, to be read before they have their final names. */
  readonly results: ResultFiles;
  /**
   * Gives every file its final name, `run.json` last, each step on disk before the next. A run that is replaced loses
   * its `run.json` first, then the files which that lists; others are left alone. Wherever the process dies, there is
   * the old run, or no `run.json`, or the new run.
   */
  readonly complete: (runJson: string) => Promise<void>;
  /** Removes what the run has made so far. What cannot be removed stays: the reason to abandon matters more. */
  readonly abandon: () => Promise<void>;
  /** Ends the run and leaves all it has made as it is, under partial names, for `rekindle recover`. */
  readonly keep: () => Promise<void>;
  /** The same as `abandon` at once, for a process about to end; a folder that is being completed stays as it is. */
  readonly abandonNow: () => void;
}

/**
 * Opens a folder for a run. It belongs to this run alone until it is completed or abandoned; while it does, and after
 * a process that was killed, the file `.rekindle.lock` says whose it is and which files were begun.
 * @throws SinkError RUN_EXISTS when a finished run is there, RUN_INTERRUPTED when files of an unfinished one are, and
 *   `overwrite` is false; RUN_BUSY when another run is writing there; OUTPUT_UNWRITABLE; DISK_FULL
 */
export async function openRunFolder(
  path: string,
  { overwrite }: { overwrite: boolean },
): Promise<DiskFolder> {
  await guarded(path, () => makeFolder(path));
  const lock = await takeLock(path);
  const left = await clearLeftovers(path, lock, overwrite).catch(async (error: unknown) => {
    await release(path, lock);
    throw error;
  });
  const open = new Map<string, DiskFile>();
  const passing = new Map<string, DiskFile>();
  let state: 'open' | 'completing' | 'complete' | 'abandoned' = 'open';
  let creating: Promise<unknown> = Promise.resolve();

  const begin = async (name: string): Promise<DiskFile> => {
    const file = new DiskFile(name, join(path, name + partial));
    await refuseInTheWay(path, name, overwrite);
    await lock.note({ begun: [name] });
    await makeSubfolder(path, name);
    if (state !== 'open') throw closed(path);
    open.set(name, file);
    await file.open();
    const discard = async () => {
      await file.close();
      open.delete(name);
      passing.set(name, file);
    };
    return Object.assign(file, { discard });
  };
  const moveIntoPlace = async (summary: DiskFile) => {
    const results = [...open.values()].filter((file) => file !== summary);
    const names = results.map(({ name }) => name);
    const folders = new Set(names.map((name) => dirname(join(path, name)))).add(path);
    const syncFolders = async () => {
      for (const folder of folders) await syncFolder(folder);
    };
    await lock.confirm();
    await lock.note({ moved: [...left, ...names] });
    await syncFolders();
    await rm(join(path, runJsonName), { force: true });
    await syncFolder(path);
    const gone = left.filter((name) => !names.includes(name));
    const removed = await removeFiles(path, gone);
    for (const file of results) await file.rename(join(path, file.name));
    await removeSubfolders(path, removed);
    await syncFolders();
    await summary.rename(join(path, runJsonName));
    await syncFolder(path);
  };
  return {
    path,
    files: () => listed(open),
    passing: () => listed(passing),
    results: {
      where: path,
      names: async () => [...open.values()].filter((file) => file.isClosed).map(({ name }) => name),
      open: (name) => openResultFile(open.get(name)?.place ?? join(path, name)),
    },
    create: (name) => {
      const file = state === 'open' ? begin(name) : Promise.reject(closed(path));
      creating = Promise.allSettled([creating, file]);
      return file;
    },
    complete: async (runJson) => {
      if (state !== 'open') throw closed(path);
      const summary = await begin(runJsonName);
      await summary.write(new TextEncoder().encode(runJson));
      for (const file of open.values()) await file.close();
      state = 'completing';
      await guarded(path, () => moveIntoPlace(summary));
      open.clear();
      state = 'complete';
      for (const { place } of passing.values()) await rm(place, { force: true });
      await release(path, lock);
    },
    abandon: async () => {
      if (state === 'complete') return;
      state = 'abandoned';
      await creating;
      for (const file of [...open.values(), ...passing.values()]) {
        await file.abandon();
        await rm(file.place, { force: true }).catch(() => undefined);
      }
      await removeSubfolders(path, open.keys()).catch(() => undefined);
      open.clear();
      await release(path, lock);
    },
    keep: async () => {
      if (state !== 'open') return;
      state = 'abandoned';
      await creating;
      for (const file of open.values()) await file.abandon();
      open.clear();
      await release(path, lock);
    },
    abandonNow: () => {
      if (state === 'completing' || state === 'complete') return;
      for (const { place } of [...open.values(), ...passing.values()]) {
        rmSync(place, { force: true });
      }
      removeSubfoldersNow(path, open.keys());
      const isClean = left.length === 0 || existsSync(join(path, runJsonName));
      if (isClean) rmSync(join(path, lockName), { force: true });
    },
  };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const parent = dirname(path);
    if (!isCode(error, 'ENOENT') || parent === path) throw error;
    // With `recursive`, Node calls missing what the disk does not let it make.
    await makeFolder(parent);
    await mkdir(path);
  }
}

/**
 * Removes what runs that were cut short left under partial names.
 * @returns final names of files of earlier runs: those the old `run.json` lists or, where there is none, those that
 *   were about to be put in place
 */
async function clearLeftovers(path: string, lock: RunLock, overwrite: boolean): Promise<string[]> {
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
  const leftovers = await findLeftovers(path, lock);
  if (leftovers.length > 0 && !overwrite) {
    throw new SinkError({
      code: 'RUN_INTERRUPTED',
      where: path,
      found: `files of a run that was cut short, such as ${leftovers[0]}`,
      expected: 'a folder without them',
      hint: 'choose another folder with --out, or replace them with --overwrite',
    });
  }
  await guarded(path, async () => {
    const unfinished = leftovers.filter((name) => name.endsWith(partial));
    await removeSubfolders(path, await removeFiles(path, unfinished));
  });
  return (previous ?? leftovers).filter((name) => !name.endsWith(partial) && name !== runJsonName);
}

/** Names, partial and final, of the files there that belong to no finished run, as far as the lock knows of them. */
async function findLeftovers(path: string, lock: RunLock): Promise<string[]> {
  const { begun, moved } = await lock.noted();
  const isFinished = (await kindOf(join(path, runJsonName))) !== 'nothing';
  const names = begun.map((name) => name + partial);
  if (!isFinished) names.push(...moved);
  const found: string[] = [];
  for (const name of names) {
    const isThere = isRemovable(await kindOf(join(path, name)));
    if (isThere && (await isInPlainFolder(path, name))) found.push(name);
  }
  return found;
}

async function release(path: string, lock: RunLock): Promise<void> {
  try {
    const leftovers = await findLeftovers(path, lock);
    await lock.release({ isClean: leftovers.length === 0 });
  } catch {
    // The lock of a process that is gone holds nobody up, and the error that led here is the one to tell.
  }
}

/** @throws SinkError when the file cannot be given its final name, or must not */
async function refuseInTheWay(path: string, name: string, overwrite: boolean): Promise<void> {
  for (const place of [join(path, name), join(path, name + partial)]) {
    const kind = await kindOf(place);
    if (kind === 'other') throw inTheWay(place);
    if (kind === 'nothing' || overwrite) continue;
    throw new SinkError({
      code: 'FILE_EXISTS',
      where: place,
      message: 'the file is there already, though no finished run is',
      hint: 'choose another folder with --out, or replace it with --overwrite',
    });
  }
}

/** The files that a finished run lists; undefined where none is. */
async function readRunJson(path: string): Promise<string[] | undefined> {
  const place = join(path, runJsonName);
  const kind = await kindOf(place);
  if (kind === 'nothing') return undefined;
  if (kind === 'other') throw inTheWay(place);
  const text = await guarded(place, () => readFile(place, 'utf8'));
  try {
    const { files } = JSON.parse(text) as { files?: unknown };
    if (!Array.isArray(files)) return [];
    return fileNames(files.map((file: unknown) => (file as { name?: unknown } | null)?.name));
  } catch {
    return [];
  }
}

/**
 * Removes files of the folder, or links but not what they lead to; folders of these names stay.
 * @returns the names of those that were there
 */
async function removeFiles(folder: string, names: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const isOurs = isRemovable(await kindOf(path)) && (await isInPlainFolder(folder, name));
    if (!isOurs) continue;
    await rm(path, { force: true });
    removed.push(name);
  }
  return removed;
}

function isRemovable(kind: Kind): boolean {
  return kind === 'file' || kind === 'link';
}

function closed(where: string): SinkError {
  return new SinkError({ code: 'FOLDER_CLOSED', where, message: 'the run is over' });
}

function listed(files: ReadonlyMap<string, DiskFile>): { name: string; bytes: number }[] {
  return [...files.values()]
    .map(({ name, bytes }) => ({ name, bytes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
