import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError, SinkError } from '../errors.ts';
import type { ScratchFile } from '../math/counts-store.ts';

/**
 * Makes an empty scratch file in a folder of its own in `parent`. Where the system lets an open file be removed it has
 * no name from the start, so that nothing stays behind even a process that is killed; elsewhere it goes when closed.
 * @throws SinkError SCRATCH_FAILED from here and from its methods when the disk does not do as asked
 */
export function openScratchFile(parent: string = tmpdir()): ScratchFile {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw scratchError(parent, cause);
    }
  };
  const folder = guard(() => mkdtempSync(join(parent, 'rekindle-')));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let file: number;
  try {
    file = guard(() => openSync(join(folder, 'counts'), 'wx+', 0o600));
  } catch (error) {
    remove();
    throw error;
  }
  try {
    remove();
  } catch {
    // Windows keeps the name of a file that is open.
  }
  let end = 0;
  return {
    append: (bytes) =>
      guard(() => {
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(file, bytes, done, bytes.length - done, end + done);
        }
        end += bytes.length;
      }),
    read: (bytes, position) =>
      guard(() => {
        for (let done = 0; done < bytes.length; ) {
          const nRead = readSync(file, bytes, done, bytes.length - done, position + done);
          if (nRead === 0) throw new Error('the scratch file was cut short');
          done += nRead;
        }
      }),
    close: () =>
      guard(() => {
        closeSync(file);
        remove();
      }),
  };
}

function scratchError(folder: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  return new SinkError({
    code: 'SCRATCH_FAILED',
    where: folder,
    message: `counts cannot be kept in a scratch file: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'with a larger countsMemory none is needed; TMPDIR names another folder',
    cause,
  });
}
