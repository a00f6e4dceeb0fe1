import { areaColor } from '../figures/colors.ts';
import type { FittedPatterns } from '../results/patterns.ts';
import type { Recording } from '../results/recording.ts';
import type { ResultTable } from '../results/result-table.ts';
import { toBase64 } from './pack.ts';
import type { PageEpoch, PageEvents, PageFit, PageMember, PageState } from './page-data.ts';

/** Those of the figure of the session. */
const roleColours = new Map([
  ['pre', '#c6dbef'],
  ['task', '#fdd0a2'],
  ['post', '#9ecae1'],
]);

export function packEpochs({ epochs }: Recording): PageEpoch[] {
  return epochs.map(({ name, environment, role, start, end }): PageEpoch => {
    const other = /sleep/i.test(environment) ? '#deebf7' : '#fee6ce';
    return { name, environment, role, start, end, colour: roleColours.get(role) ?? other };
  });
}

export function packStates({ states }: Recording): PageState[] {
  const names = [...new Set(states.map(({ name }) => name))];
  return names.map((name, index) => {
    const spans = states.filter((state) => state.name === name);
    const bounds = spans.flatMap(({ start, end }) => [start, end]);
    return { name, colour: areaColor(index), spans: toBase64(Float64Array.from(bounds)) };
  });
}

/** One set of events, with the times that it has in the run. */
export interface EventTimes {
  readonly name: string;
  readonly isAligned: boolean;
  readonly times: Float64Array;
}

/**
 * The sets the run averaged over, then those of the recording.
 * @param aligned the table of what was averaged over, where it is not among the recording's own
 */
export function eventTimes(
  recording: Recording | undefined,
  aligned: ResultTable | undefined,
): EventTimes[] {
  const names = aligned?.texts('events') ?? [];
  const starts = aligned?.numbers('start') ?? new Float64Array(0);
  const others = [...new Set(names)].map((name) => {
    return { name, kind: 'aligned', starts: starts.filter((_, row) => names[row] === name).sort() };
  });
  const sets = [...others, ...(recording?.events ?? [])].map(({ name, kind, starts: times }) => {
    return { name, isAligned: kind === 'aligned', times };
  });
  return sets.sort((a, b) => Number(b.isAligned) - Number(a.isAligned));
}

/** What spikes and activation are shown around: the events that were averaged over or, where none were, all. */
export function shownEvents(events: readonly EventTimes[]): readonly EventTimes[] {
  const aligned = events.filter(({ isAligned }) => isAligned);
  return aligned.length > 0 ? aligned : events;
}

/** More events of a set than this cannot be told apart on the page. */
const mostEvents = 20_000;

export function packEvents({ name, isAligned, times }: EventTimes): PageEvents {
  const every = Math.ceil(times.length / mostEvents);
  const kept = every > 1 ? times.filter((_, index) => index % every === 0) : times;
  return { name, isAligned, nEvents: times.length, times: toBase64(kept) };
}

/** Members of each assembly, the one of greatest weight first; none where the patterns are not known. */
export function listMembers(
  patterns: FittedPatterns | undefined,
  nAssemblies: number,
): PageMember[][] {
  return Array.from({ length: nAssemblies }, (_, k) => {
    const weights = patterns?.weights[k];
    const members = (patterns?.units ?? []).flatMap(({ id, region }, unit): PageMember[] => {
      const isMember = patterns?.members[k]?.[unit] === 1;
      return isMember ? [{ unit: id, region, weight: weights?.[unit] ?? Number.NaN }] : [];
    });
    return members.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  });
}

export function packFit({ fit, units, weights }: FittedPatterns): PageFit {
  const all = new Float32Array(units.length * weights.length);
  weights.forEach((row, k) => {
    all.set(row, k * units.length);
  });
  const regions = [...new Set(units.map(({ region }) => region))];
  return {
    prefix: fit,
    units: units.map(({ id }) => id),
    regions,
    regionOf: units.map(({ region }) => regions.indexOf(region)),
    weights: toBase64(all),
  };
}
