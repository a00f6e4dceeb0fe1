import { readCsvSpikes } from './csv-spikes.ts';
import { readParquetSpikes } from './parquet-spikes.ts';
import type { ReadSpikesOptions, SpikeBlock } from './spike-block.ts';
import type { OpenTable } from './table-file.ts';
import type { UnitIds } from './unit-ids.ts';

/** Reads spikes, block by block, in the order of the file. */
export function readSpikes(
  table: OpenTable,
  ids: UnitIds,
  options: ReadSpikesOptions,
): AsyncGenerator<SpikeBlock> {
  const read = table.file.format === 'csv' ? readCsvSpikes : readParquetSpikes;
  return read(table, ids, options);
}
