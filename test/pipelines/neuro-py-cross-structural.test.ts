import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Correlation, correlationOf } from '../../src/model/correlation.ts';
import type { Epochs } from '../../src/model/epochs.ts';
import type { Psth } from '../../src/model/events.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { relativeDifference } from '../support/compare.ts';
import { loadGoldenJson, loadGoldenNpz } from '../support/golden.ts';
import { goldenPatterns, withPatterns } from '../support/golden-patterns.ts';
import { rowsOf } from '../support/npz.ts';
import { readColumns, readRows, runText, type TestRun } from '../support/run.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const text = readFileSync(`${folder}neuro-py-cross-structural.yaml`, 'utf8');

interface GoldenPatterns {
  n: number;
  patterns: number[][];
  members: number[][];
  members_by_region: Record<string, number>[];
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
    pre_task_post: [number, number, number][];
    uids: number[];
    regions: string[];
    standard: GoldenPatterns;
    cross: GoldenPatterns;
    cross_legacy: GoldenPatterns;
    cross_legacy_pca: GoldenPatterns;
    cross_svd: { max_stat: GoldenPatterns };
    events_post: { n: number; first: number[]; last: number[]; sum: number };
    activity: Record<'standard' | 'cross' | 'cross_legacy' | 'cross_svd_max_stat', GoldenActivity>;
    corr: { nan_rows: number[] };
  };
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
  let scaled: TestRun;
  let product: TestRun;

  beforeAll(async () => {
    ours = await runText(text, folder, { session });
    fromTheirs = await runText(withoutFits, folder, { session }, withPatterns(theirs));
    const current = { ...theirs, cross: goldenPatterns(golden.cross, uids, regions) };
    scaled = await runText(withoutFits, folder, { session }, withPatterns(current));
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
    expect(relativeDifference(found.eigenvalues, eigenvalues)).toBeLessThan(1e-9);
    expect(found.eigenvalues).toHaveLength(eigenvalues.length);
    expect(Math.abs(found.bound / lambda_max - 1)).toBeLessThan(1e-14);
    const arranged = arrange(ours, 'cross');
    expect(arranged.weights).toHaveLength(patterns.length);
    const worst = arranged.weights.map((row, k) => relativeDifference(row, patterns[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(1e-9);
    expect(arranged.members).toEqual(members);
    expect(found.valid).toEqual(valid);
  });

  test('method: pca finds the principal components across regions', async () => {
    const run = await runText(text, folder, { session, method: 'pca' });
    const { patterns, members, valid } = golden.cross_legacy_pca;
    const arranged = arrange(run, 'cross');
    expect(arranged.weights).toHaveLength(patterns.length);
    const worst = arranged.weights.map((row, k) => relativeDifference(row, patterns[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(1e-9);
    expect(arranged.members).toEqual(members);
    expect((run.result.values.get('cross.patterns') as Patterns).valid).toEqual(valid);
  });

  test('files: one set for each detection, members of each region as the reference counts them', async () => {
    const shared = ['correlation', 'epochs', 'events', 'moments', 'psth', 'units'];
    const detections = ['assemblies', 'assembly_regions', 'patterns', 'spectrum'];
    expect([...ours.folder.files.keys()].sort()).toEqual(
      [
        ...shared,
        ...['standard', 'cross'].flatMap((node) => detections.map((name) => `${node}.${name}`)),
        'standardActivity.activations',
        'crossActivity.activations',
      ]
        .map((name) => `${name}.parquet`)
        .sort(),
    );
    const rows = await readRows(ours.folder, 'cross.assembly_regions.parquet');
    // The file tells CA1sp from CA1; the reference counts it as a part.
    const count = (assembly: number, region: string) =>
      rows
        .filter((row) => row.assembly === assembly && String(row.region).includes(region))
        .reduce((sum, row) => sum + Number(row.n_members), 0);
    const { members_by_region } = golden.cross_legacy;
    const found = members_by_region.map((_, k) => ({
      CA1: count(k + 1, 'CA1'),
      PFC: count(k + 1, 'PFC'),
    }));
    expect(found).toEqual(members_by_region);
    const [{ within_share }] = await readRows(ours.folder, 'cross.assemblies.parquet');
    const { withinShare } = ours.result.values.get('cross.patterns') as Patterns;
    expect(within_share).toBe(withinShare?.[0]);
    expect(within_share).toBeGreaterThan(0.2);
    const standard = await readRows(ours.folder, 'standard.assemblies.parquet');
    expect(standard.every((row) => row.within_share === null)).toBe(true);
    const pairs = await readRows(ours.folder, 'correlation.parquet');
    expect(Object.keys(pairs[0] ?? {})).toEqual([
      'unit_a',
      'unit_b',
      'region_a',
      'region_b',
      'value',
    ]);
  });

  const triples = golden.pre_task_post;
  test.runIf(triples.length > 1)(
    'task: the second of several tasks, with the same sleep before',
    async () => {
      const { result } = await runText(text, folder, { session, task: '1' });
      const { roles } = result.values.get('recording.epochs') as Epochs;
      expect([roles?.pre, roles?.task, roles?.post]).toEqual(triples[1]);
      const first = ours.result.values.get('recording.epochs') as Epochs;
      expect([first.roles?.pre, first.roles?.task, first.roles?.post]).toEqual(triples[0]);
      const nBins = ({ values }: TestRun['result']) =>
        (values.get('cross.patterns') as Patterns).nBins;
      expect(nBins(result)).not.toBe(nBins(ours.result));
    },
  );

  test('ordinary assemblies: the same ones; their order hangs on the order of units', () => {
    const found = ours.result.values.get('standard.patterns') as Patterns;
    expect(relativeDifference(found.eigenvalues, golden.standard.eigenvalues)).toBeLessThan(1e-9);
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
    ['crossActivity', 'cross', () => scaled, 1e-9],
    ['standardActivity', 'standard', () => fromTheirs, 1e-9],
    ['crossActivity', 'cross_svd_max_stat', () => product, 1e-9],
  ] as const)('%s of %s', async (node, key, run, tolerance) => {
    const { activity } = golden.activity[key];
    const columns = await readColumns(run().folder, `${node}.activations.parquet`);
    const time = columns.get('time') ?? new Float64Array();
    expect(time).toHaveLength(activity.shape[1]);
    const times = activity.slice_bins.map((bin) => time[bin] ?? Number.NaN);
    expect(relativeDifference(times, activity.slice_times)).toBeLessThan(1e-14);
    expect(columns.size).toBe(activity.shape[0] + 1);
    for (let k = 0; k < activity.shape[0]; k++) {
      const column = columns.get(`assembly_${k + 1}`) ?? new Float64Array();
      const slice = activity.slice_bins.map((bin) => column[bin] ?? Number.NaN);
      expect(relativeDifference(slice, activity.slice_values[k] ?? [])).toBeLessThan(tolerance);
      const largest = column.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      expect(Math.abs(largest / (activity.max[k] ?? 0) - 1)).toBeLessThan(tolerance);
    }
  });

  test.each([
    ['crossPost', 'cross_legacy', () => ours, 1e-6],
    ['crossPost', 'cross_legacy', () => fromTheirs, 1e-9],
    ['crossPost', 'cross', () => scaled, 1e-9],
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
    const worst = psth.mean.map((mean, k) => relativeDifference(mean, rows[k] ?? []));
    expect(Math.max(...worst)).toBeLessThan(tolerance);
    const peaks = psth.mean.map((mean) => Math.max(...mean));
    expect(relativeDifference(peaks, peak)).toBeLessThan(tolerance);
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
