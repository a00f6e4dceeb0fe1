import type { InputDigest } from '../../define.ts';
import { didYouMean, InputError, show } from '../../errors.ts';
import { nextAfter } from '../../math/next-after.ts';
import type { Span } from '../../model/chunk.ts';
import { silent } from '../../model/report.ts';
import type { UnitTable } from '../../model/units.ts';
import { readSpikes } from './read-spikes.ts';
import type { ReadSpikesOptions } from './spike-block.ts';
import type { SpikeSource } from './spike-stream.ts';
import { type SpikeTally, tallySpikes } from './spike-tally.ts';
import { changed, OpenTable, placeOf, type Stamp, type TableFile } from './table-file.ts';
import { type IdEntry, sortIds, UnitIds } from './unit-ids.ts';
import { type ListedUnits, unitsOfIds } from './units-table.ts';

/** What the first reading of the spikes tells. */
export interface ScannedSpikes {
  readonly file: TableFile;
  readonly stamp: Stamp;
  readonly digest: InputDigest;
  readonly listed: ListedUnits;
  readonly tally: SpikeTally;
  /** What `within` of the tally counts. */
  readonly span: Span;
  /** By entry of the tally, the index of its unit. */
  readonly unitOfEntry: readonly number[];
  /** By text of a unit id, the index of its unit. */
  readonly unitOfText: ReadonlyMap<string, number>;
}

/**
 * Reads all spikes once: checks every number, counts them by unit, and finds out whether they are in the order of time.
 * @param known the units; where there is no table of them they are taken from the ids of the spikes
 * @throws InputError for what cannot be read, or a unit that the table does not list, with its line or row
 */
export async function scanSpikes(
  file: TableFile,
  known: ListedUnits | undefined,
  span: Span,
  reading: ReadSpikesOptions,
): Promise<ScannedSpikes> {
  const table = await OpenTable.first(file);
  try {
    const ids = new UnitIds(file, (entry) => {
      if (known && known.indexOf(entry.text) === undefined) throw unknownUnit(file, entry, known);
    });
    const isKept = (entry: number): boolean => {
      const unit = known?.units[known.indexOf(ids.entries[entry].text) ?? -1];
      return unit?.reason === undefined;
    };
    const tally = await tallySpikes(readSpikes(table, ids, reading), span, isKept);
    const listed = known ?? unitsOfIds(sortIds(ids.entries), file);
    const unitOfText = new Map(ids.entries.map(({ text }) => [text, listed.indexOf(text) ?? -1]));
    const unitOfEntry = ids.entries.map(({ text }) => unitOfText.get(text) ?? -1);
    const found = { file, listed, tally, span, unitOfEntry, unitOfText };
    return { ...found, stamp: table.stamp, digest: await table.digest() };
  } finally {
    await table.close();
  }
}

/** Spikes of each unit within a span; the file is read again where the first reading did not count them. */
export async function countWithin(
  scanned: ScannedSpikes,
  span: Span,
  { signal }: ReadSpikesOptions,
): Promise<Float64Array> {
  const { file, listed, tally } = scanned;
  if (scanned.span === span) return countByUnit(scanned, 'within');
  const isInside = tally.first.every((first, i) => first >= span.start && tally.last[i] < span.end);
  if (isInside) return countByUnit(scanned, 'total');
  const again = await scanSpikes(file, listed, span, { report: silent, signal });
  if (again.digest.sha256 !== scanned.digest.sha256) throw changed(file);
  return countByUnit(again, 'within');
}

/** Spikes of the units that are kept, wherever they lie. */
export function keptSpikes(scanned: ScannedSpikes): number {
  const counts = countByUnit(scanned, 'total');
  const { units } = scanned.listed;
  return counts.reduce((sum, n, unit) => sum + (units[unit].reason === undefined ? n : 0), 0);
}

/** What a stream of the spikes must know. */
export function toSource(
  { file, stamp, tally, unitOfText, listed }: ScannedSpikes,
  { kept }: UnitTable,
  span: Span,
): SpikeSource {
  let nKept = 0;
  const index = listed.units.map(({ reason }) => (reason === undefined ? nKept++ : -1));
  const unitOf = new Map([...unitOfText].map(([text, unit]) => [text, index[unit]]));
  const counts = Int32Array.from(kept, ({ nSpikes }) => nSpikes);
  return { file, stamp, unitOf, span, counts, isSorted: tally.isSorted };
}

function countByUnit(
  { listed, tally, unitOfEntry }: ScannedSpikes,
  which: 'total' | 'within',
): Float64Array {
  const counts = new Float64Array(listed.units.length);
  tally[which].forEach((n, entry) => {
    counts[unitOfEntry[entry]] += n;
  });
  return counts;
}

/** From the first spike to the last one, which a span that ends just behind it holds; undefined without spikes. */
export function spanOfSpikes(
  { listed, tally, unitOfEntry }: ScannedSpikes,
  which: 'all' | 'kept',
): Span | undefined {
  let [start, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  unitOfEntry.forEach((unit, entry) => {
    if (which === 'kept' && listed.units[unit].reason !== undefined) return;
    start = Math.min(start, tally.first[entry]);
    last = Math.max(last, tally.last[entry]);
  });
  return start <= last ? { start: start + 0, end: nextAfter(last) } : undefined;
}

function unknownUnit(file: TableFile, { text, at }: IdEntry, { units }: ListedUnits): InputError {
  return new InputError({
    code: 'UNKNOWN_UNIT',
    where: placeOf(file, at, 'unit_id'),
    found: `unit ${show(text)}`,
    expected: 'a unit of the table of units',
    hint: didYouMean(
      text,
      units.map(({ unit }) => unit.label || String(unit.id)),
    ),
  });
}
