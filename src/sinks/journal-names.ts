import type { Unit } from '../model/units.ts';

/** The journal of what a live source told. */
export const recordingJournal = 'recording.arrows';

const activations = 'activations.arrows';

/** The journal of an activation: named as the Parquet file that it becomes. */
export function activationsJournal(node: string, isOnly: boolean): string {
  return isOnly ? activations : `${node}.${activations}`;
}

export function isJournal(name: string): boolean {
  return name.endsWith('.arrows');
}

/** The Parquet file that a journal of activation becomes; undefined for another file. */
export function parquetOfJournal(name: string): string | undefined {
  return name.endsWith(activations) ? name.replace(/\.arrows$/, '.parquet') : undefined;
}

/** The units of a recording as text for the metadata of its journal. */
export function unitsText(units: readonly Unit[]): string {
  return JSON.stringify(units.map(({ id, region, cellType }) => [id, region, cellType]));
}

/** The units that a text names; none where it is no such text. */
export function unitsFromText(text: string): Unit[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const [id, region, cellType] = Array.isArray(row) ? (row as unknown[]) : [];
    if (typeof id !== 'number') return [];
    const texts = { region: String(region ?? ''), cellType: String(cellType ?? '') };
    return [{ id, label: '', ...texts, nSpikes: 0, attributes: new Map<string, string>() }];
  });
}
