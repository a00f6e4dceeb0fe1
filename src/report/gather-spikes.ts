import type { OpenSource } from '../define.ts';
import type { RunResults } from '../results/run-results.ts';
import { type EventTimes, shownEvents } from './gather-tables.ts';
import type { PageProjection, PageSpikes } from './page-data.ts';
import type { ReopenRecording } from './recording.ts';
import { createSpikeCollector } from './spikes.ts';
import { planWindows } from './windows.ts';

/** More windows of a list than this would never fit. */
const mostWindows = 4000;

export interface SpikeRequest {
  /** The node that the recording came from. */
  readonly source: string | undefined;
  readonly projections: readonly PageProjection[];
  readonly events: readonly EventTimes[];
  readonly span: { readonly start: number; readonly end: number };
  readonly halfWidth: number;
  readonly maxBytes: number;
}

/**
 * Reads the recording again for the spikes of all members of assemblies: around events that were averaged over, or those
 * of the recording where none were, around the strongest activations, and how many there are everywhere.
 * @returns nothing packed where no assembly has members or the recording is not what it was, and why
 */
export async function gatherSpikes(
  { run }: RunResults,
  reopen: ReopenRecording,
  { source, projections, events, span, halfWidth, maxBytes }: SpikeRequest,
): Promise<{ readonly packed: PageSpikes | null; readonly leftOut: readonly string[] }> {
  const members = projections.flatMap((one) => one.members.flat().map(({ unit }) => unit));
  const units = [...new Set(members)].sort((a, b) => a - b);
  const isNothing = projections.every(({ nAssemblies }) => nAssemblies === 0);
  if (isNothing) return { packed: null, leftOut: [] };
  if (units.length === 0 || source === undefined) {
    const reason = source === undefined ? 'the run names no recording' : 'no members are known';
    return { packed: null, leftOut: [`Spikes of members: ${reason}.`] };
  }
  const { source: opened, reason } = await reopen(run, source);
  if (!opened) return { packed: null, leftOut: [`Spikes of members: ${reason}.`] };
  try {
    const placeOf = placesOf(opened, units);
    const windows = planWindows(
      {
        strongest: projections.flatMap((one) =>
          one.strongest.map((peaks) => peaks.map(({ time }) => time)),
        ),
        events: shownEvents(events).map(({ times }) => times),
      },
      mostWindows,
    );
    const collector = createSpikeCollector({
      units,
      placeOf,
      windows,
      halfWidth,
      ...span,
      maxBytes,
    });
    const chunks = opened.streams.spikes?.() ?? [];
    for await (const chunk of chunks) if (chunk.kind === 'spikes') collector.add(chunk);
    return { packed: collector.finish(), leftOut: [] };
  } finally {
    await opened.close?.();
  }
}

/** For each unit of the recording, its place among those wanted. */
function placesOf({ values }: OpenSource, units: readonly number[]): Int32Array {
  const table = Object.values(values).find((value) => value.kind === 'units');
  const kept = table?.kind === 'units' ? table.kept : [];
  const places = new Map(units.map((unit, place) => [unit, place]));
  return Int32Array.from(kept, ({ id }) => places.get(id) ?? -1);
}
