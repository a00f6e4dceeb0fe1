import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPyramid, type Pyramid } from '../../src/report/pyramid.ts';

const step = 0.01;

/** Bin centres from 0 on, without those that `gaps` names by index. */
function centres(nBins: number, gaps: ReadonlySet<number> = new Set()): Float64Array {
  return Float64Array.from(
    Array.from({ length: nBins }, (_, bin) => bin).filter((bin) => !gaps.has(bin)),
    (bin) => (bin + 0.5) * step,
  );
}

function build(
  time: Float64Array,
  values: Float64Array,
  capacity: number,
  cuts: readonly number[],
  width = step,
) {
  const builder = createPyramid(1, capacity, width);
  const edges = [0, ...cuts.map((cut) => cut % (time.length + 1)), time.length];
  edges.sort((a, b) => a - b);
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1], edges[i]];
    builder.add({ time: time.subarray(from, to), columns: [values.subarray(from, to)] });
  }
  return builder.finish();
}

/** The same by looking through all bins for every bucket. */
function extremesOf(
  { origin, width, nBuckets }: Pyramid,
  time: Float64Array,
  values: Float64Array,
) {
  return Array.from({ length: nBuckets }, (_, bucket) => {
    const own = [...values].filter((_value, row) => {
      return Math.floor((time[row] - origin) / width) === bucket;
    });
    return own.length > 0 ? [Math.min(...own), Math.max(...own)] : [NaN, NaN];
  });
}

test('each bucket has the lowest and the highest of its bins, wherever blocks are cut', () => {
  const value = fc.double({ noNaN: true, min: -50, max: 500 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 2, maxLength: 300 }),
      fc.integer({ min: 2, max: 64 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (numbers, capacity, cuts) => {
        const time = centres(numbers.length);
        const values = Float64Array.from(numbers);
        const whole = build(time, values, capacity, []);
        if (!whole) throw new Error('no pyramid');
        expect(whole.nBuckets).toBeLessThanOrEqual(capacity);
        expect(whole.nBuckets * 2).toBeGreaterThan(Math.min(numbers.length, capacity - 2));
        const found = [...whole.minima[0]].map((low, i) => [low, whole.maxima[0][i]]);
        expect(found).toEqual(extremesOf(whole, time, values));
        expect(build(time, values, capacity, cuts)).toEqual(whole);
      },
    ),
  );
});

test('made with less room in the end, it is what it were with no more from the start', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.double({ min: -9, max: 9 })), {
        minLength: 1,
        maxLength: 200,
      }),
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: 0, max: 300 }),
      (rows, capacity, more) => {
        let bin = 0;
        const time = Float64Array.from(rows, ([distance]) => {
          bin += distance;
          return (bin + 0.5) * step;
        });
        const columns = [Float64Array.from(rows, ([, value]) => value)];
        const roomy = createPyramid(1, capacity + more, step);
        const tight = createPyramid(1, capacity, step);
        roomy.add({ time, columns });
        tight.add({ time, columns });
        expect(roomy.finish(capacity)).toEqual(tight.finish());
      },
    ),
  );
});

test('it holds the very values where there is room for every bin', () => {
  const values = Float64Array.of(3, -1, 4, -1, 5);
  const pyramid = build(centres(5), values, 8, []);
  expect(pyramid).toMatchObject({ origin: 0, nBuckets: 5, isExact: true });
  expect(pyramid?.width).toBeCloseTo(step, 12);
  expect(pyramid?.minima).toEqual([values]);
  expect(pyramid?.maxima).toEqual([values]);
});

test('joined buckets are not exact, and as wide as a power of two of bins', () => {
  const pyramid = build(centres(9), Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 4, []);
  expect(pyramid).toMatchObject({ nBuckets: 3, isExact: false });
  expect(pyramid?.width).toBeCloseTo(4 * step, 12);
  expect(pyramid?.minima).toEqual([Float64Array.of(1, 5, 9)]);
  expect(pyramid?.maxima).toEqual([Float64Array.of(4, 8, 9)]);
});

test('a gap stays a gap', () => {
  const time = centres(12, new Set([4, 5, 6, 7]));
  const pyramid = build(
    time,
    Float64Array.from(time, (_, i) => i),
    6,
    [],
  );
  expect(pyramid?.minima).toEqual([Float64Array.of(0, 2, NaN, NaN, 4, 6)]);
  expect(pyramid?.maxima).toEqual([Float64Array.of(1, 3, NaN, NaN, 5, 7)]);
});

test('joining buckets that hold one bin each across gaps keeps the values exact', () => {
  // Bins 0, 4 and 8: joined twice they are still alone in their buckets.
  const time = Float64Array.of(0, 4, 8, 8.5);
  const pyramid = build(time, Float64Array.of(1, 2, 3, 4), 40, [], 0.5);
  expect(pyramid).toMatchObject({ isExact: true, nBuckets: 18 });
});

test('NaN is no value', () => {
  const pyramid = build(centres(4), Float64Array.of(NaN, 2, NaN, NaN), 2, []);
  expect(pyramid?.minima).toEqual([Float64Array.of(2, NaN)]);
  expect(pyramid?.maxima).toEqual([Float64Array.of(2, NaN)]);
});

test('nothing makes no pyramid', () => {
  expect(createPyramid(3, 10, step).finish()).toBeUndefined();
});
