import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { silent } from '../../../src/model/report.ts';
import { createSpikeTrains } from '../../../src/model/spike-trains.ts';
import { metricsFields, readUnits } from '../../../src/sources/cellexplorer-units.ts';
import { readMat } from '../../../src/sources/mat/read-mat.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';

interface Options extends ProbeOptions {
  readonly session: string;
  readonly part: 'inflate' | 'decode' | 'merge';
}

/** The largest file of a session: inflated, or made spike trains of, or those put in one order of time. */
export async function measure({ session, part }: Options): Promise<Measured> {
  const name = readdirSync(session).find((file) => file.endsWith('.cell_metrics.cellinfo.mat'));
  if (name === undefined) throw new Error(`no cell_metrics in ${session}`);
  const path = join(session, name);
  return part === 'inflate' ? inflate(path) : decode(path, part);
}

function inflate(path: string): Measured {
  const file = readFileSync(path);
  const clock = createClock();
  let nInflated = 0;
  clock.run(() => {
    for (const element of compressedElements(file)) nInflated += inflateSync(element).length;
  });
  return { ...clock.total(), counts: { bytes: file.length, nInflated } };
}

/** The zlib streams of a MATLAB v5 file: each variable is one. */
function* compressedElements(file: Buffer): Generator<Buffer> {
  const headerLength = 128;
  const compressed = 15;
  for (let at = headerLength; at + 8 <= file.length; ) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (type === compressed) yield file.subarray(at + 8, at + 8 + length);
    at += 8 + length;
  }
}

async function decode(path: string, part: 'decode' | 'merge'): Promise<Measured> {
  const clock = createClock();
  const whole = async () => {
    const options = { variable: 'cell_metrics', fields: metricsFields };
    const { value, bytes } = await readMat(path, options);
    const filter = { brainRegion: ['CA1'], cellType: ['Pyr'], excludeBad: true };
    const units = readUnits({ value, where: 'cell_metrics' }, filter, silent);
    return { units, bytes };
  };
  const { units, bytes } = part === 'decode' ? await clock.runAsync(whole) : await whole();
  const kept = units.filter(({ reason }) => reason === undefined).map(({ train }) => train);
  const nSpikes = kept.reduce((sum, { length }) => sum + length, 0);
  const counts = { bytes, nUnits: units.length, nSpikes };
  if (part === 'decode') return { ...clock.total(), counts };
  const end = Number.POSITIVE_INFINITY;
  const { times } = clock.run(() => createSpikeTrains(kept, { start: 0, end }));
  return { ...clock.total(), counts: { ...counts, nSpikes: times.length } };
}
