import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineSource, type Registry } from '../../src/define.ts';
import { findMembers } from '../../src/math/otsu.ts';
import { type Correlation, correlationOf } from '../../src/model/correlation.ts';
import type { Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { numberedUnits } from '../../src/model/units.ts';
import { builtins } from '../../src/registry.ts';
import { loadGoldenJson, loadGoldenNpz } from '../support/golden.ts';
import { rowsOf } from '../support/npz.ts';
import { readColumns, readRows, runText, type TestRun } from '../support/run.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const text = readFileSync(`${folder}neuro-py-cross-structural.yaml`, 'utf8');

interface GoldenPatterns {
  n: number;
  patterns: number[][];
  members: number[][];
  valid: boolean[];
  eigenvalues: number[];
  lambda_max: number;
}

interface GoldenActivity {
  activity: {
    shape: [number, number];
    max: number[];
    slice_bins: number[];
    slice_times: number[];
    slice_values: number[][];
  };
  psth: { n_events: number; n_in_range: number; peak: number[] };
}

interface Golden {
  section5: {
    uids: number[];
    regions: string[];
    standard: GoldenPatterns;
    cross_legacy: GoldenPatterns;
    cross_svd: { max_stat: GoldenPatterns };
    events_post: { n: number; first: number[]; last: number[]; sum: number };
    activity: Record<'standard' | 'cross_legacy' | 'cross_svd_max_stat', GoldenActivity>;
    corr: { nan_rows: number[] };
  };
}

/** Largest difference of two columns, relative to the largest of the second. */
function deviation(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < theirs.length; i++) {
    worst = Math.max(worst, Math.abs((ours[i] ?? Number.NaN) - (theirs[i] ?? Number.NaN)));
    largest = Math.max(largest, Math.abs(theirs[i] ?? 0));
  }
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / largest;
}

/** Patterns of the reference over its units, in its order. */
function goldenPatterns({ patterns }: GoldenPatterns, uids: readonly number[], regions: string[]) {
  const { kept } = numberedUnits(uids.length);
  const units = kept.map((unit, i) => ({ ...unit, id: uids[i], region: regions[i] }));
  const weights = patterns.map((row) => Float64Array.from(row));
  const otsu = weights.map(findMembers);
  return {
    kind: 'patterns',
    units,
    weights,
    members: otsu.map(({ members }) => members),
    valid: otsu.map(({ isValid }) => isValid),
    patternEigenvalues: new Float64Array(weights.length).fill(Number.NaN),
    eigenvalues: new Float64Array(0),
    bound: Number.NaN,
    method: 'ica',
    boundMethod: 'marchenko-pastur',
    nBins: 0,
    binSize: Number.NaN,
    constantUnits: [],
    ica: undefined,
    warnings: [],
  } satisfies Patterns;
}

/** A registry with sources `golden-NAME` of given patterns, to compare what follows them alone. */
function withPatterns(given: Readonly<Record<string, Patterns>>): Registry {
  const sources = Object.entries(given).map(([name, patterns]) =>
    defineSource({
      op: `golden-${name}`,
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
    }),
  );
  return { ...builtins, sources: [...builtins.sources, ...sources] };
}

/** The pipeline without its fits: patterns come from `golden-standard` and `golden-cross`. */
const withoutFits = text
  .replace(/^ {2}standard: .*$/m, '  standard: { op: golden-standard }')
  .replace(/^ {2}cross:\n(?: {4}.*\n)+/m, '  cross: { op: golden-cross }\n')
  .replace(/^ {2}theta(Counts|Z): .*\n/gm, '')
  .replace(/^ {2}(task|method): \{ type.*\n/gm, (line) => (line.includes('method') ? '' : line));

/** The same with activity across regions as `cross_svd` has it. */
const asProduct = withoutFits.replace(
  /^ {2}crossActivity: .*$/m,
  `  postCorrelation: { op: correlate, from: postZ }
  crossActivity:
    op: project
    inputs: { zscored: postZ, patterns: cross, correlation: postCorrelation }
    strength: cross-product
    groups: '\${regions}'`,
);

describe.each(goldenSessions)('%s', (name) => {
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`)?.section5;
  const arrays = loadGoldenNpz(`${name}.golden.npz`);
  const session = findSession(name);
  if (!golden || !arrays || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }
  const { uids, regions } = golden;
  const theirs = {
    standard: goldenPatterns(golden.standard, uids, regions),
    cross: goldenPatterns(golden.cross_legacy, uids, regions),
  };
  const svd = goldenPatterns(golden.cross_svd.max_stat, uids, regions);
  let ours: TestRun;
  let fromTheirs: TestRun;
  let product: TestRun;

  beforeAll(async () => {
    ours = await runText(text, folder, { session });
    fromTheirs = await runText(withoutFits, folder, { session }, withPatterns(theirs));
    const registry = withPatterns({ ...theirs, cross: svd });
    product = await runText(asProduct, folder, { session }, registry);
  });

  /** Rows of our patterns with units in the order of the reference. */
  function arrange(run: TestRun, node: string): { weights: number[][]; members: number[][] } {
    const { units, weights, members } = run.result.values.get(`${node}.patterns`) as Patterns;
    const order = uids.map((uid) => units.findIndex(({ id }) => id === uid));
    return {
      weights: weights.map((row) => order.map((unit) => row[unit])),
      members: members.map((row) => [...order.keys()].filter((i) => row[order[i]] === 1)),
    };
  }

  test('assemblies across regions: eigenvalues, bound, weights, order, sign, members', () => {
    const found = ours.result.values.get('cross.patterns') as Patterns;
    const { eigenvalues, lambda_max, patterns, members, valid } = golden.cross_legacy;
    expect(deviation(found.eigenvalues, eigenvalues)).toBeLessThan(1e-9);
    expect(found.eigenvalues).toHaveLength(eigenvalues.length);
    expect(Math.abs(found.bound / lambda_max - 1)).toBeLessThan(1e-14);
    const arranged = arrange(ours, 'cross');
    expect(arranged.weights).toHaveLength(patterns.length);
    const worst = arranged.weights.map((row, k) => deviation(row, patterns[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(1e-9);
    expect(arranged.members).toEqual(members);
    expect(found.valid).toEqual(valid);
  });

  test('ordinary assemblies: the same ones; their order hangs on the order of units', () => {
    const found = ours.result.values.get('standard.patterns') as Patterns;
    expect(deviation(found.eigenvalues, golden.standard.eigenvalues)).toBeLessThan(1e-9);
    const { weights } = arrange(ours, 'standard');
    expect(weights).toHaveLength(golden.standard.n);
    const matches = golden.standard.patterns.map((pattern) => {
      const cosines = weights.map((row) =>
        Math.abs(row.reduce((sum, weight, i) => sum + weight * pattern[i], 0)),
      );
      return { best: cosines.indexOf(Math.max(...cosines)), cosine: Math.max(...cosines) };
    });
    expect(new Set(matches.map(({ best }) => best)).size).toBe(golden.standard.n);
    expect(Math.min(...matches.map(({ cosine }) => cosine))).toBeGreaterThan(0.99);
  });

  test.each([
    ['crossActivity', 'cross_legacy', () => ours, 1e-6],
    ['crossActivity', 'cross_legacy', () => fromTheirs, 1e-9],
    ['standardActivity', 'standard', () => fromTheirs, 1e-9],
    ['crossActivity', 'cross_svd_max_stat', () => product, 1e-9],
  ] as const)('%s of %s', async (node, key, run, tolerance) => {
    const { activity } = golden.activity[key];
    const columns = await readColumns(run().folder, `${node}.activations.parquet`);
    const time = columns.get('time') ?? new Float64Array();
    expect(time).toHaveLength(activity.shape[1]);
    const times = activity.slice_bins.map((bin) => time[bin] ?? Number.NaN);
    expect(deviation(times, activity.slice_times)).toBeLessThan(1e-14);
    expect(columns.size).toBe(activity.shape[0] + 1);
    for (let k = 0; k < activity.shape[0]; k++) {
      const column = columns.get(`assembly_${k + 1}`) ?? new Float64Array();
      const slice = activity.slice_bins.map((bin) => column[bin] ?? Number.NaN);
      expect(deviation(slice, activity.slice_values[k] ?? [])).toBeLessThan(tolerance);
      const largest = column.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      expect(Math.abs(largest / (activity.max[k] ?? 0) - 1)).toBeLessThan(tolerance);
    }
  });

  test.each([
    ['crossPost', 'cross_legacy', () => ours, 1e-6],
    ['crossPost', 'cross_legacy', () => fromTheirs, 1e-9],
    ['standardPost', 'standard', () => fromTheirs, 1e-9],
    ['crossPost', 'cross_svd_max_stat', () => product, 1e-9],
  ] as const)('%s of %s', (node, key, run, tolerance) => {
    const psth = run().result.values.get(`${node}.psth`) as Psth;
    const { n_events, n_in_range, peak } = golden.activity[key].psth;
    expect([psth.eventTimes.length, psth.nUsed]).toEqual([n_events, n_in_range]);
    const { n, first, last, sum } = golden.events_post;
    expect(psth.eventTimes).toHaveLength(n);
    expect([...psth.eventTimes.slice(0, first.length)]).toEqual(first);
    expect([...psth.eventTimes.slice(-last.length)]).toEqual(last);
    expect(Math.abs(psth.eventTimes.reduce((a, b) => a + b, 0) / sum - 1)).toBeLessThan(1e-13);
    const rows = rowsOf(arrays, `s5_psth_${key}`);
    expect(psth.mean).toHaveLength(rows.length);
    const worst = psth.mean.map((mean, k) => deviation(mean, rows[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(tolerance);
    const peaks = psth.mean.map((mean) => Math.max(...mean));
    expect(deviation(peaks, peak)).toBeLessThan(tolerance);
  });

  test('correlations', async () => {
    const found = ours.result.values.get('crossCorrelation.correlation') as Correlation;
    const place = uids.map((uid) => found.units.findIndex(({ id }) => id === uid));
    const rows = rowsOf(arrays, 'corr');
    let worst = 0;
    rows.forEach((row, a) => {
      row.forEach((value, b) => {
        const ours = correlationOf(found, place[a], place[b]);
        expect(Number.isNaN(ours)).toBe(Number.isNaN(value));
        if (!Number.isNaN(value)) worst = Math.max(worst, Math.abs(ours - value));
      });
    });
    expect(worst).toBeLessThan(1e-9);
    const silent = golden.corr.nan_rows.map((row) => uids[row]).sort((a, b) => a - b);
    const written = await readRows(ours.folder, 'correlation.parquet');
    expect(written).toHaveLength(uids.length ** 2);
    const nullPairs = written.filter(({ value }) => value === null);
    expect(nullPairs.every(({ unit_a, unit_b }) => groupOf(unit_a) === groupOf(unit_b))).toBe(true);
    const nan = written.filter(({ value }) => Number.isNaN(value));
    const nanUnits = uids.filter((uid) =>
      written.every(({ unit_a, value }) => unit_a !== uid || value === null || Number.isNaN(value)),
    );
    expect(nanUnits.sort((a, b) => a - b)).toEqual(silent);
    expect(nan.length + nullPairs.length).toBeGreaterThan(0);
  });

  function groupOf(uid: unknown): string | undefined {
    return regions[uids.indexOf(uid as number)];
  }
});
