import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { from, lastValueFrom, of } from 'rxjs';
import type { ActivationChunk } from '../../../src/model/chunk.ts';
import { bin } from '../../../src/operators/bin.ts';
import { project } from '../../../src/operators/project.ts';
import { smooth } from '../../../src/operators/smooth.ts';
import { moments, zscore } from '../../../src/operators/zscore.ts';
import { openCellExplorer } from '../../../src/sources/cellexplorer.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import {
  type ActivationHead,
  activationName,
  type ReadyHead,
  readPatterns,
  readSpikes,
} from './ready.ts';

const groupRows = 65_536;
/** More row groups than this are not needed to know how activation compresses. */
const mostGroups = 40;

interface Options extends ProbeOptions {
  readonly session: string;
  readonly folder: string;
  readonly binSizes: readonly number[];
  readonly filter: {
    readonly brainRegion: readonly string[];
    readonly cellType: readonly string[];
  };
}

/** Writes what other probes want in memory before their clocks start. */
export async function measure(options: Options): Promise<Measured> {
  const began = performance.now();
  mkdirSync(options.folder, { recursive: true });
  await writeSpikes(options);
  for (const binSize of options.binSizes) await writeActivation(options.folder, binSize);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, cpuSeconds: Number.NaN, counts: {} };
}

async function writeSpikes({ session, folder, filter }: Options): Promise<void> {
  const { values, streams, span } = await openCellExplorer({ path: session, ...filter });
  const chunks = [...streams.spikes()];
  writeAll(
    join(folder, 'times.f64'),
    chunks.map(({ times }) => times),
  );
  writeAll(
    join(folder, 'units.i32'),
    chunks.map(({ units }) => units),
  );
  const nSpikes = chunks.reduce((sum, { times }) => sum + times.length, 0);
  const nUnits = values.units.kept.length;
  const head: ReadyHead = { ...span, nUnits, nSpikes, units: values.units };
  writeFileSync(join(folder, 'ready.json'), JSON.stringify(head));
}

async function writeActivation(folder: string, binSize: number): Promise<void> {
  const spikes = readSpikes(folder);
  const patterns = await readPatterns(folder);
  const counts = () =>
    from(spikes.chunks()).pipe(bin({ binSize }), smooth({ templateBinSize: 0.025 }));
  const known = await lastValueFrom(counts().pipe(moments()));
  const nRows = known.nBins;
  const nWhole = Math.floor(nRows / groupRows);
  const every = Math.max(1, Math.ceil(nWhole / mostGroups));
  const nColumns = patterns.weights.length + 1;
  const group = Array.from({ length: nColumns }, () => new Float64Array(groupRows));
  const path = join(folder, activationName(binSize));
  const file = openSync(`${path}.f64`, 'w');
  let row = 0;
  let nGroups = 0;
  const take = ({ times, columns, nBins }: ActivationChunk): void => {
    for (let at = 0; at < nBins; at++, row++) {
      const place = row % groupRows;
      for (let column = 0; column < nColumns; column++) {
        group[column][place] = column === 0 ? times[at] : columns[column - 1][at];
      }
      if (place !== groupRows - 1 || Math.floor(row / groupRows) % every !== 0) continue;
      for (const column of group) writeSync(file, column);
      nGroups++;
    }
  };
  const activation = counts().pipe(zscore({}, of(known)), project({}, of(patterns)));
  await new Promise<void>((resolve, reject) => {
    activation.subscribe({ next: take, error: reject, complete: resolve });
  });
  closeSync(file);
  const head: ActivationHead = { nRows, groupRows, nColumns, nGroups };
  writeFileSync(`${path}.json`, JSON.stringify(head));
}

function writeAll(path: string, arrays: readonly (Float64Array | Int32Array)[]): void {
  const file = openSync(path, 'w');
  for (const array of arrays) writeSync(file, array);
  closeSync(file);
}
