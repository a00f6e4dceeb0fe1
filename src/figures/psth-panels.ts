import { findPrePostSets, type PsthSet } from '../results/psths.ts';
import type { RunResults } from '../results/run-results.ts';

/** What one panel shows: averages around one set of events, or the difference of two. */
export interface PsthPanel {
  readonly title: string;
  readonly subtitle: string;
  readonly isDifference: boolean;
  readonly lags: Float64Array;
  /** Per assembly of `numbers`, a value per lag. */
  readonly mean: readonly Float64Array[];
  readonly sem: readonly Float64Array[];
}

/** Panels of one activation. */
export interface PsthRow {
  /** Numbers of the assemblies shown, from 1. */
  readonly numbers: readonly number[];
  /** How many there are, shown or not. */
  readonly nAssemblies: number;
  readonly panels: readonly PsthPanel[];
}

export interface PsthData {
  readonly rows: readonly PsthRow[];
  /** Label of the lags. */
  readonly xLabel: string;
}

export interface PsthChoice {
  /** The set to show; all when left out. */
  readonly events?: string | undefined;
  /** The assembly to show; all when left out. */
  readonly assembly?: number | undefined;
}

/**
 * Panels of the sets, one row for each activation that was averaged, and behind those of a row the difference where there
 * is a set before and one after. Rows of one panel each become one row.
 */
export function psthData(
  sets: readonly PsthSet[],
  results: RunResults,
  { events, assembly }: PsthChoice = {},
): PsthData {
  const shown = sets.filter(({ name }) => events === undefined || name === events);
  const activations = [...new Set(shown.map(({ activation }) => activation))];
  const rows = activations.map((activation): PsthRow => {
    const own = shown.filter((set) => set.activation === activation);
    const nAssemblies = Math.max(0, ...own.map(({ mean }) => mean.length));
    const all = Array.from({ length: nAssemblies }, (_, k) => k + 1);
    const numbers = all.filter((number) => assembly === undefined || number === assembly);
    const pick = (columns: readonly Float64Array[]) =>
      numbers.map((number) => columns[number - 1] ?? new Float64Array(0));
    const pair = events === undefined ? findPrePostSets(own, results) : undefined;
    const panels = own.map((set) => ({
      title: set.name,
      subtitle: `n = ${set.nUsed}`,
      isDifference: false,
      lags: set.lags,
      mean: pick(set.mean),
      sem: pick(set.sem),
    }));
    const difference = pair && subtract(pair.post, pair.pre, pick);
    return { numbers, nAssemblies, panels: difference ? [...panels, difference] : panels };
  });
  return { rows, xLabel: xLabelOf(shown) };
}

/** Undefined where the lags are not the same. The errors of two independent means add up as squares. */
function subtract(
  post: PsthSet,
  pre: PsthSet,
  pick: (columns: readonly Float64Array[]) => Float64Array[],
): PsthPanel | undefined {
  const isSame =
    post.lags.length === pre.lags.length && post.lags.every((lag, i) => lag === pre.lags[i]);
  if (!isSame) return undefined;
  const [before, beforeSem] = [pick(pre.mean), pick(pre.sem)];
  const minus = (column: Float64Array, k: number) =>
    column.map((value, i) => value - (before[k]?.[i] ?? Number.NaN));
  const both = (column: Float64Array, k: number) =>
    column.map((value, i) => Math.hypot(value, beforeSem[k]?.[i] ?? Number.NaN));
  return {
    title: `${post.name} − ${pre.name}`,
    subtitle: 'difference',
    isDifference: true,
    lags: post.lags,
    mean: pick(post.mean).map(minus),
    sem: pick(post.sem).map(both),
  };
}

function xLabelOf(sets: readonly PsthSet[]): string {
  const names = new Set(sets.map(({ events, at }) => `${nameOf(events)} ${at}`));
  const [only, ...others] = names;
  return others.length === 0 && only ? `time from ${only} (s)` : 'time from event (s)';
}

/** Sharp wave-ripples are what the field calls them by. */
function nameOf(events: string): string {
  return /^ripples?$/i.test(events) ? 'SWR' : events;
}

/** Why there is nothing to draw; undefined where there is something. */
export function whyNothing({ rows }: PsthData): string | undefined {
  if (rows.every(({ numbers }) => numbers.length === 0)) {
    return rows.length === 0 ? 'no sets of events' : 'no assemblies found';
  }
  const means = rows.flatMap(({ panels }) => panels.flatMap(({ mean }) => mean));
  const hasValues = means.some((column) => column.some((value) => !Number.isNaN(value)));
  return hasValues ? undefined : 'no events to average over';
}

/** The mean over assemblies at each lag; NaN where none has a value. */
export function meanOverAssemblies(columns: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(0)] = columns;
  return first.map((_, i) => {
    const values = columns
      .map((column) => column[i] ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
