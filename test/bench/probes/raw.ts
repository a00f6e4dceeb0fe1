import { join } from 'node:path';
import { DiskFile } from '../../../src/sinks/disk-file.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';
import { readActivation } from './ready.ts';

interface Options extends ProbeOptions {
  readonly ready: string;
  readonly binSize: number;
}

/** Ready columns to disk as they are, and until the disk has them: what no writer of these numbers can beat. */
export async function measure({ ready, binSize, scratch }: Options): Promise<Measured> {
  const { nRows, groupRows, groups } = readActivation(ready, binSize);
  const clock = createClock();
  const file = new DiskFile('raw', join(scratch, 'raw'));
  await clock.runAsync(async () => {
    await file.open();
    for (let row = 0, g = 0; row < nRows; row += groupRows, g++) {
      const nHere = Math.min(groupRows, nRows - row);
      for (const column of groups[g % groups.length]) {
        const { buffer, byteOffset } = column;
        await file.write(new Uint8Array(buffer, byteOffset, nHere * 8));
      }
    }
    await file.close();
  });
  return { ...clock.total(), counts: { bytes: file.bytes, nRows } };
}
