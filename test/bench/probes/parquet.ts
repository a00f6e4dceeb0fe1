import { join } from 'node:path';
import { activationColumns } from '../../../src/model/activation-columns.ts';
import { DiskFile } from '../../../src/sinks/disk-file.ts';
import { createParquetFile, type FileOptions } from '../../../src/sinks/parquet-file.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';
import { readActivation } from './ready.ts';

interface Options extends ProbeOptions {
  readonly ready: string;
  readonly binSize: number;
  readonly file?: FileOptions;
  readonly activations?: 'float64' | 'float32';
}

/** The Parquet writer alone, in one thread, on columns that are ready. */
export async function measure(options: Options): Promise<Measured> {
  const { ready, binSize, file: fileOptions = {}, activations = 'float64', scratch } = options;
  const { nRows, groupRows, groups } = readActivation(ready, binSize);
  const nColumns = groups[0].length;
  const columns = activationColumns(nColumns - 1).map((name, index) => {
    return { name, type: index === 0 ? ('float64' as const) : activations };
  });
  const clock = createClock();
  const disk = new DiskFile('activations.parquet', join(scratch, 'activations.parquet'));
  await clock.runAsync(async () => {
    await disk.open();
    const file = await createParquetFile(disk, columns, { name: 'activations' }, fileOptions);
    for (let row = 0, g = 0; row < nRows; row += groupRows, g++) {
      await file.write(groups[g % groups.length], Math.min(groupRows, nRows - row));
    }
    await file.finish();
  });
  return { ...clock.total(), counts: { bytes: disk.bytes, nRows } };
}
