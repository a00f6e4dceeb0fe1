import { createHash } from 'node:crypto';
import { firstValueFrom, from, of, toArray } from 'rxjs';
import type { CrossUnits } from '../../src/math/cross-matrix.ts';
import type { CountsChunk } from '../../src/model/chunk.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { bin } from '../../src/operators/bin.ts';
import { epochFilter } from '../../src/operators/epoch-filter.ts';
import { openCellExplorer } from '../../src/sources/cellexplorer.ts';

/** What section 5 of the tutorial reads of a session: pyramidal units of two regions. */
export function openTwoRegions(path: string) {
  return openCellExplorer({
    path,
    brainRegion: ['CA1|PFC'],
    cellType: ['Pyr'],
    support: 'spikes',
    roles: 'multitask',
    postSleepFlank: true,
    preSleepCommon: true,
  });
}

/** The counts that section 5 fits on: theta of the task in bins of 50 ms, units in the given order. */
export async function crossCounts(
  path: string,
  uids: readonly number[],
): Promise<{ chunks: CountsChunk[]; units: UnitTable }> {
  const { values, streams } = await openTwoRegions(path);
  const spikes = [...streams.spikes()];
  const chunks = await firstValueFrom(
    from(spikes).pipe(
      epochFilter({ keep: 'task & THETA' }, of(values.epochs)),
      bin({ binSize: 0.05, grid: 'neuro-py' }),
      toArray(),
    ),
  );
  const { kept } = values.units;
  const place = Int32Array.from(kept, ({ id }) => uids.indexOf(id));
  const byId = new Map(kept.map((unit) => [unit.id, unit]));
  const units = uids.flatMap((uid) => byId.get(uid) ?? []);
  return {
    chunks: chunks.map((chunk) => permute(chunk, place)),
    units: { ...values.units, kept: units },
  };
}

function permute(chunk: CountsChunk, place: Int32Array): CountsChunk {
  const units = new Int32Array(chunk.units.length);
  const values = new Float64Array(chunk.values.length);
  for (let row = 0; row < chunk.nBins; row++) {
    const [start, end] = [chunk.offsets[row], chunk.offsets[row + 1]];
    const entries = Array.from({ length: end - start }, (_, i) => start + i);
    entries.sort((a, b) => place[chunk.units[a]] - place[chunk.units[b]]);
    entries.forEach((entry, i) => {
      units[start + i] = place[chunk.units[entry]];
      values[start + i] = chunk.values[entry];
    });
  }
  return { ...chunk, units, values };
}

/** Digest of counts as little-endian int32, unit by unit. */
export function digestChunks(chunks: readonly CountsChunk[], nUnits: number): string {
  const nBins = chunks.reduce((sum, chunk) => sum + chunk.nBins, 0);
  const matrix = new Int32Array(nBins * nUnits);
  let first = 0;
  for (const { nBins: n, offsets, units, values } of chunks) {
    for (let row = 0; row < n; row++) {
      for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) {
        matrix[units[entry] * nBins + first + row] = values[entry];
      }
    }
    first += n;
  }
  return createHash('sha256').update(new Uint8Array(matrix.buffer)).digest('hex');
}

/** Patterns over all units: L2 norm 1, the first largest entry positive. */
export function orientRows(
  vectors: readonly Float64Array[],
  { units }: CrossUnits,
  nUnits: number,
): Float64Array[] {
  return vectors.map((vector) => {
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const norm = Math.hypot(...vector) * Math.sign(largest);
    const weights = new Float64Array(nUnits);
    units.forEach((unit, slot) => {
      weights[unit] = vector[slot] / norm;
    });
    return weights;
  });
}
