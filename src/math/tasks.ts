import { createShuffleMaxima, type ScaledShuffles, type ShuffleRange } from './shuffle-maxima.ts';

/** Work that can be done elsewhere, by name: what is sent once, what each item is, what comes of it. */
export interface TaskTypes {
  readonly 'shuffle-maxima': {
    readonly common: ScaledShuffles;
    readonly item: ShuffleRange;
    readonly result: Float64Array;
  };
}
export type TaskName = keyof TaskTypes;

/** How each task makes, of what is common to all items, a function of one item. */
export const tasks: {
  readonly [N in TaskName]: (
    common: TaskTypes[N]['common'],
  ) => (item: TaskTypes[N]['item']) => TaskTypes[N]['result'];
} = {
  'shuffle-maxima': createShuffleMaxima,
};

/**
 * Does a task for all items; results stand in the order of the items, whoever did them and when. Rejects when a
 * task throws or when the signal is aborted.
 */
export type Compute = <N extends TaskName>(
  name: N,
  common: TaskTypes[N]['common'],
  items: readonly TaskTypes[N]['item'][],
  signal: AbortSignal,
) => Promise<TaskTypes[N]['result'][]>;

/** Does the work in this very thread, and lets others have their turn after each item. */
export const computeHere: Compute = async (name, common, items, signal) => {
  const work = tasks[name](common);
  const results = [];
  for (const item of items) {
    signal.throwIfAborted();
    results.push(work(item));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
};
