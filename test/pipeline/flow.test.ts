import {
  concatMap,
  filter,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  share,
  take,
  toArray,
} from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Flow, fromPull, stage } from '../../src/pipeline/flow.ts';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function* countTo(n: number, pulled: { count: number }): Generator<number> {
  for (let i = 0; i < n; i++) {
    pulled.count++;
    yield i;
  }
}

describe('a slow sink', () => {
  test.each([50, 1000])('holds at most two of %i chunks', async (n) => {
    const flow = new Flow(2);
    const pulled = { count: 0 };
    let written = 0;
    let ahead = 0;
    const work = fromPull(() => countTo(n, pulled), flow).pipe(
      map((i) => new Float64Array(8).fill(i)),
      stage(flow, async () => {
        ahead = Math.max(ahead, pulled.count - written);
        await (n > 100 ? Promise.resolve() : wait(1));
        written++;
      }),
      ignoreElements(),
    );
    await lastValueFrom(work, { defaultValue: undefined });
    expect(written).toBe(n);
    expect(flow.most).toBeLessThanOrEqual(2);
    expect(ahead).toBeLessThanOrEqual(3);
    expect(flow.held).toBe(0);
  });

  test('two sinks of different speed on one source', async () => {
    const flow = new Flow(2);
    const source = fromPull(() => countTo(40, { count: 0 }), flow).pipe(share());
    const slow = source.pipe(stage(flow, () => wait(2)));
    const fast = source.pipe(stage(flow, () => Promise.resolve()));
    await lastValueFrom(merge(slow, fast).pipe(ignoreElements()), { defaultValue: undefined });
    expect(flow.most).toBeLessThanOrEqual(4);
    expect(flow.held).toBe(0);
  });
});

describe('between source and sink', () => {
  test('an operator may swallow and split', async () => {
    const flow = new Flow(2);
    const seen = await lastValueFrom(
      fromPull(() => countTo(100, { count: 0 }), flow).pipe(
        filter((i) => i % 10 === 0),
        mergeMap((i) => from([i, i + 0.5])),
        stage(flow, async (i) => i),
        toArray(),
      ),
    );
    expect(seen).toHaveLength(20);
    expect(seen.slice(0, 4)).toEqual([0, 0.5, 10, 10.5]);
    expect(flow.held).toBe(0);
  });

  test('without the gate an asynchronous step would queue: the reason the gate exists', async () => {
    const pulled = { count: 0 };
    let written = 0;
    let ahead = 0;
    await lastValueFrom(
      from(countTo(100, pulled)).pipe(
        concatMap(async () => {
          ahead = Math.max(ahead, pulled.count - written);
          await Promise.resolve();
          written++;
        }),
      ),
    );
    expect(ahead).toBeGreaterThan(90);
  });
});

describe('endings', () => {
  test('an error in the sink closes the source', async () => {
    const flow = new Flow(2);
    let isClosed = false;
    function* source(): Generator<number> {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        isClosed = true;
      }
    }
    const failing = fromPull(source, flow).pipe(
      stage(flow, async (i) => {
        if (i === 5) throw new Error('disk full');
      }),
    );
    await expect(lastValueFrom(failing)).rejects.toThrow('disk full');
    await wait(5);
    expect(isClosed).toBe(true);
    expect(flow.held).toBe(0);
  });

  test('taking a few closes the source', async () => {
    const flow = new Flow(2);
    const pulled = { count: 0 };
    const seen = await lastValueFrom(
      fromPull(() => countTo(1000, pulled), flow).pipe(take(3), toArray()),
    );
    expect(seen).toEqual([0, 1, 2]);
    await wait(5);
    expect(pulled.count).toBeLessThan(10);
  });

  test('an error of the source reaches the subscriber', async () => {
    const flow = new Flow();
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error('damaged');
    }
    await expect(lastValueFrom(fromPull(source, flow))).rejects.toThrow('damaged');
  });

  test('timers run beside a source that never waits', async () => {
    const flow = new Flow();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const end = performance.now() + 150;
    function* source(): Generator<number> {
      while (performance.now() < end) yield 1;
    }
    await lastValueFrom(fromPull(source, flow).pipe(ignoreElements()), { defaultValue: undefined });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });
});
