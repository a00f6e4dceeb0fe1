import { InputError } from '../errors.ts';
import type { Span } from './chunk.ts';

const maxOverlaps = 1_000_000;

/** Spans sorted by start; they may overlap unless a function says that it merges. */
export type Intervals = readonly Span[];

/** One named part of a recording, as the experimenter wrote it down. */
export interface Epoch extends Span {
  readonly name: string;
  /** Empty where the recording does not say. */
  readonly environment: string;
}

/** Places of a pre-task sleep, its task and the post-task sleep in a list of epochs. */
export interface PrePost {
  readonly pre: number;
  readonly task: number;
  readonly post: number;
}

/** The epochs and states of a recording. */
export interface Epochs {
  readonly kind: 'epochs';
  /** From the first epoch's start to the last epoch's end. */
  readonly domain: Span;
  /** As recorded. */
  readonly recorded: readonly Epoch[];
  /** Consecutive epochs of one environment made one; `epoch[0]` and the roles count these. */
  readonly epochs: readonly Epoch[];
  /** Brain states and the like, by name. */
  readonly states: ReadonlyMap<string, Intervals>;
  /** Which epochs `pre`, `task` and `post` stand for; undefined where no sleep-task-sleep was found. */
  readonly roles: PrePost | undefined;
}

/** Sorts spans by start (ties keep their order). Empty spans stay; nothing is merged. */
export function sortIntervals<T extends Span>(spans: readonly T[]): T[] {
  return [...spans].sort((a, b) => a.start - b.start);
}

/** Joins spans that overlap or touch; gaps of any length stay. */
export function mergeIntervals(spans: Intervals): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of sortIntervals(spans)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/**
 * Every overlap of a span of `a` with a span of `b`, clipped to the overlap and sorted by start, never merged.
 * Touching spans do not overlap; an empty span strictly inside another survives.
 * @throws InputError where there are more than a million of them
 * Source: nelpy's IntervalArray intersection.
 */
export function intersectIntervals(a: Intervals, b: Intervals): Span[] {
  const overlaps: Span[] = [];
  let isSorted = true;
  const others = sortIntervals(b);
  const lastEnds = runningEnds(others);
  for (const x of a) {
    // No span before this one ends behind the start of x.
    let i = firstAbove(lastEnds, x.start);
    for (; i < others.length && others[i].start < x.end; i++) {
      const y = others[i];
      if (y.end <= x.start) continue;
      const overlap = { start: Math.max(x.start, y.start), end: Math.min(x.end, y.end) };
      const last = overlaps.at(-1);
      if (last && overlap.start < last.start) isSorted = false;
      overlaps.push(overlap);
    }
    if (overlaps.length > maxOverlaps) throw tooManyOverlaps(a, b);
  }
  return isSorted ? overlaps : sortIntervals(overlaps);
}

/** The latest end of each span and those before it. */
function runningEnds(spans: Intervals): Float64Array {
  let latest = Number.NEGATIVE_INFINITY;
  return Float64Array.from(spans, ({ end }) => {
    latest = Math.max(latest, end);
    return latest;
  });
}

/** First index whose value is above `value`. */
function firstAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tooManyOverlaps(a: Intervals, b: Intervals): InputError {
  return new InputError({
    code: 'TOO_MANY_OVERLAPS',
    where: 'epochs and states',
    found: `more than ${maxOverlaps} overlaps of ${a.length} spans with ${b.length}`,
    expected: 'spans that do not all overlap one another',
  });
}

/** What of `domain` lies in no span. */
export function complementIntervals(spans: Intervals, domain: Span): Span[] {
  const gaps: Span[] = [];
  let from = domain.start;
  for (const { start, end } of mergeIntervals(spans)) {
    if (start > from) gaps.push({ start: from, end: Math.min(start, domain.end) });
    from = Math.max(from, end);
    if (from >= domain.end) break;
  }
  if (from < domain.end) gaps.push({ start: from, end: domain.end });
  return gaps.filter(({ start, end }) => end > start);
}

/** Total duration of the merged spans, in seconds. */
export function totalDuration(spans: Intervals): number {
  return mergeIntervals(spans).reduce((sum, { start, end }) => sum + (end - start), 0);
}

/**
 * Runs of consecutive epochs with one environment become one epoch: earliest start, latest end, the rest from
 * the first of the run. Epochs without an environment are never joined. With `environment` given, only runs of
 * that environment are.
 * Source: neuro_py compress_repeated_epochs.
 */
export function compressEpochs(epochs: readonly Epoch[], environment?: string): Epoch[] {
  const compressed: Epoch[] = [];
  for (const epoch of epochs) {
    const last = compressed.at(-1);
    const isRepeat =
      last !== undefined &&
      epoch.environment !== '' &&
      epoch.environment === last.environment &&
      (environment === undefined || environment === epoch.environment);
    if (isRepeat) {
      compressed[compressed.length - 1] = {
        ...last,
        start: Math.min(last.start, epoch.start),
        end: Math.max(last.end, epoch.end),
      };
    } else compressed.push(epoch);
  }
  return compressed;
}

/**
 * The first sleep, not sleep, sleep in a row, by exact environment "sleep".
 * Source: neuro_py find_pre_task_post.
 */
export function findPrePost(environments: readonly string[]): PrePost | undefined {
  for (let i = 0; i + 2 < environments.length; i++) {
    const isTriple =
      environments[i] === 'sleep' &&
      environments[i + 1] !== 'sleep' &&
      environments[i + 2] === 'sleep';
    if (isTriple) return { pre: i, task: i + 1, post: i + 2 };
  }
  return undefined;
}

export interface MultitaskOptions {
  /** Whether an epoch counts as a task; by default every epoch that is not sleep does. */
  readonly isTask?: (environment: string) => boolean;
  /** Keep only triples whose post sleep follows its task at once. */
  readonly postSleepFlank?: boolean;
  /** Use the first triple's pre sleep for all. */
  readonly preSleepCommon?: boolean;
}

/**
 * Every task with the last sleep before it and the first sleep after it; sleep is any environment that contains
 * "sleep", whatever the case. The first epoch is never a task; a task that lacks either sleep is left out.
 * @returns undefined where no task has both sleeps; an empty list where flanking removed them all
 * Source: neuro_py find_multitask_pre_post.
 */
export function findMultitaskPrePost(
  environments: readonly string[],
  { isTask, postSleepFlank = false, preSleepCommon = false }: MultitaskOptions = {},
): PrePost[] | undefined {
  const isSleep = environments.map((environment) => environment.toLowerCase().includes('sleep'));
  const triples: PrePost[] = [];
  environments.forEach((environment, task) => {
    if (task === 0) return;
    if (isTask ? !isTask(environment) : isSleep[task]) return;
    const pre = isSleep.lastIndexOf(true, task - 1);
    const post = isSleep.indexOf(true, task + 1);
    if (pre >= 0 && post >= 0) triples.push({ pre, task, post });
  });
  if (triples.length === 0) return undefined;
  const kept = postSleepFlank ? triples.filter(({ task, post }) => post === task + 1) : triples;
  const first = kept[0];
  return preSleepCommon && first ? kept.map((triple) => ({ ...triple, pre: first.pre })) : kept;
}
