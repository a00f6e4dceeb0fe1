import { readCsvSpikes } from './csv-spikes.ts';
import type { ReadSpikesOptions, SpikeBlock } from './spike-block.ts';
import type { OpenTable } from './table-file.ts';
import type { UnitIds } from './unit-ids.ts';

/** Reads spikes, block by block, in the order of the file. */
export async function* readSpikes(
  table: OpenTable,
  ids: UnitIds,
  options: ReadSpikesOptions,
): AsyncGenerator<SpikeBlock> {
  if (table.file.format === 'csv') yield* readCsvSpikes(table, ids, options);
  else {
    // Loaded on demand: the reader of Parquet is large.
    const { readParquetSpikes } = await import('./parquet-spikes.ts');
    yield* readParquetSpikes(table, ids, options);
  }
}
