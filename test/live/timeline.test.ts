import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Timeline } from '../../src/live/timeline.ts';
import type { Break, TimelineOptions } from '../../src/live/timeline-types.ts';
import { nextAfter } from '../../src/math/next-after.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';

const usual: TimelineOptions = {
  nUnits: 4,
  lateness: 0.1,
  maxSilence: 10,
  maxLate: 2,
  maxQueued: 1000,
  whenFull: 'fail',
};

function create(options: Partial<TimelineOptions> = {}) {
  const breaks: Break[] = [];
  const timeline = new Timeline({ ...usual, ...options }, (found) => breaks.push(found));
  return { timeline, breaks };
}

function takeAll(timeline: Timeline): SpikeChunk[] {
  const chunks: SpikeChunk[] = [];
  for (let chunk = timeline.take(); chunk; chunk = timeline.take()) chunks.push(chunk);
  return chunks;
}

type Sent = readonly [time: number, unit: number | undefined];

function feed(timeline: Timeline, messages: readonly Sent[]): SpikeChunk[] {
  const chunks: SpikeChunk[] = [];
  for (const [time, unit] of messages) {
    timeline.accept(time, unit, time);
    chunks.push(...takeAll(timeline));
  }
  timeline.end(0);
  return [...chunks, ...takeAll(timeline)];
}

/** Chunks joined where they touch: runs, with their spikes as [time, unit]. */
function runsOf(chunks: readonly SpikeChunk[]) {
  const runs: { start: number; end: number; spikes: [number, number][] }[] = [];
  for (const { start, end, times, units } of chunks) {
    const spikes = [...times].map((time, i): [number, number] => [time, units[i]]);
    expect(spikes.every(([time]) => time >= start && time < end)).toBe(true);
    const last = runs.at(-1);
    if (last?.end === start) {
      last.end = end;
      last.spikes.push(...spikes);
    } else runs.push({ start, end, spikes });
  }
  return runs;
}

/** Sample numbers of ascending messages at 1 kHz, none further than a second from the next. */
const sorted = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let sample = 0;
    return steps.map(([step, unit]): [number, number] => {
      sample += step;
      return [sample / 1000, unit];
    });
  });

describe('order', () => {
  test('messages reordered within the lateness give what those in order give, and none is late', () => {
    fc.assert(
      fc.property(
        sorted,
        fc.array(fc.double({ min: 0, max: 0.099, noNaN: true }), {
          minLength: 60,
          maxLength: 60,
        }),
        (messages, delays) => {
          const shuffled = messages
            .map((message, i) => ({ message, at: message[0] + delays[i] }))
            .sort((a, b) => a.at - b.at)
            .map(({ message }) => message);
          const a = create();
          const b = create();
          const expected = runsOf(feed(a.timeline, messages));
          expect(runsOf(feed(b.timeline, shuffled))).toEqual(expected);
          expect(b.timeline.counts).toEqual(a.timeline.counts);
          expect(b.timeline.counts.late).toBe(0);
          expect(expected).toEqual([
            {
              start: messages[0][0],
              end: nextAfter(messages[messages.length - 1][0]),
              spikes: messages,
            },
          ]);
        },
      ),
    );
  });

  test('no spike is lost or made, whatever the order', () => {
    const spike = fc.tuple(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.integer({ min: 0, max: 3 }),
    );
    const interruption = fc.constantFrom('reconnect', 'lost', 'restart');
    const any = fc.array(fc.oneof({ weight: 9, arbitrary: spike }, interruption), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(any, (steps) => {
        const { timeline } = create({ maxSilence: 3 });
        const chunks: SpikeChunk[] = [];
        for (const step of steps) {
          if (typeof step === 'string') timeline.interrupt(0, step);
          else timeline.accept(...step, 0);
          chunks.push(...takeAll(timeline));
        }
        timeline.end(0);
        chunks.push(...takeAll(timeline));
        const messages = steps.filter((step) => typeof step !== 'string');
        const nGiven = chunks.reduce((sum, { times }) => sum + times.length, 0);
        const nLate = chunks.reduce((sum, { late }) => sum + (late?.times.length ?? 0), 0);
        const { counts } = timeline;
        expect(counts.spikes).toBe(messages.length);
        expect(nLate + counts.duplicates).toBeGreaterThanOrEqual(counts.late);
        expect(nLate).toBeLessThanOrEqual(counts.late);
        expect(nGiven + counts.late + counts.duplicates + counts.strays).toBe(messages.length);
        runsOf(chunks);
      }),
    );
  });

  test('the chunks do not depend on when they are taken', () => {
    fc.assert(
      fc.property(sorted, (messages) => {
        const a = create();
        for (const [time, unit] of messages) a.timeline.accept(time, unit, time);
        a.timeline.end(0);
        const atOnce = runsOf(takeAll(a.timeline));
        expect(runsOf(feed(create().timeline, messages))).toEqual(atOnce);
      }),
    );
  });
});

describe('the watermark', () => {
  test('lies the lateness behind the latest message; what is older than it is late, counted and given out', () => {
    const { timeline } = create();
    timeline.accept(1, 0, 0);
    timeline.accept(2, 1, 0);
    expect(timeline.watermark).toBe(1.9);
    timeline.accept(1.5, 2, 0);
    timeline.accept(1.95, 3, 0);
    const [chunk] = takeAll(timeline);
    expect(chunk).toMatchObject({ start: 1, end: 1.9, nUnits: 4 });
    expect([...chunk.times]).toEqual([1]);
    expect(chunk.late).toEqual({ times: Float64Array.of(1.5), units: Int32Array.of(2) });
    expect(timeline.counts).toMatchObject({ messages: 4, spikes: 4, late: 1, gaps: 0 });
    timeline.end(0);
    expect(takeAll(timeline).flatMap(({ times }) => [...times])).toEqual([1.95, 2]);
  });

  test('late spikes that no chunk follows still come out', () => {
    const { timeline } = create({ idleAfter: 0.5 });
    timeline.accept(1, 0, 0);
    timeline.tick(5);
    takeAll(timeline);
    timeline.accept(4, 1, 5);
    timeline.end(0);
    expect(takeAll(timeline).map(({ late }) => late?.times[0])).toEqual([4]);
  });

  test('in silence it follows the wall clock, idleAfter and the lateness behind it', () => {
    const { timeline } = create({ idleAfter: 0.5 });
    timeline.accept(10, 0, 100);
    timeline.tick(100.4);
    expect(timeline.watermark).toBeNaN();
    timeline.tick(101);
    expect(timeline.watermark).toBeCloseTo(10.4, 12);
    timeline.tick(103);
    expect(timeline.watermark).toBeCloseTo(12.4, 12);
    timeline.accept(13.05, 1, 103.05);
    timeline.end(0);
    const chunks = takeAll(timeline);
    expect(runsOf(chunks)).toHaveLength(1);
    expect(timeline.counts).toMatchObject({ late: 0, gaps: 0 });
  });

  test('an hour of silence that the wall clock explains is no gap', () => {
    const { timeline, breaks } = create({ idleAfter: 0.5 });
    timeline.accept(10, 0, 100);
    timeline.tick(3700);
    timeline.accept(3610, 1, 3700);
    timeline.end(0);
    expect(breaks).toEqual([]);
    expect(runsOf(takeAll(timeline))).toHaveLength(1);
  });

  test('without the wall clock only messages move it, those without a spike too', () => {
    const { timeline } = create();
    timeline.accept(10, 0, 100);
    timeline.tick(1000);
    expect(takeAll(timeline)).toEqual([]);
    timeline.accept(11, undefined, 1000);
    expect(timeline.watermark).toBe(10.9);
    expect(timeline.counts).toMatchObject({ messages: 2, spikes: 1 });
  });

  test('a stated start opens the run at once; what is before it is counted and left out', () => {
    const { timeline } = create({ start: 5 });
    timeline.accept(4, 0, 0);
    timeline.accept(7, 1, 0);
    expect(takeAll(timeline)).toMatchObject([{ start: 5, end: 6.9 }]);
    expect(timeline.counts.early).toBe(1);
  });
});

describe('breaks', () => {
  const before: Sent[] = [
    [100, 0],
    [100.5, 1],
  ];

  test('a clock that starts again begins a run, and loses no spike', () => {
    const { timeline, breaks } = create();
    const runs = runsOf(feed(timeline, [...before, [0.1, 2], [0.2, 3], [0.4, 0]]));
    expect(runs.map(({ start }) => start)).toEqual([100, 0.1]);
    expect(runs[1].spikes).toEqual([
      [0.1, 2],
      [0.2, 3],
      [0.4, 0],
    ]);
    expect(breaks).toEqual([{ why: 'restart', end: nextAfter(100.5), start: 0.1 }]);
    expect(timeline.counts).toMatchObject({ restarts: 1, gaps: 0, late: 0, strays: 0 });
  });

  test('a step forward beyond maxSilence is a gap', () => {
    const { timeline, breaks } = create();
    const runs = runsOf(feed(timeline, [...before, [150, 2], [150.2, 3]]));
    expect(runs.map(({ start, end }) => [start, end])).toEqual([
      [100, nextAfter(100.5)],
      [150, nextAfter(150.2)],
    ]);
    expect(breaks).toEqual([{ why: 'gap', end: nextAfter(100.5), start: 150 }]);
    expect(timeline.counts).toMatchObject({ restarts: 0, gaps: 1 });
  });

  test('one damaged number among sound ones is a stray, and breaks nothing', () => {
    const more: Sent[] = Array.from({ length: 10 }, (_, i) => [101 + i / 10, 1]);
    for (const damaged of [3, 1e9]) {
      const { timeline, breaks } = create();
      const runs = runsOf(feed(timeline, [...before, [damaged, 2], ...more]));
      expect(runs).toHaveLength(1);
      expect(breaks).toEqual([]);
      expect(timeline.counts).toMatchObject({ strays: 1, gaps: 0, restarts: 0 });
    }
  });

  test('the last message of the old clock among the first of the new one loses neither clock', () => {
    const { timeline } = create();
    const runs = runsOf(feed(timeline, [...before, [0.1, 2], [100.6, 3], [0.2, 2]]));
    expect(runs.map(({ spikes }) => spikes.length)).toEqual([3, 2]);
    expect(timeline.counts).toMatchObject({ restarts: 1, strays: 0 });
  });

  test('a connection that was lost begins a run, and the gap is stated', () => {
    const { timeline, breaks } = create();
    for (const [time, unit] of before) timeline.accept(time, unit, 0);
    timeline.interrupt(0, 'reconnect');
    timeline.accept(102, 2, 0);
    timeline.accept(103, 2, 0);
    timeline.end(0);
    expect(runsOf(takeAll(timeline)).map(({ start }) => start)).toEqual([100, 102]);
    expect(breaks).toEqual([{ why: 'reconnect', end: nextAfter(100.5), start: 102 }]);
    expect(timeline.counts.gaps).toBe(1);
  });

  test('messages that were lost begin a run; what lies before the end of the one before is late', () => {
    const { timeline, breaks } = create();
    for (const [time, unit] of before) timeline.accept(time, unit, 0);
    timeline.interrupt(0, 'lost');
    for (const time of [100.45, 100.5, 100.55, 100.52, 101]) timeline.accept(time, 2, 0);
    timeline.end(0);
    const chunks = takeAll(timeline);
    expect(runsOf(chunks)).toEqual([
      { start: 100, end: nextAfter(100.5), spikes: [before[0], before[1]] },
      {
        start: 100.52,
        end: nextAfter(101),
        spikes: [
          [100.52, 2],
          [100.55, 2],
          [101, 2],
        ],
      },
    ]);
    expect(chunks.flatMap(({ late }) => [...(late?.times ?? [])])).toEqual([100.45, 100.5]);
    expect(breaks).toEqual([{ why: 'lost', end: nextAfter(100.5), start: 100.52 }]);
    expect(timeline.counts).toMatchObject({ gaps: 1, restarts: 0, late: 2, strays: 0 });
  });

  test('lost messages and then another clock is a clock that started again', () => {
    const { timeline, breaks } = create();
    for (const [time, unit] of before) timeline.accept(time, unit, 0);
    timeline.interrupt(0, 'lost');
    for (const time of [0.1, 0.05, 0.5]) timeline.accept(time, 2, 0);
    timeline.end(0);
    expect(runsOf(takeAll(timeline)).map(({ start }) => start)).toEqual([100, 0.05]);
    expect(breaks).toMatchObject([{ why: 'lost', start: 0.05 }]);
    expect(timeline.counts).toMatchObject({ gaps: 1, restarts: 1, late: 0 });
  });

  test('a sender that began again begins a run, whatever its clock says', () => {
    for (const time of [99.5, 100.45, 101]) {
      const { timeline, breaks } = create();
      for (const [at, unit] of before) timeline.accept(at, unit, 0);
      timeline.interrupt(0, 'restart');
      timeline.accept(time, 2, 0);
      timeline.end(0);
      expect(runsOf(takeAll(timeline)).map(({ start }) => start)).toEqual([100, time]);
      expect(breaks).toMatchObject([{ why: 'restart', start: time }]);
      expect(timeline.counts).toMatchObject({ gaps: 0, restarts: 1, late: 0 });
    }
  });

  test('a late spike behind the last run comes out with the end', () => {
    for (const isTaken of [false, true]) {
      const { timeline } = create();
      for (const [time, unit] of before) timeline.accept(time, unit, 0);
      timeline.interrupt(0, 'lost');
      const taken = isTaken ? takeAll(timeline) : [];
      timeline.accept(100.2, 3, 0);
      timeline.end(0);
      const chunks = [...taken, ...takeAll(timeline)];
      expect(chunks.flatMap(({ late }) => [...(late?.times ?? [])])).toEqual([100.2]);
      expect(runsOf(chunks).flatMap(({ spikes }) => spikes)).toEqual(before);
      expect(timeline.counts).toMatchObject({ late: 1, spikes: 3 });
    }
  });

  test('a message far from the clock does not agree with one behind an interruption', () => {
    const { timeline } = create();
    const runs = () => runsOf(takeAll(timeline));
    for (const [time, unit] of [...before, [5000, 1] as const]) timeline.accept(time, unit, 0);
    timeline.interrupt(0, 'lost');
    for (const time of [101, 5000.1, 101.1]) timeline.accept(time, 2, 0);
    timeline.end(0);
    expect(runs().map(({ start }) => start)).toEqual([100, 101]);
    expect(timeline.counts).toMatchObject({ strays: 2, gaps: 1 });
  });

  test('a spike that comes twice counts once', () => {
    const { timeline } = create();
    const chunks = feed(timeline, [
      [1, 0],
      [1, 1],
      [1, 0],
      [1.05, 0],
    ]);
    expect(runsOf(chunks)[0].spikes).toEqual([
      [1, 0],
      [1, 1],
      [1.05, 0],
    ]);
    expect(timeline.counts).toMatchObject({ duplicates: 1, spikes: 4 });
  });
});

describe('a full queue', () => {
  const flood = Array.from({ length: 50 }, (_, i): Sent => [i / 10, 0]);

  test('fails, or drops the oldest as a gap; what is left is whole', () => {
    const failing = create({ maxQueued: 20 }).timeline;
    expect(() => {
      for (const [time, unit] of flood) failing.accept(time, unit, 0);
    }).toThrowError(expect.objectContaining({ code: 'LIVE_QUEUE_FULL' }));

    const { timeline, breaks } = create({ maxQueued: 20, whenFull: 'drop-oldest' });
    for (const [time, unit] of flood) {
      timeline.accept(time, unit, 0);
      expect(timeline.queued).toBeLessThanOrEqual(20);
    }
    timeline.end(0);
    const [run, ...others] = runsOf(takeAll(timeline));
    expect(others).toEqual([]);
    const { dropped } = timeline.counts;
    // Ten of twenty, before each of the spikes 20, 30 and 40.
    expect(dropped).toBe(30);
    expect(run.spikes).toEqual(flood.slice(dropped));
    expect(run.start).toBe(flood[dropped][0]);
    expect(breaks.every(({ why }) => why === 'dropped')).toBe(true);
    expect(timeline.counts.gaps).toBe(breaks.length);
  });
});
