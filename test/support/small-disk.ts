import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'vitest';

/** A file system of so many bytes at `path`, where this process may make one; else skips the test and says why. */
export function mountSmallDisk(
  path: string,
  { size, context }: { size: string; context: TestContext },
): { makeReadOnly: () => void; unmount: () => void } {
  if (process.platform !== 'linux') skip(context, 'small disks are made on Linux only');
  mkdirSync(path);
  const problem = mount(['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  if (problem !== undefined) skip(context, `no small disk can be made here: ${problem}`);
  return {
    makeReadOnly: () => {
      const problem = mount(['-o', 'remount,ro', path]);
      if (problem !== undefined) throw new Error(problem);
    },
    unmount: () => {
      spawnSync('umount', [path]);
    },
  };
}

function mount(args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr).trim();
}

/** Skips a test, and says so. */
export function skip(context: TestContext, reason: string): never {
  console.info(`skipped: ${context.task.name}: ${reason}`);
  return context.skip(reason);
}
