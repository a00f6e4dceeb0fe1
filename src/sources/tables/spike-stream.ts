import { tmpdir } from 'node:os';
import type { Span, SpikeChunk } from '../../model/chunk.ts';
import { silent } from '../../model/report.ts';
import { type SpikeTrains, spikeChunks } from '../../model/spike-trains.ts';
import { readSpikes } from './read-spikes.ts';
import { type ScratchRuns, writeRuns } from './scratch-runs.ts';
import type { ReadSpikesOptions } from './spike-block.ts';
import { mergeChunks } from './spike-chunks.ts';
import { OpenTable, type Stamp, type TableFile } from './table-file.ts';
import { fillTrains, keepSpikes, type TimedSpikes } from './timed-spikes.ts';
import { UnitIds } from './unit-ids.ts';

/** What a first reading found, so that the next ones know what comes. */
export interface SpikeSource {
  readonly file: TableFile;
  readonly stamp: Stamp;
  /** By text of a unit id, the index of the unit; -1 where it is not kept. */
  readonly unitOf: ReadonlyMap<string, number>;
  readonly span: Span;
  /** Spikes of each kept unit within the span. */
  readonly counts: Int32Array;
  readonly isSorted: boolean;
}

export interface StreamOptions {
  readonly chunkSeconds: number;
  readonly mergeMemory: number;
  readonly scratch: string | undefined;
}

/** The spikes of a recording, to be read as often as wanted. */
export interface SpikeStream {
  readonly chunks: () => AsyncGenerator<SpikeChunk>;
  readonly close: () => Promise<void>;
}

/**
 * Streams the spikes of a file in the order of time. A file in this order is read again for each stream. Any other is
 * merged when it is first asked for: in memory where 12 bytes per spike fit into `mergeMemory` (8 more while it is
 * merged), else in sorted runs in a scratch file, which takes `mergeMemory`. The spikes are the same on each way.
 */
export function openSpikeStream(
  source: SpikeSource,
  { chunkSeconds, mergeMemory, scratch = tmpdir() }: StreamOptions,
  { report, signal }: ReadSpikesOptions,
): SpikeStream {
  const { file, span, counts, isSorted } = source;
  const nUnits = counts.length;
  const nSpikes = counts.reduce((sum, n) => sum + n, 0);
  const cut = { nUnits, chunkSeconds };
  if (isSorted) {
    return {
      chunks: () => mergeChunks([readAgain(source, signal)], span, cut),
      close: async () => {},
    };
  }
  const megabytes = ((nSpikes * 12) / 1e6).toFixed(1);
  const tell = (where: string) => {
    const message = `${file.name} is not in the order of time; ${nSpikes} spikes are sorted ${where}, ${megabytes} MB`;
    report({ level: 'info', code: 'SPIKES_MERGED', message, data: { nSpikes } });
  };
  if (nSpikes * 12 <= mergeMemory) {
    tell('in memory');
    const merged = once(() => mergeInMemory(readAgain(source, signal), counts, span));
    return {
      chunks: async function* () {
        yield* spikeChunks(await merged.get(), chunkSeconds);
      },
      close: async () => {},
    };
  }
  tell('in a scratch file');
  const runs = once<ScratchRuns>(() =>
    writeRuns(readAgain(source, signal), { nUnits, memory: mergeMemory, folder: scratch }),
  );
  return {
    chunks: async function* () {
      yield* mergeChunks((await runs.get()).read(), span, cut);
    },
    close: async () => {
      const written = await runs.started()?.catch(() => undefined);
      await written?.close();
    },
  };
}

async function mergeInMemory(
  spikes: AsyncIterable<TimedSpikes>,
  counts: Int32Array,
  span: Span,
): Promise<SpikeTrains> {
  const trains = fillTrains(counts);
  for await (const block of spikes) trains.add(block);
  return trains.merge(span);
}

/** @throws InputError when the file is not the one that was read first */
async function* readAgain(
  { file, stamp, unitOf, span }: SpikeSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<TimedSpikes> {
  const table = await OpenTable.again(file, stamp);
  try {
    const entries: number[] = [];
    const ids = new UnitIds(file, ({ text }) => entries.push(unitOf.get(text) ?? -1));
    const blocks = readSpikes(table, ids, { report: silent, signal });
    yield* keepSpikes(blocks, entries, span);
    await table.checkUnchanged();
  } finally {
    await table.close();
  }
}

/** Work that is done when it is first asked for. */
function once<T>(work: () => Promise<T>) {
  let started: Promise<T> | undefined;
  return {
    get: (): Promise<T> => {
      started ??= work();
      return started;
    },
    started: () => started,
  };
}
