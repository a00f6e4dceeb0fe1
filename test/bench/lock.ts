import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { benchFolder } from './paths.ts';

const lockFile = join(benchFolder, 'running.pid');

/**
 * Does the work while no other process of this suite may: each would be measured with the other beside it, and they
 * share a folder to write to. What a process that is gone left behind holds nobody up.
 * @throws Error when another is at work
 */
export async function alone<T>(work: () => Promise<T>, file: string = lockFile): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const other = readPid(file);
  if (other !== undefined && isAlive(other)) {
    throw new Error(`another benchmark is running (process ${other}); wait for it, or end it`);
  }
  rmSync(file, { force: true });
  writeFileSync(file, `${process.pid}`, { flag: 'wx' });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and someone else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
