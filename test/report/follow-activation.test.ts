import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationBytes } from '../../src/report/budget.ts';
import { createActivationFollower } from '../../src/report/follow-activation.ts';

const step = 0.01;

/** Runs of bins with gaps between them, some longer than a trace, and few different values: many are alike. */
const recordings = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1, 2, 7, 30, 400, 5000),
      values: fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 80 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((runs) => {
    const time: number[] = [];
    const values: number[] = [];
    let bin = 0;
    for (const run of runs) {
      bin += run.gap;
      for (const value of run.values) {
        time.push((bin++ + 0.5) * step);
        values.push(value);
      }
    }
    return { time, values };
  });

interface Rows {
  readonly time: readonly number[];
  readonly values: readonly number[];
}

function follow(
  { time, values }: Rows,
  cuts: readonly number[],
  events: readonly number[],
  bytes: number,
) {
  const nProjections = 2;
  const plan = {
    nAssemblies: 2,
    halfWidth: 0.1,
    nProjections,
    events: [Float64Array.from(events)],
  };
  const follower = createActivationFollower(plan);
  const edges = [0, ...cuts.map((cut) => cut % (time.length + 1)), time.length];
  edges.sort((a, b) => a - b);
  // As a decoder may: the same arrays each time.
  const room = [0, 1, 2].map(() => new Float64Array(time.length));
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1], edges[i]];
    const own = room.map((array) => array.subarray(0, to - from));
    own[0]?.set(time.slice(from, to));
    own[1]?.set(values.slice(from, to));
    own[2]?.set(values.slice(from, to).map((value) => -value));
    const [times = new Float64Array(0), ...columns] = own;
    follower.add({ time: times, columns });
  }
  return follower.finish(activationBytes(nProjections, bytes));
}

test('where blocks are cut changes nothing, whatever room there is in the end', () => {
  fc.assert(
    fc.property(
      recordings,
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.array(fc.nat({ max: 30_000 }), { maxLength: 6 }),
      fc.constantFrom(3.85e6, 3e4, 2e3),
      (recording, cuts, bins, bytes) => {
        const events = bins.map((bin) => bin * step + step / 3).sort((a, b) => a - b);
        const whole = follow(recording, [], events, bytes);
        expect(follow(recording, cuts, events, bytes)).toEqual(whole);
        const each = recording.time.map((_, row) => row);
        expect(follow(recording, each, events, bytes)).toEqual(whole);
      },
    ),
    { numRuns: 200 },
  );
});

test('a long recording is the same in blocks of a minute and in row groups', () => {
  const n = 70_000;
  const time = Array.from({ length: n }, (_, bin) => 20_000 + (bin + 0.5) * step);
  const values = time.map((_, bin) => (bin * 7919) % 1009);
  const events = time.filter((_, bin) => bin % 997 === 5);
  const cutsOf = (rows: number) =>
    Array.from({ length: Math.floor(n / rows) }, (_, i) => (i + 1) * rows);
  for (const bytes of [3.85e6, 2e5]) {
    const byMinutes = follow({ time, values }, cutsOf(6000), events, bytes);
    expect(byMinutes).toEqual(follow({ time, values }, cutsOf(65_536), events, bytes));
    expect(byMinutes).toEqual(follow({ time, values }, cutsOf(4095), events, bytes));
    expect(byMinutes.pyramid?.isExact).toBe(bytes > 1e6);
    expect(byMinutes.traces === null).toBe(bytes > 1e6);
    expect(byMinutes.strongest.map(({ length }) => length)).toEqual([40, 40]);
  }
});

test('nothing but the number of assemblies is known of activation without bins', () => {
  expect(follow({ time: [], values: [] }, [], [], 1e6)).toEqual({
    pyramid: null,
    traces: null,
    strongest: [[], []],
  });
});
