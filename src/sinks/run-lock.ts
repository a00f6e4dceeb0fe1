import { randomUUID } from 'node:crypto';
import { constants, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SinkError, show } from '../errors.ts';
import { guarded, inTheWay, isCode, kindOf } from './disk-file.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
export const lockName = '.rekindle.lock';

/** Files that belong to the runs which a lock knows of. */
export interface LockedFiles {
  /** Those that were begun: they may stand under their partial names. */
  readonly begun: readonly string[];
  /** Those that the completion of a run was about to put in place or to remove: final names. */
  readonly moved: readonly string[];
}

/** The right to write to a folder, and a journal of what was begun in it. */
export interface RunLock {
  /** Everything noted so far, by this run and by those before it that were cut short. */
  readonly noted: () => Promise<LockedFiles>;
  /** To be called before a file is begun, or before it is moved or removed. */
  readonly note: (files: Partial<LockedFiles>) => Promise<void>;
  /** @throws SinkError RUN_BUSY when the folder has come to belong to another run */
  readonly confirm: () => Promise<void>;
  /** Gives the folder back; the journal stays while `isClean` is false. */
  readonly release: (state: { readonly isClean: boolean }) => Promise<void>;
}

interface Holder {
  /** Differs for each run. */
  readonly run: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, in milliseconds: process ids come again. */
  readonly since: number;
}

/**
 * Takes the lock of a folder: the file `.rekindle.lock`, to which each run appends a line. The first run in it that is
 * alive and has not ended owns the folder, so of two that begin at once exactly one goes on. A run whose process is
 * gone from this machine is over; of one on another machine that cannot be told, and it counts as alive.
 * @throws SinkError RUN_BUSY when another run writes to the folder
 */
export async function takeLock(folder: string): Promise<RunLock> {
  const place = join(folder, lockName);
  const self: Holder = {
    run: randomUUID(),
    pid: process.pid,
    host: hostname(),
    since: startedAt(),
  };
  const kind = await kindOf(place);
  if (kind === 'link' || kind === 'other') throw inTheWay(place);
  const { owner, others } = await readLock(place);
  if (owner) throw busy(place, owner);
  const append = async (record: object, flags = 0) => {
    // A link would lead the lines elsewhere, and may have come since.
    const file = await open(place, O_WRONLY | O_APPEND | (O_NOFOLLOW ?? 0) | flags);
    try {
      // The line before may have been cut short.
      await file.appendFile(`\n${JSON.stringify(record)}\n`);
      if ('moved' in record) await file.sync();
    } finally {
      await file.close();
    }
  };
  const confirm = async () => {
    const { owner } = await readLock(place);
    if (owner?.run !== self.run) throw busy(place, owner);
  };
  try {
    await guarded(place, () => append({ ...self, over: others }, O_CREAT));
  } catch (error) {
    const { begun, moved, owner } = await readLock(place);
    if (!owner && begun.length + moved.length === 0) await rm(place, { force: true });
    throw error;
  }
  await confirm();
  // Never created anew: a lock that someone removed is lost.
  const note = (record: object) => guarded(place, () => append(record));
  return {
    noted: async () => readLock(place),
    note,
    confirm,
    release: async ({ isClean }) => {
      const { owner } = await readLock(place);
      if (owner?.run !== self.run) return;
      await (isClean
        ? guarded(place, () => rm(place, { force: true }))
        : note({ over: [self.run] }));
    },
  };
}

interface LockContent extends LockedFiles {
  readonly owner: Holder | undefined;
  /** Every other run that has a line in it. */
  readonly others: readonly string[];
}

/** What a lock says; nothing where none is. */
async function readLock(place: string): Promise<LockContent> {
  const holders: Holder[] = [];
  const over = new Set<unknown>();
  const begun = new Set<string>();
  const moved = new Set<string>();
  for (const line of (await readText(place)).split('\n')) {
    const record = parseRecord(line);
    if (isHolder(record)) holders.push(record);
    // Said by the run itself, or by one that found its process gone: the process id may come again.
    if (Array.isArray(record.over)) for (const run of record.over) over.add(run);
    for (const name of fileNames(record.begun)) begun.add(name);
    for (const name of fileNames(record.moved)) moved.add(name);
  }
  const owner = holders.find((holder) => !over.has(holder.run) && isAlive(holder));
  const others = holders.filter((holder) => holder !== owner).map(({ run }) => run);
  return { owner, others, begun: [...begun], moved: [...moved] };
}

async function readText(place: string): Promise<string> {
  try {
    return await readFile(place, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    return guarded(place, () => Promise.reject(error));
  }
}

/** A line of a lock; one that was cut short, or is none of ours, says nothing. */
function parseRecord(line: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(line) as Record<string, unknown> | null) };
  } catch {
    return {};
  }
}

function isHolder(record: object): record is Holder {
  const { run, pid, host, since } = record as Partial<Record<keyof Holder, unknown>>;
  return (
    typeof run === 'string' &&
    Number.isSafeInteger(pid) &&
    typeof host === 'string' &&
    typeof since === 'number'
  );
}

/**
 * The names of a list that name a file beside it, or in a folder of ours beside it: what leads elsewhere, or is hidden,
 * is nobody's business of ours.
 */
export function fileNames(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.filter(
    (name): name is string =>
      typeof name === 'string' && /^((figures|recording(-\d+)?)\/)?\w[\w.-]*$/.test(name),
  );
}

function isAlive({ pid, host, since }: Holder): boolean {
  if (host !== hostname()) return true;
  // A container that was started again may well have the process id of its past.
  if (pid === process.pid) return Math.abs(since - startedAt()) < 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function startedAt(): number {
  return Math.round(Date.now() - process.uptime() * 1000);
}

function busy(place: string, owner: Holder | undefined): SinkError {
  const found = owner ? `process ${owner.pid} on ${show(owner.host)}` : 'another run';
  return new SinkError({
    code: 'RUN_BUSY',
    where: place,
    message: `${found} is writing to this folder`,
    hint: `choose another folder with --out; if no run is under way, remove ${place}`,
  });
}
