import { defaultChunkSeconds } from '../model/spike-trains.ts';
import { choice, count, flag, labels, optional, seconds, text, tuning } from '../params.ts';

/** Which units of a recording are kept. */
export const unitParams = {
  brainRegion: optional(
    labels({ doc: 'Units whose brain region any of these patterns is found in; all by default.' }),
  ),
  cellType: optional(
    labels({ doc: 'Units whose cell type any of these patterns is found in; all by default.' }),
  ),
};

/** How the pre sleep, the task and the post sleep are chosen. */
export const roleParams = {
  roles: choice({
    of: ['first', 'multitask'],
    default: 'first',
    doc: 'What pre, task and post are: the first sleep, task, sleep in a row, or a task between any sleeps.',
  }),
  task: count({ default: 0, doc: 'With roles: multitask, which task, counted from 0.' }),
  taskEnvironment: optional(
    text({ doc: 'With roles: multitask, a pattern of environments that count as tasks.' }),
  ),
  postSleepFlank: flag({
    default: false,
    doc: 'With roles: multitask, only tasks that the post sleep follows at once.',
  }),
  preSleepCommon: flag({
    default: false,
    doc: 'With roles: multitask, the pre sleep of the first task for all.',
  }),
};

export const chunkSeconds = tuning(
  seconds({
    min: 0.001,
    default: defaultChunkSeconds,
    what: 'a span',
    doc: 'Span of each chunk of spikes; it changes no number.',
  }),
);
