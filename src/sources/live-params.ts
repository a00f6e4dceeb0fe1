import { choice, count, optional, seconds, tuning } from '../params.ts';

/** How a running recording is put in order. */
export const timelineParams = {
  lateness: seconds({
    max: 60,
    default: 0.02,
    doc: 'How far behind the latest message another may lie and still be counted; bins close that much later.',
  }),
  idle: choice({
    of: ['wall-clock', 'messages'],
    default: 'wall-clock',
    doc: 'What moves time while nothing fires: the wall clock, after idleAfter; or messages alone, those without a spike among them.',
  }),
  idleAfter: seconds({
    min: 0.01,
    max: 3600,
    default: 0.5,
    doc: 'With idle: wall-clock, the silence after which time moves on, so much behind the wall clock.',
  }),
  maxSilence: seconds({
    min: 0.1,
    default: 60,
    doc: 'A longer step forward is a gap, and begins a new run of bins.',
  }),
  maxLate: seconds({
    min: 0.01,
    default: 5,
    doc: 'A longer step back is a clock that was started again, and begins a new run of bins.',
  }),
  start: optional(
    seconds({
      doc: 'Where the first run begins on the clock; at its earliest message by default.',
    }),
  ),
  maxQueued: tuning(
    count({ min: 1000, max: 1e8, default: 1e6, doc: 'Spikes that may wait for the graph.' }),
  ),
  whenFull: choice({
    of: ['fail', 'drop-oldest'],
    default: 'fail',
    doc: 'When more wait: the run ends with an error, or the oldest are dropped, which is a gap.',
  }),
};

/** Those options as the timeline takes them. */
export function timelineOptions({
  idle,
  idleAfter,
  lateness,
  maxSilence,
  maxLate,
  start,
  maxQueued,
  whenFull,
}: {
  readonly lateness: number;
  readonly idle: 'wall-clock' | 'messages';
  readonly idleAfter: number;
  readonly maxSilence: number;
  readonly maxLate: number;
  readonly start: number | undefined;
  readonly maxQueued: number;
  readonly whenFull: 'fail' | 'drop-oldest';
}) {
  return {
    lateness,
    maxSilence,
    maxLate,
    start,
    maxQueued,
    whenFull,
    idleAfter: idle === 'wall-clock' ? idleAfter : undefined,
  };
}
