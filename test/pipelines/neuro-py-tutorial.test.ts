import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineSource, type Registry } from '../../src/define.ts';
import type { Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { builtins } from '../../src/registry.ts';
import { relativeDifference } from '../support/compare.ts';
import { loadGoldenJson, loadGoldenNpz } from '../support/golden.ts';
import { type NpyArray, numbersOf, rowsOf } from '../support/npz.ts';
import { readColumns, readRows, runText, type TestRun } from '../support/run.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const text = readFileSync(`${folder}neuro-py-tutorial.yaml`, 'utf8');

interface Activity {
  shape: [number, number];
  t_first: number;
  t_last: number;
  mean: number[];
  std: number[];
  min: number[];
  max: number[];
  argmax: number[];
  slice_bins: number[];
  slice_times: number[];
  slice_values: number[][];
}

interface GoldenPsth {
  n_events: number;
  n_used: number;
  peak: number[];
  values?: number[][];
  lags: number[] | string;
}

interface Golden {
  units: { uid: number; region: string; n_spikes: number }[];
  detection: { eigenvalues: number[]; lambda_max: number; nassemblies: number; ica_n_iter: number };
  section3: { n: number; members: number[][]; valid: boolean[] };
  events: Record<
    'pre' | 'task' | 'post',
    { n: number; first: number[]; last: number[]; sum: number }
  >;
  section4: Record<
    string,
    { activity: Activity; psth: Record<string, GoldenPsth | { values: number[][] }> }
  >;
}

/** A registry whose `golden-patterns` are the reference's own, to compare what follows them alone. */
function withGoldenPatterns(patterns: Patterns): Registry {
  const source = defineSource({
    op: 'golden-patterns',
    summary: 'Patterns of the reference.',
    outputs: { patterns: 'patterns' },
    params: {},
    open: async () => ({
      values: { patterns },
      streams: {},
      digests: [],
      paths: [],
      span: undefined,
    }),
  });
  return { ...builtins, sources: [...builtins.sources, source] };
}

describe.each(goldenSessions)('%s', (name) => {
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`);
  const arrays = loadGoldenNpz(`${name}.golden.npz`);
  const session = findSession(name);

  if (!golden || !arrays || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }

  describe.each(['0.01', '0.002'])('binSize %s', (binSize) => {
    let ours: TestRun;
    let theirs: TestRun;

    beforeAll(async () => {
      ours = await runText(text, folder, { session, binSize });
      const found = ours.result.values.get('templates.patterns') as Patterns;
      const registry = withGoldenPatterns({ ...found, weights: rowsOf(arrays, 'patterns') });
      const replaced = text.replace(/^ {2}templates:.*$/m, '  templates: { op: golden-patterns }');
      const withoutFit = replaced
        .replace(/^ {2}task(Theta|Counts|Z):.*\n/gm, '')
        .replace(/^ {2}templateBinSize.*\n/m, '');
      const kept = withoutFit.replaceAll("'${templateBinSize}'", '0.025');
      theirs = await runText(kept, folder, { session, binSize }, registry);
    });

    test('units', async () => {
      const rows = await readRows(ours.folder, 'units.parquet');
      const kept = rows.filter(({ kept }) => kept === true);
      expect(
        kept.map(({ unit_id, region, n_spikes }) => ({ uid: unit_id, region, n_spikes })),
      ).toEqual(golden.units.map(({ uid, region, n_spikes }) => ({ uid, region, n_spikes })));
    });

    test('eigenvalues, bound, iterations, weights, members', () => {
      const found = ours.result.values.get('templates.patterns') as Patterns;
      expect(relativeDifference(found.eigenvalues, golden.detection.eigenvalues)).toBeLessThan(
        1e-9,
      );
      expect(found.eigenvalues).toHaveLength(golden.detection.eigenvalues.length);
      expect(Math.abs(found.bound / golden.detection.lambda_max - 1)).toBeLessThan(1e-14);
      expect(found.weights).toHaveLength(golden.section3.n);
      expect(found.ica?.nIterations).toBe(golden.detection.ica_n_iter);
      const weights = rowsOf(arrays, 'patterns');
      const worst = found.weights.map((row, k) => relativeDifference(row, weights[k] ?? []));
      expect(Math.max(...worst)).toBeLessThan(1e-9);
      const members = found.members.map((row) => [...row.keys()].filter((unit) => row[unit] === 1));
      expect(members).toEqual(golden.section3.members);
      expect(found.valid).toEqual(golden.section3.valid);
    });

    test('bins', async () => {
      const { activity } = expectSection(golden, binSize);
      const time =
        (await readColumns(ours.folder, 'activations.parquet')).get('time') ?? new Float64Array();
      expect(time).toHaveLength(activity.shape[1]);
      const at = activity.slice_bins.map((bin) => time[bin] ?? Number.NaN);
      const worst = at.map((value, i) =>
        Math.abs(value / (activity.slice_times[i] ?? Number.NaN) - 1),
      );
      expect(Math.max(...worst)).toBeLessThan(1e-14);
    });

    test.each([
      ['from our patterns', () => ours, 1e-6],
      ['from their patterns', () => theirs, 1e-9],
    ] as const)('activation %s', async (_, run, tolerance) => {
      const { activity } = expectSection(golden, binSize);
      const columns = await readColumns(run().folder, 'activations.parquet');
      for (let k = 0; k < activity.shape[0]; k++) {
        const column = columns.get(`assembly_${k + 1}`) ?? new Float64Array();
        const scale = Math.abs(activity.max[k] ?? Number.NaN);
        const slice = activity.slice_bins.map((bin) => column[bin] ?? Number.NaN);
        const differences = slice.map((value, i) =>
          Math.abs(value - (activity.slice_values[k]?.[i] ?? Number.NaN)),
        );
        expect(Math.max(...differences) / scale).toBeLessThan(tolerance);
        const { mean, sd, min, max, argmax } = summarize(column);
        const summary = [mean, sd, min, max].map((value, i) => {
          const expected =
            [activity.mean, activity.std, activity.min, activity.max][i]?.[k] ?? Number.NaN;
          return Math.abs(value - expected) / scale;
        });
        expect(Math.max(...summary)).toBeLessThan(tolerance);
        expect(argmax).toBe(activity.argmax[k]);
        compareWithArray(arrays, binSize, k, column, scale);
      }
    });

    test.each([
      ['from our patterns', () => ours, 1e-6],
      ['from their patterns', () => theirs, 1e-9],
    ] as const)('averages around ripples %s', (_, run, tolerance) => {
      const { psth: expected } = expectSection(golden, binSize);
      for (const set of ['pre', 'task', 'post'] as const) {
        const psth = run().result.values.get(`${set}.psth`) as Psth;
        const { n_events, n_used, peak, lags } = expected[set] as GoldenPsth;
        const { first, last, sum, n } = golden.events[set];
        expect(psth.eventTimes).toHaveLength(n);
        expect([...psth.eventTimes.slice(0, first.length)]).toEqual(first);
        expect([...psth.eventTimes.slice(-last.length)]).toEqual(last);
        expect(Math.abs(psth.eventTimes.reduce((a, b) => a + b, 0) / sum - 1)).toBeLessThan(1e-13);
        expect([psth.eventTimes.length, psth.nUsed]).toEqual([n_events, n_used]);
        if (Array.isArray(lags)) expect(relativeDifference(psth.lags, lags)).toBeLessThan(1e-14);
        const rows = rowsOf(arrays, `psth_${set}_${binSize}`);
        expect(psth.mean).toHaveLength(rows.length);
        const worst = psth.mean.map((mean, k) => relativeDifference(mean, rows[k] ?? []));
        expect(Math.max(...worst)).toBeLessThan(tolerance);
        expect(
          relativeDifference(
            psth.mean.map((mean) => Math.max(...mean)),
            peak,
          ),
        ).toBeLessThan(tolerance);
      }
    });
  });

  test('averages by the time-based convention', async () => {
    const timeBased = text.replaceAll('neuro-py-fast', 'neuro-py');
    const { result } = await runText(timeBased, folder, { session });
    const psth = result.values.get('post.psth') as Psth;
    const expected = golden.section4['0.01']?.psth.post_event_triggered_average as {
      values: number[][];
    };
    const worst = psth.mean.map((mean, k) => relativeDifference(mean, expected.values[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(1e-6);
  });
});

function expectSection(golden: Golden, binSize: string) {
  const section = golden.section4[binSize];
  if (!section) throw new Error(`the golden has no section for ${binSize}`);
  return section;
}

function summarize(column: Float64Array) {
  let sum = 0;
  let squares = 0;
  let argmax = 0;
  let argmin = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? Number.NaN;
    sum += value;
    squares += value * value;
    if (value > (column[argmax] ?? value)) argmax = i;
    if (value < (column[argmin] ?? value)) argmin = i;
  }
  const mean = sum / column.length;
  const sd = Math.sqrt(squares / column.length - mean * mean);
  return { mean, sd, argmax, min: column[argmin] ?? Number.NaN, max: column[argmax] ?? Number.NaN };
}

/** Where the golden holds whole stretches (as float32), every bin of them is compared. */
function compareWithArray(
  arrays: Map<string, NpyArray>,
  binSize: string,
  assembly: number,
  column: Float64Array,
  scale: number,
): void {
  const key = [...arrays.keys()].find((candidate) =>
    candidate.startsWith(`activity_${binSize}_from_bin_`),
  );
  if (key === undefined) throw new Error(`the golden has no activity for ${binSize}`);
  const from = Number(key.slice(key.lastIndexOf('_') + 1));
  const width = arrays.get(key)?.shape[1] ?? 0;
  const values = numbersOf(arrays, key).subarray(assembly * width, (assembly + 1) * width);
  let worst = 0;
  for (let i = 0; i < width; i++) {
    const expected = values[i] ?? Number.NaN;
    worst = Math.max(
      worst,
      Math.abs((column[from + i] ?? Number.NaN) - expected) - Math.abs(expected) * 6e-8,
    );
  }
  expect(width).toBeGreaterThan(0);
  expect(worst / scale).toBeLessThan(1e-6);
}
