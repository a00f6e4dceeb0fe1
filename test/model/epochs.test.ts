import { describe, expect, test } from 'vitest';
import {
  complementIntervals,
  compressEpochs,
  findMultitaskPrePost,
  findPrePost,
  intersectIntervals,
  mergeIntervals,
  sortIntervals,
  totalDuration,
} from '../../src/model/epochs.ts';
import { createLabelPattern } from '../../src/model/label-pattern.ts';
import { loadGoldenJson } from '../support/golden.ts';

type Pair = readonly [number, number];
type Triples = readonly (readonly number[])[] | null;
type CompressedEpoch = readonly [string, string, number, number];

interface SessionCase {
  readonly env: readonly string[];
  readonly find_pre_task_post: { readonly index: readonly number[] } | null;
  readonly 'multitask flank=false common=false': Triples;
  readonly 'multitask flank=false common=true': Triples;
  readonly 'multitask flank=true common=false': Triples;
  readonly 'multitask flank=true common=true': Triples;
  readonly 'multitask tag=linear': Triples;
  readonly compress: readonly CompressedEpoch[];
  readonly 'compress sleep': readonly CompressedEpoch[];
}

interface Cases {
  readonly session: readonly SessionCase[];
  readonly epochs: {
    readonly intersect: readonly {
      a: readonly Pair[];
      b: readonly Pair[];
      intersect: readonly Pair[];
    }[];
    readonly construct: readonly {
      readonly input: readonly Pair[];
      readonly data: readonly Pair[];
      readonly merged: readonly Pair[];
      readonly length: number;
    }[];
  };
}

const spans = (...pairs: readonly Pair[]) => pairs.map(([start, end]) => ({ start, end }));

const golden = loadGoldenJson<Cases>('unit_cases.json');
const goldenTest = test.skipIf(golden === undefined);

describe('against neuro_py and nelpy', () => {
  goldenTest('which epochs are pre, task and post', () => {
    for (const { env, ...expected } of golden?.session ?? []) {
      const found = findPrePost(env);
      expect(found ? Object.values(found) : null).toEqual(
        expected.find_pre_task_post?.index ?? null,
      );
      for (const postSleepFlank of [false, true]) {
        for (const preSleepCommon of [false, true]) {
          const key = `multitask flank=${postSleepFlank} common=${preSleepCommon}` as const;
          const triples = findMultitaskPrePost(env, { postSleepFlank, preSleepCommon });
          expect(triples?.map((triple) => Object.values(triple)) ?? null).toEqual(expected[key]);
        }
      }
      const isTask = createLabelPattern('linear', { isCaseInsensitive: true });
      const tagged = findMultitaskPrePost(env, { isTask });
      expect(tagged?.map((triple) => Object.values(triple)) ?? null).toEqual(
        expected['multitask tag=linear'],
      );
    }
  });

  goldenTest('intersections', () => {
    for (const { a, b, intersect } of golden?.epochs.intersect ?? []) {
      const found = intersectIntervals(sortIntervals(spans(...a)), sortIntervals(spans(...b)));
      expect(found).toEqual(spans(...intersect));
    }
  });

  goldenTest('sorted and merged intervals, and their duration', () => {
    for (const { input, data, merged, length } of golden?.epochs.construct ?? []) {
      expect(sortIntervals(spans(...input))).toEqual(spans(...data));
      expect(mergeIntervals(spans(...input))).toEqual(spans(...merged));
      expect(totalDuration(spans(...input))).toBeCloseTo(length, 12);
    }
  });

  goldenTest('runs of one environment become one epoch', () => {
    for (const { env, compress, 'compress sleep': sleepOnly } of golden?.session ?? []) {
      const epochs = env.map((environment, i) => {
        return { name: `e${i}`, environment, start: i * 100, end: i * 100 + 99 };
      });
      const rows = (list: typeof epochs) =>
        list.map(({ name, environment, start, end }) => [name, environment, start, end]);
      expect(rows(compressEpochs(epochs))).toEqual(compress);
      expect(rows(compressEpochs(epochs, 'sleep'))).toEqual(sleepOnly);
    }
  });
});

test('epochs without an environment are never joined', () => {
  const epochs = spans([0, 1], [1, 2]).map((span) => ({ ...span, name: '', environment: '' }));
  expect(compressEpochs(epochs)).toEqual(epochs);
});

test('sorting keeps ties and empty spans', () => {
  expect(sortIntervals(spans([2, 3], [0, 5], [2, 2]))).toEqual(spans([0, 5], [2, 3], [2, 2]));
});

test('merging joins what touches', () => {
  expect(mergeIntervals(spans([4, 5], [0, 1], [1, 2], [4.5, 4.6]))).toEqual(spans([0, 2], [4, 5]));
  expect(totalDuration(spans([4, 5], [0, 1], [1, 2], [4.5, 4.6]))).toBe(3);
});

test('intersecting clips, and keeps what overlaps itself', () => {
  const found = intersectIntervals(spans([0, 10], [5, 6]), spans([2, 3], [5.5, 20], [4, 4]));
  expect(found).toEqual(spans([2, 3], [4, 4], [5.5, 10], [5.5, 6]));
  expect(intersectIntervals(spans([0, 1]), spans([1, 2]))).toEqual([]);
});

test('the complement has no empty gaps', () => {
  const domain = { start: 0, end: 10 };
  expect(complementIntervals(spans([0, 2], [2, 3], [5, 12]), domain)).toEqual(spans([3, 5]));
  expect(complementIntervals([], domain)).toEqual([domain]);
});
