import fc from 'fast-check';
import { EMPTY, from, NEVER, of, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { ActivationChunk, Trigger } from '../../src/model/chunk.ts';
import type { Psth } from '../../src/model/events.ts';
import type { Report } from '../../src/model/report.ts';
import { eventAlign } from '../../src/operators/event-align.ts';
import {
  type EventAlignLiveOptions,
  eventAlignLive,
} from '../../src/operators/event-align-live.ts';
import {
  activationRun,
  chunkSizes,
  collect,
  cutActivation,
  expectStreamManners,
  notes,
} from '../support/streams.ts';

const run = activationRun([
  Array.from({ length: 1000 }, (_, k) => Math.sin(k * k)),
  Array.from({ length: 1000 }, (_, k) => k),
]);

function triggersAt(times: readonly number[]): Trigger[] {
  return times.map((time) => ({ kind: 'trigger', time }));
}

/** What comes out when each event is told as soon as the activation has reached the time that stands beside it. */
function live(
  chunks: readonly ActivationChunk[],
  told: readonly (readonly [time: number, toldAt: number])[],
  options: EventAlignLiveOptions = {},
  report?: Report,
): Psth[] {
  const activation = new Subject<ActivationChunk>();
  const triggers = new Subject<Trigger>();
  const made: Psth[] = [];
  const waiting = [...told].sort(([, a], [, b]) => a - b);
  activation.pipe(eventAlignLive(options, triggers, report)).subscribe((psth) => made.push(psth));
  for (const chunk of chunks) {
    activation.next(chunk);
    while (waiting[0] && waiting[0][1] <= chunk.end) {
      triggers.next({ kind: 'trigger', time: waiting[0][0] });
      waiting.shift();
    }
  }
  for (const [time] of waiting) triggers.next({ kind: 'trigger', time });
  triggers.complete();
  activation.complete();
  return made;
}

function batch(times: readonly number[], options = {}): Psth {
  const starts = Float64Array.from(times);
  const events = { kind: 'events', name: 'e', starts, peaks: starts, stops: starts } as const;
  const [psth] = collect([run], eventAlign(options, of(events)));
  if (!psth) throw new Error('no psth');
  return psth;
}

describe('event-align-live', () => {
  test('gives the bits of event-align for events told in time, however the stream is cut', () => {
    const times = fc.array(fc.double({ min: -1, max: 11, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(times, chunkSizes, (events, sizes) => {
        const told = events.map((time) => [time, time] as const);
        const psth = live(cutActivation(run, sizes), told).at(-1);
        expect(psth).toEqual(batch(events));
      }),
    );
  });

  test('events told late, within the lateness, are all used', () => {
    const times = Array.from({ length: 40 }, (_, i) => 1 + i * 0.2);
    const told = times.map((time, i) => [time, time + 0.5 + (i % 4)] as const);
    const psth = live(cutActivation(run, [3]), told, { lateness: 4 }).at(-1);
    const expected = batch(times);
    expect(psth?.n).toEqual(expected.n);
    expect(psth?.nUsed).toBe(expected.nUsed);
    expect(psth?.eventTimes).toEqual(expected.eventTimes);
    const largestDifference = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
      Math.max(...a.flatMap((column, i) => [...column].map((x, lag) => Math.abs(x - b[i][lag]))));
    expect(largestDifference(psth?.mean ?? [], expected.mean)).toBeLessThan(1e-10);
    expect(largestDifference(psth?.sem ?? [], expected.sem)).toBeLessThan(1e-10);
  });

  test('events told later than that are counted and not used', () => {
    const { report, all } = notes();
    const told = [
      [1, 1],
      [2, 9],
      [8, 9],
    ] as const;
    const psth = live(cutActivation(run, [7]), told, { lateness: 1 }, report).at(-1);
    expect([psth?.nUsed, psth?.eventTimes.length]).toEqual([2, 3]);
    expect(all).toMatchObject([{ code: 'EVENTS_LATE', data: { nEvents: 3, nLate: 1 } }]);
  });

  test('shows the average so far as events come, and not more often than it is told to', () => {
    const told = [1, 1.01, 1.02, 3].map((time) => [time, time] as const);
    const made = live(cutActivation(run, [1]), told, { window: [-0.1, 0.1], every: 0.25 });
    expect(made.map(({ nUsed }) => nUsed)).toEqual([1, 3, 4, 4]);
    expect(made.at(-1)).toEqual(batch([1, 1.01, 1.02, 3], { window: [-0.1, 0.1] }));
  });

  test('takes TTL events of one line that switch it on, and crossings of one assembly', () => {
    const triggers: Trigger[] = [
      { kind: 'trigger', time: 1, line: 1, isOn: true },
      { kind: 'trigger', time: 2, line: 1, isOn: false },
      { kind: 'trigger', time: 3, line: 2, isOn: true },
      { kind: 'trigger', time: 4, assembly: 1, value: 9 },
      { kind: 'trigger', time: 5, assembly: 2, value: 9 },
    ];
    const times = (options: EventAlignLiveOptions) =>
      collect([run], eventAlignLive(options, from(triggers))).at(-1)?.eventTimes;
    expect(times({})).toEqual(Float64Array.of(1, 3, 4, 5));
    expect(times({ line: 1 })).toEqual(Float64Array.of(1));
    expect(times({ assembly: 2 })).toEqual(Float64Array.of(5));
  });

  test('without events or bins the average is empty, and it says so', () => {
    const { report, codes } = notes();
    const [psth] = collect([run], eventAlignLive({}, EMPTY, report));
    expect([...(psth?.n ?? [])].every((n) => n === 0)).toBe(true);
    const early = triggersAt([2, 1]);
    const [none] = collect([], eventAlignLive({}, from(early), report));
    expect([none?.nUsed, none?.lags.length]).toEqual([0, 0]);
    expect(none?.eventTimes).toEqual(Float64Array.of(1, 2));
    expect(codes()).toEqual(['NO_USABLE_EVENTS', 'NO_USABLE_EVENTS']);
  });

  test('an error in the triggers is one of the average', () => {
    const errors: unknown[] = [];
    const broken = new Subject<Trigger>();
    NEVER.pipe(eventAlignLive({}, broken)).subscribe({ error: (error) => errors.push(error) });
    broken.error('broken');
    expect(errors).toEqual(['broken']);
  });

  test('has manners', () => {
    expectStreamManners(eventAlignLive({}, from(triggersAt([1, 2]))), cutActivation(run, [300]));
  });
});
