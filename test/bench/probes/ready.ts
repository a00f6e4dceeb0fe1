import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Span, SpikeChunk } from '../../../src/model/chunk.ts';
import type { Patterns } from '../../../src/model/patterns.ts';
import { spikeChunks } from '../../../src/model/spike-trains.ts';
import type { UnitTable } from '../../../src/model/units.ts';

/** What stands in `ready.json`. */
export interface ReadyHead extends Span {
  readonly nUnits: number;
  readonly nSpikes: number;
  readonly units: UnitTable;
}

export interface ReadySpikes extends ReadyHead {
  readonly times: Float64Array;
  readonly unitOfSpike: Int32Array;
  readonly chunks: (chunkSeconds?: number) => Iterable<SpikeChunk>;
}

/** The kept spikes of a recording, all in memory. */
export function readSpikes(folder: string): ReadySpikes {
  const head = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8')) as ReadyHead;
  const times = new Float64Array(readBuffer(join(folder, 'times.f64')));
  const unitOfSpike = new Int32Array(readBuffer(join(folder, 'units.i32')));
  const { start, end, nUnits } = head;
  const trains = { start, end, nUnits, times, units: unitOfSpike };
  return { ...head, times, unitOfSpike, chunks: (seconds) => spikeChunks(trains, seconds) };
}

/** Rows of activation as columns, some row groups of a recording. */
export interface ReadyActivation {
  /** Rows of the whole recording. */
  readonly nRows: number;
  readonly groupRows: number;
  /** Row groups, each with one array per column: time, then the assemblies. */
  readonly groups: readonly (readonly Float64Array[])[];
}

export interface ActivationHead {
  readonly nRows: number;
  readonly groupRows: number;
  readonly nColumns: number;
  readonly nGroups: number;
}

export function activationName(binSize: number): string {
  return `activation-${binSize * 1000}ms`;
}

export function readActivation(folder: string, binSize: number): ReadyActivation {
  const path = join(folder, activationName(binSize));
  const head = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as ActivationHead;
  const values = new Float64Array(readBuffer(`${path}.f64`));
  const { nRows, groupRows, nColumns, nGroups } = head;
  const groups = Array.from({ length: nGroups }, (_, group) =>
    Array.from({ length: nColumns }, (_, column) => {
      const from = (group * nColumns + column) * groupRows;
      return values.subarray(from, from + groupRows);
    }),
  );
  return { nRows, groupRows, groups };
}

/** Weights of the patterns of a recording, in the order of its units. */
export async function readPatterns(folder: string): Promise<Patterns> {
  const { openPatternsFile } = await import('../../../src/sources/patterns-file.ts');
  const { values } = await openPatternsFile({ path: join(folder, 'run') });
  return values.patterns;
}

function readBuffer(path: string): ArrayBuffer {
  const buffer = new ArrayBuffer(statSync(path).size);
  const file = openSync(path, 'r');
  for (let at = 0; at < buffer.byteLength; ) {
    const length = Math.min(buffer.byteLength - at, 2 ** 30);
    at += readSync(file, new Uint8Array(buffer, at, length), 0, length, null);
  }
  closeSync(file);
  return buffer;
}
