import {
  concat,
  concatMap,
  defer,
  EMPTY,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { createPeriEventAverager, type PeriEventAverager } from '../math/peri-event.ts';
import type { ActivationChunk, Trigger } from '../model/chunk.ts';
import type { Psth } from '../model/events.ts';
import { type Report, silent } from '../model/report.ts';
import {
  check,
  count,
  type OptionsOf,
  optional,
  type ParamsOf,
  seconds,
  window,
} from '../params.ts';

const params = {
  window: window({ default: [-0.5, 0.5], doc: 'Time before and after an event.' }),
  lateness: seconds({
    default: 10,
    max: 3600,
    doc: 'How long after its window an event may be told and still be used.',
  }),
  every: seconds({
    default: 0.25,
    max: 3600,
    doc: 'Least time of the recording between two averages so far.',
  }),
  line: optional(count({ min: 1, max: 256, doc: 'Only TTL events of this line.' })),
  assembly: optional(count({ min: 1, doc: 'Only crossings of this assembly.' })),
};
export type EventAlignLiveOptions = OptionsOf<typeof params>;
type Settings = ParamsOf<typeof params>;

/**
 * Averages activation around events that are told while it flows, early or late, with exact windows (`exactAlignment`).
 * In: activation and triggers; of TTL events those that switch a line on. Out: the psth so far whenever more events are
 * complete, and the last one when both streams have ended. Events told more than `lateness` after their window are counted
 * in a note (`EVENTS_LATE`) and not used. Events that are told before their window is over give the bits of event-align;
 * later ones are averaged in the order they are told, which may change the last bits. Memory: the rows of window and
 * `lateness`, and one number per event.
 */
export function eventAlignLive(
  options: EventAlignLiveOptions,
  triggers$: Observable<Trigger>,
  report: Report = silent,
): OperatorFunction<ActivationChunk, Psth> {
  const settings = check(params, options);
  return (activation) =>
    defer(() => {
      const alignment = createLiveAlignment(settings);
      const steps = merge(
        triggers$.pipe(map((trigger) => alignment.addEvent(trigger))),
        activation.pipe(map((chunk) => alignment.push(chunk))),
      ).pipe(concatMap((psth) => (psth ? of(psth) : EMPTY)));
      const closing = defer(() => {
        const psth = alignment.finish();
        tellUse(psth, alignment.nLate(), settings, report);
        return of(psth);
      });
      return concat(steps, closing);
    });
}

function createLiveAlignment({ window: around, lateness, every, line, assembly }: Settings) {
  const early: number[] = [];
  let averager: PeriEventAverager | undefined;
  let nShown = 0;
  let shownAt = Number.NEGATIVE_INFINITY;

  function addEvent(trigger: Trigger): undefined {
    const isWanted =
      trigger.isOn !== false &&
      (line === undefined || trigger.line === line) &&
      (assembly === undefined || trigger.assembly === assembly);
    if (!isWanted) return;
    if (averager) averager.addEvents(Float64Array.of(trigger.time));
    else early.push(trigger.time);
  }

  function start({ binSize, columns }: ActivationChunk): PeriEventAverager {
    const shape = { window: around, binSize, nAssemblies: columns.length, lateness };
    const started = createPeriEventAverager({ convention: 'exact', ...shape });
    started.addEvents(Float64Array.from(early));
    return started;
  }

  /** @returns the average so far when it is time to show it */
  function push(chunk: ActivationChunk): Psth | undefined {
    // A stream without bins may not even know how wide they would have been.
    if (!(chunk.binSize > 0)) return undefined;
    averager ??= start(chunk);
    averager.push(chunk);
    const isDue = chunk.end - shownAt >= every || chunk.end < shownAt;
    if (!isDue || averager.nUsed() === nShown) return undefined;
    nShown = averager.nUsed();
    shownAt = chunk.end;
    return averager.snapshot();
  }

  const finish = (): Psth => averager?.finish() ?? emptyPsth(Float64Array.from(early).sort());
  return { addEvent, push, finish, nLate: () => averager?.nLate() ?? 0 };
}

function emptyPsth(eventTimes: Float64Array): Psth {
  const none = { lags: new Float64Array(0), mean: [], sem: [], n: new Int32Array(0) };
  return { kind: 'psth', ...none, eventTimes, nUsed: 0, convention: 'exact' };
}

function tellUse(
  { eventTimes, nUsed }: Psth,
  nLate: number,
  { lateness }: Settings,
  report: Report,
): void {
  const nEvents = eventTimes.length;
  if (nUsed === 0) {
    const message = `none of ${nEvents} events has bins around it: the average is empty`;
    report({ level: 'warning', code: 'NO_USABLE_EVENTS', message, data: { nEvents, nUsed } });
  }
  if (nLate === 0) return;
  const message = `${nLate} of ${nEvents} events were told more than ${lateness} s after their window`;
  report({ level: 'warning', code: 'EVENTS_LATE', message, data: { nEvents, nLate } });
}

export const eventAlignLiveNode = defineOperator({
  op: 'event-align-live',
  summary: 'Averages activation around events that are told while it flows.',
  inputs: { activation: { type: 'activation' }, triggers: { type: 'triggers' } },
  outputs: { psth: 'psth' },
  params,
  connect: ({ activation, triggers }, options, { report }) => ({
    psth: activation.pipe(eventAlignLive(options, triggers, report)),
  }),
});
