import { describe, expect, test } from 'vitest';
import { type CellExplorerOptions, openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { findGolden, loadGoldenJson } from '../support/golden.ts';

interface GoldenIntervals {
  readonly n: number;
  readonly first: readonly (readonly [number, number])[];
  readonly last: readonly (readonly [number, number])[];
  readonly sum_starts: number;
  readonly sum_stops: number;
}

interface GoldenEpoch {
  readonly name: string;
  readonly startTime: number;
  readonly stopTime: number;
  readonly environment: string;
}

interface Golden {
  readonly theta: GoldenIntervals;
  readonly nrem: GoldenIntervals;
  readonly ripples: GoldenIntervals;
  readonly epoch_df: readonly GoldenEpoch[];
  readonly epoch_df_uncompressed: readonly GoldenEpoch[];
  readonly pre_task_post_first: readonly [number, number, number];
  readonly units: readonly {
    readonly uid: number;
    readonly region: string;
    readonly n_spikes: number;
    readonly first: number;
    readonly last: number;
  }[];
  readonly section5: {
    readonly pre_task_post: readonly (readonly number[])[];
    readonly pre_task_post_default: readonly (readonly number[])[];
    readonly support_before_sort: readonly (readonly [number, number])[];
    readonly uids: readonly number[];
  };
}

type Rows = readonly { readonly start: number; readonly end: number }[];

const tutorial = { brainRegion: ['CA1'], cellType: ['Pyramidal Cell'] };

describe.each(['sim_small_11', 'sim_small_12', 'sim_medium_21'])(
  '%s, as neuro_py reads it',
  (name) => {
    const path = findGolden(name) ?? '';
    const golden = loadGoldenJson<Golden>(`${name}.golden.json`);
    const goldenTest = test.skipIf(path === '' || golden === undefined);
    const open = (options: Partial<CellExplorerOptions> = {}) =>
      openCellExplorer({ path, ...tutorial, ...options });

    goldenTest('units and their spikes', async () => {
      const { values, streams } = await open();
      const trains = values.units.kept.map(() => [] as number[]);
      for (const { times, units } of streams.spikes()) {
        for (let s = 0; s < times.length; s++) trains[units[s]].push(times[s]);
      }
      const found = values.units.kept.map(({ id, region, nSpikes }, index) => {
        const [first, last] = [trains[index][0], trains[index].at(-1)];
        expect(trains[index]).toHaveLength(nSpikes);
        return { uid: id, region, n_spikes: nSpikes, first, last };
      });
      expect(found).toEqual(golden?.units);
    });

    goldenTest('epochs, as recorded and compressed, and roles', async () => {
      const { epochs } = (await open()).values;
      const asRows = (list: typeof epochs.epochs) =>
        list.map(({ name, start, end, environment }) => {
          return { name, startTime: start, stopTime: end, environment };
        });
      expect(asRows(epochs.recorded)).toEqual(golden?.epoch_df_uncompressed);
      expect(asRows(epochs.epochs)).toEqual(golden?.epoch_df);
      const [pre, task, post] = golden?.pre_task_post_first ?? [];
      expect(epochs.roles).toEqual({ pre, task, post });
    });

    goldenTest('states and ripples', async () => {
      const { epochs, ripples } = (await open()).values;
      const rows = Array.from(ripples.starts, (start, i) => ({ start, end: ripples.stops[i] }));
      expectIntervals(rows, golden?.ripples);
      expectIntervals(epochs.states.get('THETA'), golden?.theta);
      expectIntervals(epochs.states.get('NREMstate'), golden?.nrem);
    });

    goldenTest('tasks between sleeps', async () => {
      const triples = async (options: Partial<CellExplorerOptions>, n: number) => {
        const found: number[][] = [];
        for (let task = 0; task < n; task++) {
          const { roles } = (await open({ roles: 'multitask', task, ...options })).values.epochs;
          if (roles) found.push([roles.pre, roles.task, roles.post]);
        }
        return found;
      };
      const { pre_task_post: flanked = [], pre_task_post_default: all = [] } =
        golden?.section5 ?? {};
      expect(await triples({}, all.length)).toEqual(all);
      const options = { postSleepFlank: true, preSleepCommon: true };
      expect(await triples(options, flanked.length)).toEqual(flanked);
      await expect(open({ roles: 'multitask', task: all.length })).rejects.toThrow(
        'counted from 0',
      );
    });

    goldenTest('the span from the first kept spike to the last', async () => {
      const options = { brainRegion: ['CA1|PFC'], cellType: ['Pyr'], support: 'spikes' as const };
      const { span, values } = await open(options);
      const [[start, end]] = golden?.section5.support_before_sort ?? [[0, 0]];
      expect(span.start).toBe(start);
      expect(span.end).toBeCloseTo(end, 10);
      const ids = values.units.kept.map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(golden?.section5.uids));
    });
  },
);

function expectIntervals(rows: Rows | undefined, golden: GoldenIntervals | undefined): void {
  const pairs = (rows ?? []).map(({ start, end }) => [start, end]);
  // The goldens have 15 digits.
  const digits = (list: readonly (readonly number[])[]) =>
    list.map((pair) => pair.map((time) => Number(time.toPrecision(15))));
  expect(pairs).toHaveLength(golden?.n ?? -1);
  expect(digits(pairs.slice(0, 3))).toEqual(golden?.first);
  expect(digits(pairs.slice(-3))).toEqual(golden?.last);
  const sum = (column: number) => pairs.reduce((total, pair) => total + pair[column], 0);
  expect(sum(0)).toBeCloseTo(golden?.sum_starts ?? Number.NaN, 7);
  expect(sum(1)).toBeCloseTo(golden?.sum_stops ?? Number.NaN, 7);
}
