import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, SinkError } from '../../errors.ts';
import type { SpikeRun } from './spike-chunks.ts';
import { sortSpikes, type TimedSpikes } from './timed-spikes.ts';

/** Bytes a spike costs while a run is gathered, sorted and written. */
const bytesPerSpike = 32;
const [leastRun, leastBuffer, mostBuffer] = [1 << 10, 1 << 6, 1 << 16];

/** Sorted runs in a scratch file. */
export interface ScratchRuns {
  readonly nRuns: number;
  /** All runs from their start, to be merged. */
  readonly read: () => SpikeRun[];
  /** Deletes the file. */
  readonly close: () => Promise<void>;
}

interface Run {
  readonly position: number;
  readonly nSpikes: number;
}

/**
 * Cuts spikes in any order into runs, sorts each by time and unit and writes them to a scratch file, 12 bytes per spike.
 * @param memory bytes that writing takes, and that the buffers of all runs share in reading
 * @param folder where the file is made, in a folder of its own
 * @throws SinkError when it cannot be written; nothing of it is left then
 */
export async function writeRuns(
  spikes: AsyncIterable<TimedSpikes>,
  { nUnits, memory, folder }: { nUnits: number; memory: number; folder: string },
): Promise<ScratchRuns> {
  const scratch = await openScratch(folder);
  const runs: Run[] = [];
  const capacity = Math.max(leastRun, Math.floor(memory / bytesPerSpike));
  const [times, units] = [new Float64Array(capacity), new Int32Array(capacity)];
  let n = 0;
  let position = 0;
  const flush = async () => {
    const gathered = { times: times.subarray(0, n), units: units.subarray(0, n) };
    const sorted = sortSpikes(gathered, nUnits);
    runs.push({ position, nSpikes: n });
    for (const part of [sorted.times, sorted.units]) {
      position += await scratch.write(bytesOf(part), position);
    }
    n = 0;
  };
  try {
    for await (const block of spikes) {
      for (let from = 0; from < block.times.length; ) {
        const to = Math.min(block.times.length, from + capacity - n);
        times.set(block.times.subarray(from, to), n);
        units.set(block.units.subarray(from, to), n);
        n += to - from;
        from = to;
        if (n === capacity) await flush();
      }
    }
    if (n > 0) await flush();
  } catch (error) {
    await scratch.close();
    throw error;
  }
  const shared = Math.floor(memory / 12 / Math.max(1, runs.length));
  const nBuffered = Math.min(mostBuffer, Math.max(leastBuffer, shared));
  return {
    nRuns: runs.length,
    read: () => runs.map((run) => readRun(scratch, run, nBuffered)),
    close: scratch.close,
  };
}

async function* readRun(
  scratch: Scratch,
  { position, nSpikes }: Run,
  nBuffered: number,
): AsyncGenerator<TimedSpikes> {
  for (let from = 0; from < nSpikes; from += nBuffered) {
    const n = Math.min(nBuffered, nSpikes - from);
    const [times, units] = [new Float64Array(n), new Int32Array(n)];
    await scratch.read(bytesOf(times), position + from * 8);
    await scratch.read(bytesOf(units), position + nSpikes * 8 + from * 4);
    yield { times, units };
  }
}

interface Scratch {
  readonly write: (bytes: Uint8Array, position: number) => Promise<number>;
  readonly read: (into: Uint8Array, position: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openScratch(parent: string): Promise<Scratch> {
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause) => {
      throw scratchError(parent, cause);
    });
  const folder = await guard(mkdtemp(join(parent, 'rekindle-')));
  const remove = () => guard(rm(folder, { recursive: true, force: true }));
  let handle: FileHandle;
  try {
    handle = await guard(open(join(folder, 'spikes'), 'wx+', 0o600));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    write: async (bytes, position) => {
      for (let done = 0; done < bytes.length; ) {
        const rest = bytes.length - done;
        done += (await guard(handle.write(bytes, done, rest, position + done))).bytesWritten;
      }
      return bytes.length;
    },
    read: async (into, position) => {
      for (let done = 0; done < into.length; ) {
        const rest = into.length - done;
        const { bytesRead } = await guard(handle.read(into, done, rest, position + done));
        if (bytesRead === 0)
          throw scratchError(parent, new Error('the scratch file was cut short'));
        done += bytesRead;
      }
    },
    close: async () => {
      await guard(handle.close());
      await remove();
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function scratchError(folder: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  return new SinkError({
    code: 'SCRATCH_FAILED',
    where: folder,
    message: `spikes cannot be sorted in a scratch file: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'scratch: names another folder; with a larger mergeMemory none is needed',
    cause,
  });
}
