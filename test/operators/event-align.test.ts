import fc from 'fast-check';
import { EMPTY, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { selectEventTimes } from '../../src/math/event-times.ts';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import { type Epochs, intersectIntervals } from '../../src/model/epochs.ts';
import type { Events, Psth } from '../../src/model/events.ts';
import type { Report } from '../../src/model/report.ts';
import { type EventAlignOptions, eventAlign } from '../../src/operators/event-align.ts';
import {
  activationRun,
  chunkSizes,
  collect,
  cutActivation,
  expectStreamManners,
  failure,
  notes,
} from '../support/streams.ts';

function eventsOf(starts: readonly number[], stops = starts, peaks = starts): Events {
  const [a, b, c] = [starts, stops, peaks].map((times) => Float64Array.from(times));
  return { kind: 'events', name: 'ripples', starts: a, stops: b, peaks: c };
}

const epochs: Epochs = {
  kind: 'epochs',
  domain: { start: 0, end: 10 },
  recorded: [],
  epochs: [{ name: 'one', environment: 'sleep', start: 0, end: 5 }],
  states: new Map([
    [
      'NREM',
      [
        { start: 1, end: 2 },
        { start: 2, end: 3 },
        { start: 4, end: 6 },
      ],
    ],
  ]),
  roles: undefined,
};

const run = activationRun([Array.from({ length: 1000 }, (_, k) => k), new Array(1000).fill(2)]);

function align(
  chunks: readonly ActivationChunk[],
  events: Events,
  options: EventAlignOptions = {},
  report?: Report,
): Psth {
  const made = collect(chunks, eventAlign(options, of(events), of(epochs), report));
  expect(made).toHaveLength(1);
  return made[0];
}

describe('event-align', () => {
  test('averages, with the error of the mean', () => {
    const { mean, sem, n, eventTimes, nUsed, convention } = align(
      [run],
      eventsOf([1.005, 2.005, 3.005]),
      { window: [-0.01, 0.01] },
    );
    expect([...(mean[0] ?? [])]).toEqual([199, 200, 201]);
    expect(sem[0]?.[1]).toBeCloseTo(100 / Math.sqrt(3), 10);
    expect([...(sem[1] ?? [])]).toEqual([0, 0, 0]);
    expect([...n]).toEqual([3, 3, 3]);
    expect([...eventTimes]).toEqual([1.005, 2.005, 3.005]);
    expect([nUsed, convention]).toEqual([3, 'exact']);
  });

  test('an event belongs to the epoch its time lies in', () => {
    const events = eventsOf([0.9, 1, 1.99, 3, 4.5, 5.5], [1.1, 1.1, 2.1, 3.1, 4.6, 5.6]);
    const times = (options: EventAlignOptions) => [...align([run], events, options).eventTimes];
    expect(times({})).toEqual([0.9, 1, 1.99, 3, 4.5, 5.5]);
    expect(times({ in: 'NREM' })).toEqual([1, 1.99, 4.5, 5.5]);
    expect(times({ in: 'NREM & one' })).toEqual([1, 1.99, 4.5]);
    // One clipped at the start of a bout, one in two bouts.
    expect(times({ in: 'NREM & one', membership: 'clipped' })).toEqual([1, 1, 1.99, 2, 4.5]);
  });

  test('clipped events are those of the reference: (events & state) & epoch', () => {
    const times = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(times, times, (events, bouts) => {
        const spans = (pairs: typeof events) =>
          pairs
            .map(([a, d]) => ({ start: a / 10, end: (a + d) / 10 }))
            .sort((x, y) => x.start - y.start);
        const [ripples, nrem] = [spans(events), spans(bouts)];
        const epoch = [{ start: 1.5, end: 4.2 }];
        const expected = intersectIntervals(intersectIntervals(ripples, nrem), epoch);
        const starts = ripples.map(({ start }) => start);
        const chosen = selectEventTimes(
          eventsOf(
            starts,
            ripples.map(({ end }) => end),
          ),
          intersectIntervals(epoch, nrem),
          { at: 'start', membership: 'clipped' },
        );
        expect([...chosen]).toEqual(expected.map(({ start }) => start));
      }),
    );
  });

  test('peaks, where there are some', () => {
    const { report, all } = notes();
    const events = eventsOf([1, 2, 3], [1.1, 2.1, 3.1], [1.05, Number.NaN, 3.07]);
    expect([...align([run], events, { at: 'peak' }, report).eventTimes]).toEqual([1.05, 3.07]);
    expect(all).toMatchObject([{ code: 'EVENTS_WITHOUT_PEAK', data: { nWithout: 1 } }]);
  });

  test('without a usable event there is nothing, and that is said', () => {
    for (const convention of ['exact', 'neuro-py-fast', 'neuro-py'] as const) {
      for (const events of [eventsOf([]), eventsOf([50])]) {
        const { report, codes } = notes();
        const { mean, sem, n, nUsed } = align([run], events, { convention }, report);
        expect(nUsed).toBe(0);
        expect([mean[0], sem[1]].every((curve) => curve?.every(Number.isNaN))).toBe(true);
        expect(n.every((count) => count === 0)).toBe(true);
        expect(codes()).toEqual(['NO_USABLE_EVENTS']);
      }
    }
  });

  test('says which events were not used, and that gaps were passed over', () => {
    const { report, codes } = notes();
    const later = activationRun([new Array(500).fill(1), new Array(500).fill(1)], { origin: 20 });
    align([run, later], eventsOf([5, 50]), { convention: 'neuro-py-fast' }, report);
    align([run, later], eventsOf([5]), { convention: 'neuro-py' }, report);
    align([run, later], eventsOf([5]), {}, report);
    expect(codes()).toEqual(['EVENTS_UNUSED', 'GAPS_IGNORED', 'GAPS_IGNORED']);
  });

  test('a stream without bins', () => {
    const empty = activationRun([[], []]);
    expect(align([empty], eventsOf([1]))).toMatchObject({ nUsed: 0, mean: [{}, {}] });
    expect(align([{ ...empty, binSize: 0 }], eventsOf([1]))).toMatchObject({ mean: [], nUsed: 0 });
    expect(align([], eventsOf([1]))).toMatchObject({ eventTimes: Float64Array.of(1) });
    expect(align([activationRun([])], eventsOf([1])).mean).toEqual([]);
  });

  test('refuses options that do not go together', () => {
    const code = (options: EventAlignOptions) =>
      (failure(() => align([run], eventsOf([1]), options)) as { code: string }).code;
    expect(code({ convention: 'neuro-py', window: [-0.2, 0.5] })).toBe('ASYMMETRIC_WINDOW');
    expect(code({ convention: 'neuro-py-fast', window: [0, 0.5] })).toBe('ASYMMETRIC_WINDOW');
    expect(code({ membership: 'clipped', at: 'peak' })).toBe('CLIPPED_PEAKS');
    expect(code({ window: [0.5, -0.5] })).toBe('BAD_OPTION');
    expect(code({ window: [0.001, 0.002] })).toBe('WINDOW_TOO_NARROW');
    expect(code({ in: 'nowhere' })).toBe('UNKNOWN_EPOCH');
    const without = failure(() => eventAlign({ in: 'all' }, of(eventsOf([]))));
    expect(without).toMatchObject({ code: 'NO_EPOCHS' });
    expect(failure(() => collect([run], eventAlign({}, EMPTY)))).toMatchObject({
      code: 'NO_EVENTS',
    });
  });

  test('has the manners of a stream', () => {
    expectStreamManners(eventAlign({}, of(eventsOf([5]))), cutActivation(run, [300]));
  });
});

describe.each(['exact', 'neuro-py-fast', 'neuro-py'] as const)('%s', (convention) => {
  const value = fc.double({ min: -5, max: 50, noNaN: true });
  const bins = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 80 });
  const gaps = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 0.6, noNaN: true }));
  const streams = fc.array(fc.tuple(gaps, bins), { minLength: 1, maxLength: 3 }).map((runs) => {
    let end = 0;
    return runs.map(([gap, rows]) => {
      const columns = [rows.map(([a]) => a), rows.map(([, b]) => b)];
      const made = activationRun(columns, { origin: end + gap });
      end = made.end;
      return made;
    });
  });
  const times = fc.array(fc.double({ min: -0.5, max: 3, noNaN: true }), { maxLength: 20 });
  const widths = fc.constantFrom(0.01, 0.035, 0.1, 0.5);

  test('cuts change no bit', () => {
    fc.assert(
      fc.property(streams, times, widths, chunkSizes, (runs, starts, width, sizes) => {
        const options: EventAlignOptions = { convention, window: [-width, width] };
        const events = eventsOf(starts.sort((a, b) => a - b));
        const pieces = runs.flatMap((part) => cutActivation(part, sizes));
        expect(align(pieces, events, options)).toEqual(align(runs, events, options));
      }),
    );
  });

  test('permuting assemblies permutes the curves', () => {
    fc.assert(
      fc.property(streams, times, (runs, starts) => {
        const options: EventAlignOptions = { convention, window: [-0.05, 0.05] };
        const swapped = runs.map((part) => ({ ...part, columns: [...part.columns].reverse() }));
        const plain = align(runs, eventsOf(starts), options);
        const found = align(swapped, eventsOf(starts), options);
        expect(found.mean).toEqual([...plain.mean].reverse());
        expect(found.sem).toEqual([...plain.sem].reverse());
      }),
    );
  });
});

test('exact agrees with looking every bin up', () => {
  const starts = fc.array(fc.double({ min: 0, max: 9.99, noNaN: true }), { maxLength: 15 });
  fc.assert(
    fc.property(starts, (list) => {
      const found = align([run], eventsOf(list.sort((a, b) => a - b)), { window: [-0.1, 0.07] });
      found.lags.forEach((_, i) => {
        const bins = list
          .map((t) => run.times.findIndex((_, k) => t < (k + 1) * 0.01) + i - 10)
          .filter((k) => k >= 0 && k < 1000);
        expect(found.n[i]).toBe(bins.length);
        const mean = bins.reduce((sum, k) => sum + k, 0) / bins.length;
        if (bins.length > 0) expect(found.mean[0]?.[i]).toBeCloseTo(mean, 9);
      });
    }),
  );
});
