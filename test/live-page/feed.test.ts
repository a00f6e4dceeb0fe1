import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveStatus, RecordedWire } from '../../src/define.ts';
import { createAudience } from '../../src/live-page/audience.ts';
import { createFeed } from '../../src/live-page/feed.ts';
import type { Frame } from '../../src/live-page/frame.ts';
import { createRates } from '../../src/live-page/rates.ts';
import { createTraces } from '../../src/live-page/traces.ts';
import type { ActivationChunk, Trigger } from '../../src/model/chunk.ts';
import type { Psth } from '../../src/model/events.ts';
import { activationRun, cutActivation, spikeRun } from '../support/streams.ts';

const activity: RecordedWire = {
  node: 'activity',
  op: 'project',
  port: 'activation',
  type: 'activation',
};
const average: RecordedWire = {
  node: 'around',
  op: 'event-align-live',
  port: 'psth',
  type: 'psth',
};
const crossings: RecordedWire = {
  node: 'high',
  op: 'threshold',
  port: 'triggers',
  type: 'triggers',
};

function psthOf(nUsed: number): Psth {
  return {
    kind: 'psth',
    lags: Float64Array.of(-0.01, 0),
    mean: [Float64Array.of(Number.NaN, 2.5)],
    sem: [Float64Array.of(Number.NaN, Number.NaN)],
    n: Int32Array.of(0, 1),
    eventTimes: Float64Array.of(1, 2),
    nUsed,
    convention: 'exact',
  };
}

/** A feed and its audience on a clock that is moved by hand. */
function stage(sources: () => { node: string; status: LiveStatus }[] = () => []) {
  let time = 100;
  const feed = createFeed({ staleAfter: 2, now: () => time, sources });
  const audience = createAudience(feed);
  const pass = (seconds: number): void => {
    time += seconds;
    audience.tick();
  };
  return { feed, audience, pass };
}

async function read(next: () => Promise<string | undefined>): Promise<Frame> {
  const text = await next();
  if (text === undefined) throw new Error('there is no more');
  return JSON.parse(text) as Frame;
}

/** A chunk of so many bins that continues a run. */
function bins(from: number, n: number, value = 1, nAssemblies = 1): ActivationChunk {
  const columns = Array.from({ length: nAssemblies }, () => new Array<number>(n).fill(value));
  const run = activationRun(columns, { origin: from * 0.01 });
  return { ...run, firstBin: from };
}

describe('traces', () => {
  test('few bins come as they are, many thinned out to their largest values', () => {
    const traces = createTraces('activity');
    traces.push(activationRun([[1, Number.NaN, 3]]));
    expect(traces.take()).toEqual({
      node: 'activity',
      nAssemblies: 1,
      times: [0.005, 0.015, 0.025],
      columns: [[1, null, 3]],
      nBinsPerPoint: 1,
    });
    expect(traces.take()).toBeUndefined();
  });

  test('no peak is lost, however much comes and however it is cut', () => {
    const columns = fc.array(fc.integer({ min: -5, max: 1000 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 50 }), (column, size) => {
        const traces = createTraces('activity');
        for (const chunk of cutActivation(activationRun([column]), [size])) traces.push(chunk);
        const frame = traces.take();
        if (!frame) throw new Error('nothing came');
        const { times, nBinsPerPoint: width } = frame;
        expect(times.length).toBeLessThanOrEqual(32);
        expect(times.length).toBe(Math.ceil(column.length / width));
        const expected = times.map((_, i) => Math.max(...column.slice(i * width, (i + 1) * width)));
        expect(frame.columns[0]).toEqual(expected);
      }),
    );
  });

  test('what is kept of the past has a bound', () => {
    const traces = createTraces('activity');
    for (let i = 0; i < 400; i++) {
      traces.push(bins(10 * i, 10, i));
      traces.take();
    }
    const { times, columns } = traces.history();
    expect([times.length, columns[0]?.length]).toEqual([1800, 1800]);
    expect(times.at(-1)).toBeCloseTo(39.995, 9);
    expect(columns[0]?.at(-1)).toBe(399);
  });
});

describe('rates', () => {
  test('are over the last second, and begin anew after a gap', () => {
    const rates = createRates('recording');
    expect(rates.now()).toBeUndefined();
    const spikes = Array.from({ length: 300 }, (_, i) => [i * 0.01, i < 200 ? 0 : 1] as const);
    for (let k = 0; k < 30; k++) rates.push(spikeRun(k * 0.1, (k + 1) * 0.1, spikes, 2));
    const [first = Number.NaN, second = Number.NaN] = rates.now()?.rates ?? [];
    expect(first).toBeLessThan(1);
    expect(second).toBeGreaterThan(95);
    expect(second).toBeLessThan(105);
    rates.push(spikeRun(50, 50.5, [[50.1, 0]], 2));
    expect(rates.now()?.rates).toEqual([2, 0]);
  });
});

describe('a feed and its audience', () => {
  test('a page first gets what is there, then what is new', async () => {
    const { feed, audience, pass } = stage();
    feed.chunk(activity, bins(0, 3));
    feed.chunk(crossings, { kind: 'trigger', time: 0.02, assembly: 1, value: 9 } satisfies Trigger);
    feed.psth(average, psthOf(1));
    pass(0.03);
    const page = audience.join();
    const start = await read(page.next);
    expect(start.isStart).toBe(true);
    expect(start.traces[0]?.times).toEqual([0.005, 0.015, 0.025]);
    expect(start.triggers).toEqual([{ node: 'high', time: 0.02, assembly: 1 }]);
    expect(start.psths).toMatchObject([
      { node: 'around', mean: [[null, 2.5]], nUsed: 1, nEvents: 2 },
    ]);
    expect(start.status).toMatchObject({ state: 'running', time: 0.03, nBins: 3, nTriggers: 1 });
    feed.chunk(activity, bins(3, 1, 7));
    pass(0.03);
    const next = await read(page.next);
    expect(next.traces).toMatchObject([{ columns: [[7]], times: [expect.closeTo(0.035, 9)] }]);
    expect([next.isStart, next.triggers, next.psths]).toEqual([undefined, [], []]);
  });

  test('says when nothing has come yet, when it stops, and when it is over', async () => {
    const { feed, audience, pass } = stage();
    const page = audience.join();
    expect((await read(page.next)).status?.state).toBe('waiting');
    feed.chunk(activity, bins(0, 3));
    pass(0.3);
    expect((await read(page.next)).status?.state).toBe('running');
    pass(3);
    expect((await read(page.next)).status).toMatchObject({
      state: 'stale',
      silent: expect.closeTo(3.3, 9),
    });
    feed.chunk(activity, bins(3, 3));
    pass(0.3);
    expect((await read(page.next)).status?.state).toBe('running');
    audience.dismiss();
    expect((await read(page.next)).status?.state).toBe('ended');
    expect(await page.next()).toBeUndefined();
  });

  test('a source that lost its connection shows, and what it counts', async () => {
    const status: LiveStatus = {
      state: 'stale',
      watermark: 12.5,
      queued: 3,
      counts: { late: 2, dropped: 1 },
    };
    const { feed, audience } = stage(() => [{ node: 'rig', status }]);
    feed.chunk(activity, bins(0, 3));
    const start = await read(audience.join().next);
    expect(start.status?.state).toBe('stale');
    expect(start.status?.sources).toEqual([{ node: 'rig', ...status }]);
  });

  test('a page that does not read costs a second of frames, and others nothing', async () => {
    const { feed, audience, pass } = stage();
    const slow = audience.join();
    const quick = audience.join();
    await slow.next();
    await quick.next();
    for (let i = 0; i < 1000; i++) {
      if (i === 1) feed.psth(average, psthOf(2));
      if (i === 2) feed.chunk(crossings, { kind: 'trigger', time: 1, line: 3, isOn: true });
      feed.chunk(activity, bins(i, 1, i));
      pass(1 / 30);
      expect((await read(quick.next)).traces[0]?.columns).toEqual([[i]]);
    }
    expect([slow.nDropped(), quick.nDropped(), audience.nDropped()]).toEqual([970, 0, 970]);
    const first = await read(slow.next);
    expect(first.traces[0]?.columns).toEqual([[970]]);
    // What no later frame says again is not lost with the points.
    expect(first.psths).toMatchObject([{ nUsed: 2 }]);
    expect(first.triggers).toEqual([{ node: 'high', time: 1, line: 3, isOn: true }]);
    let last: Frame | undefined;
    for (let i = 0; i < 29; i++) last = await read(slow.next);
    expect(last?.traces[0]?.columns).toEqual([[999]]);
    slow.leave();
    expect([audience.size(), audience.nDropped()]).toEqual([1, 970]);
    expect(await slow.next()).toBeUndefined();
  });

  test('a page that never begins to read is not given anything', async () => {
    const { feed, audience, pass } = stage();
    const page = audience.join();
    for (let i = 0; i < 100; i++) {
      feed.chunk(activity, bins(i, 1, i));
      pass(1 / 30);
    }
    expect(page.nDropped()).toBe(0);
    expect((await read(page.next)).traces[0]?.times).toHaveLength(100);
  });
});
