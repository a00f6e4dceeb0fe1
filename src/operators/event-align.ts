import {
  combineLatest,
  filter,
  map,
  type Observable,
  type OperatorFunction,
  of,
  reduce,
  switchMap,
  take,
  throwIfEmpty,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { selectEventTimes } from '../math/event-times.ts';
import { createPeriEventAverager, type PeriEventAverager } from '../math/peri-event.ts';
import type { ActivationChunk } from '../model/chunk.ts';
import {
  checkEpochExpression,
  type EpochExpression,
  parseEpochExpression,
  resolveEpochs,
} from '../model/epoch-expression.ts';
import type { Epochs, Intervals } from '../model/epochs.ts';
import type { Events, Psth } from '../model/events.ts';
import { type Report, silent } from '../model/report.ts';
import {
  check,
  choice,
  epochs,
  type OptionsOf,
  optional,
  type ParamsOf,
  window,
} from '../params.ts';

const params = {
  window: window({ default: [-0.5, 0.5], doc: 'Time before and after an event.' }),
  in: optional(epochs({ check: checkEpochExpression, doc: 'Only events in these epochs.' })),
  at: choice({ of: ['start', 'peak'], default: 'start', doc: 'The time of an event.' }),
  membership: choice({
    of: ['start', 'clipped'],
    default: 'start',
    doc: 'Events whose time lies in the epochs; or, as neuro_py, the parts of events in them.',
  }),
  convention: choice({
    of: ['exact', 'neuro-py-fast', 'neuro-py'],
    default: 'exact',
    doc: 'How bins around an event are found; the others are those of neuro_py.',
  }),
};
export type EventAlignOptions = OptionsOf<typeof params>;
type Settings = ParamsOf<typeof params>;

/**
 * Averages activation around events.
 * In: activation; the events and, for `in`, the recording's epochs, which come first. Out: one psth
 * when the activation has ended, nLags per assembly. Without a usable event its means are NaN and
 * its counts 0, and a note says so (`NO_USABLE_EVENTS`). Memory: as many rows of activation as the
 * window has.
 * @throws ConfigError for options that do not go together, and epochs that are not known
 * Source of the conventions `neuro-py-fast` and `neuro-py`: neuro_py's peri-event averages.
 */
export function eventAlign(
  options: EventAlignOptions,
  events$: Observable<Events>,
  epochs$?: Observable<Epochs>,
  report: Report = silent,
): OperatorFunction<ActivationChunk, Psth> {
  const settings = check(params, options);
  expectConsistent(settings);
  const within$ = intervalsOf(settings.in, epochs$, report);
  const event$ = events$.pipe(
    take(1),
    throwIfEmpty(() => new ConfigError({ code: 'NO_EVENTS', message: 'the events never came' })),
  );
  return (activation) =>
    combineLatest([event$, within$]).pipe(
      take(1),
      switchMap(([events, within]) => {
        const times = selectEventTimes(events, within, settings);
        tellPeaks(events, settings, report);
        return activation.pipe(
          // A stream without bins may not even know how wide they would have been.
          filter(({ binSize }) => binSize > 0),
          reduce<ActivationChunk, PeriEventAverager | undefined>((averager, chunk) => {
            const ready = averager ?? createAverager(settings, chunk, times);
            ready.push(chunk);
            return ready;
          }, undefined),
          map((averager) => {
            const psth = averager?.finish() ?? emptyPsth(settings, times);
            tellUse(events.name, psth, averager, report);
            return psth;
          }),
        );
      }),
    );
}

function createAverager(
  { convention, window: around }: Settings,
  { binSize, columns }: ActivationChunk,
  times: Float64Array,
): PeriEventAverager {
  const nAssemblies = columns.length;
  const averager = createPeriEventAverager({ convention, window: around, binSize, nAssemblies });
  averager.addEvents(times);
  return averager;
}

function emptyPsth({ convention }: Settings, eventTimes: Float64Array): Psth {
  const none = { lags: new Float64Array(0), mean: [], sem: [], n: new Int32Array(0) };
  return { kind: 'psth', ...none, eventTimes, nUsed: 0, convention };
}

function expectConsistent({ window: [from, to], convention, membership, at }: Settings): void {
  if (convention !== 'exact' && from !== -to) {
    throw new ConfigError({
      code: 'ASYMMETRIC_WINDOW',
      message: `convention ${convention} takes its samples around the event whatever the window`,
      found: `window [${from}, ${to}]`,
      expected: 'as much before the event as after it',
      hint: 'use convention: exact',
    });
  }
  if (membership === 'clipped' && at === 'peak') {
    throw new ConfigError({
      code: 'CLIPPED_PEAKS',
      message: 'clipped events are aligned to where their parts start',
      found: 'membership: clipped with at: peak',
      expected: 'at: start',
    });
  }
}

function intervalsOf(
  text: string | undefined,
  epochs$: Observable<Epochs> | undefined,
  report: Report,
): Observable<Intervals | undefined> {
  if (text === undefined) return of(undefined);
  const noEpochs = (): ConfigError =>
    new ConfigError({
      code: 'NO_EPOCHS',
      message: `the epochs of "in: ${text}" are not known`,
      expected: 'a recording with epochs, connected to the input "epochs"',
    });
  const expression: EpochExpression = parseEpochExpression(text);
  if (!epochs$) throw noEpochs();
  return epochs$.pipe(
    take(1),
    throwIfEmpty(noEpochs),
    map((recorded) => resolveEpochs(expression, recorded, report)),
  );
}

function tellPeaks({ name, peaks }: Events, { at }: Settings, report: Report): void {
  if (at !== 'peak') return;
  const nWithout = peaks.filter(Number.isNaN).length;
  if (nWithout === 0) return;
  const message = `${nWithout} of ${peaks.length} events "${name}" have no peak and are left out`;
  const data = { nWithout, nEvents: peaks.length };
  report({ level: 'warning', code: 'EVENTS_WITHOUT_PEAK', message, data });
}

function tellUse(
  name: string,
  { eventTimes, nUsed, convention }: Psth,
  averager: PeriEventAverager | undefined,
  report: Report,
): void {
  const nEvents = eventTimes.length;
  const data = { nEvents, nUsed };
  if (nUsed === 0) {
    const message = `none of ${nEvents} events "${name}" has bins around it: the average is empty`;
    report({ level: 'warning', code: 'NO_USABLE_EVENTS', message, data });
  } else if (nUsed < nEvents) {
    const message = `${nEvents - nUsed} of ${nEvents} events "${name}" have no bins to average`;
    report({ level: 'info', code: 'EVENTS_UNUSED', message, data });
  }
  const nGaps = averager?.nGaps() ?? 0;
  if (convention === 'exact' || nGaps === 0) return;
  const how = convention === 'neuro-py' ? 'interpolates across' : 'ignores';
  const message = `convention ${convention} ${how} ${nGaps} gaps between the bins`;
  report({ level: 'warning', code: 'GAPS_IGNORED', message, data: { nGaps } });
}

export const eventAlignNode = defineOperator({
  op: 'event-align',
  summary: 'Averages activation around events.',
  inputs: {
    activation: { type: 'activation' },
    events: { type: 'events', need: 'each-bin' },
    epochs: { type: 'epochs', isOptional: true, fromSource: true },
  },
  outputs: { psth: 'psth' },
  params,
  validate: expectConsistent,
  connect: ({ activation, events, epochs: epochs$ }, options, { report }) => ({
    psth: activation.pipe(eventAlign(options, events, epochs$, report)),
  }),
});
