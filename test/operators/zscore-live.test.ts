import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { from, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { builtins } from '../../src/index.ts';
import type { CountsChunk, Moments, ZscoredChunk } from '../../src/model/chunk.ts';
import { moments } from '../../src/operators/zscore.ts';
import { zscoreBaseline } from '../../src/operators/zscore-baseline.ts';
import { zscoreRunning } from '../../src/operators/zscore-running.ts';
import { checkText } from '../support/pipeline.ts';
import { runText } from '../support/run.ts';
import {
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  expectStreamManners,
  notes,
  rowsOf,
} from '../support/streams.ts';

/** Every row with the moments it is paired with. */
function paired(chunks: readonly ZscoredChunk[]) {
  return chunks.flatMap(({ counts, moments: with_ }) =>
    rowsOf([counts]).map((row) => ({
      ...row,
      mean: with_ && [...with_.mean],
      sd: with_ && [...with_.sd],
    })),
  );
}

function momentsOf(chunks: readonly CountsChunk[]): Moments {
  const [found] = collect(chunks, moments());
  if (!found) throw new Error('no moments');
  return found;
}

const rows = Array.from({ length: 100 }, (_, row) => [row % 3, (row * row) % 5]);
const counts = countsRun(rows, 2);

describe('zscore-baseline', () => {
  test('freezes the moments of the baseline, and gives the rows behind it', () => {
    const made = collect([counts], zscoreBaseline({ baseline: [0.1, 0.4] }));
    expect(made).toHaveLength(1);
    expect(made[0]?.counts).toMatchObject({ firstBin: 40, nBins: 60, start: 0.4, end: counts.end });
    const expected = momentsOf([countsRun(rows.slice(10, 40), 2)]);
    expect(made[0]?.moments).toEqual(expected);
  });

  test('counts bins, not the time between them', () => {
    const runs = [counts, countsRun(rows, 2, { origin: 50 }), countsRun(rows, 2, { origin: 3 })];
    const made = collect(runs, zscoreBaseline({ baseline: [0, 1.5] }));
    expect(made.map((chunk) => [chunk.counts.start, chunk.counts.nBins])).toEqual([
      [50.5, 50],
      [3, 100],
    ]);
    expect(made[0]?.moments?.nBins).toBe(150);
    expect(made[1]?.moments).toBe(made[0]?.moments);
  });

  test('a stream that ends too early says so', () => {
    const { report, all } = notes();
    const made = collect([counts], zscoreBaseline({}, report));
    expect(made.map((chunk) => chunk.counts.nBins)).toEqual([0]);
    expect(made[0]?.moments).toEqual(momentsOf([counts]));
    expect(all).toMatchObject([{ code: 'BASELINE_UNFINISHED', data: { nBins: 100 } }]);
    expect(collect([], zscoreBaseline())).toEqual([]);
  });

  test('does not depend on how the stream is cut, and has manners', () => {
    const baseline = [0.05, 0.31] as const;
    fc.assert(
      fc.property(countRuns(3), chunkSizes, (runs, sizes) => {
        const cut = runs.flatMap((run) => cutCounts(run, sizes));
        const operator = zscoreBaseline({ baseline });
        expect(paired(collect(cut, operator))).toEqual(paired(collect(runs, operator)));
      }),
    );
    expectStreamManners(zscoreBaseline({ baseline }), cutCounts(counts, [7]));
  });
});

describe('zscore-running', () => {
  test('each block has the moments of what came before it', () => {
    const made = collect([counts], zscoreRunning({ warmUp: 0.3, every: 0.25 }));
    expect(made.map((chunk) => [chunk.counts.firstBin, chunk.counts.nBins])).toEqual([
      [30, 25],
      [55, 25],
      [80, 20],
    ]);
    for (const { counts: block, moments: used } of made) {
      expect(used).toEqual(momentsOf([countsRun(rows.slice(0, block.firstBin), 2)]));
    }
  });

  test('a warm-up that is never over gives nothing', () => {
    expect(collect([counts], zscoreRunning({ warmUp: 2 }))).toEqual([]);
  });

  test('does not depend on how the stream is cut, and has manners', () => {
    const options = { warmUp: 0.05, every: 0.07 };
    fc.assert(
      fc.property(countRuns(3), chunkSizes, (runs, sizes) => {
        const cut = runs.flatMap((run) => cutCounts(run, sizes));
        const operator = zscoreRunning(options);
        expect(paired(collect(cut, operator))).toEqual(paired(collect(runs, operator)));
      }),
    );
    expectStreamManners(zscoreRunning(options), cutCounts(counts, [7]));
  });
});

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));

/** Projects with z-scores of one operator; patterns of the same recording, so that all is in one pass but those. */
function pipeline(zscore: string): string {
  return `version: 1
name: live-scales
nodes:
  recording: { op: cellexplorer, path: ../data-samples/sim_small_11, brainRegion: CA1, cellType: Pyr }
  task: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  taskCounts: { op: bin, from: task, binSize: 0.025 }
  taskZ: { op: zscore, from: taskCounts }
  templates: { op: fit-patterns, from: taskZ }
  counts: { op: bin, from: recording.spikes, binSize: 0.025 }
  z: { ${zscore}, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;
}

describe('in a graph', () => {
  test('no second pass is needed for the moments, and they are recorded', async () => {
    for (const op of ['op: zscore-baseline, baseline: [0, 60]', 'op: zscore-running']) {
      expect(checkText(pipeline(op)).places).toEqual([]);
      const { result } = await runText(pipeline(op), base);
      const inFirst = result.passes.findIndex(({ nodes }) => nodes.includes('z'));
      const projected = result.passes.findIndex(({ nodes }) => nodes.includes('activity'));
      // The templates take the first pass: z-scores and what reads them add none.
      expect([inFirst, projected, result.passes.length]).toEqual([0, 1, 2]);
      const found = result.values.get('z.baseline') ?? result.values.get('z.last');
      expect(found).toMatchObject({ kind: 'moments', binSize: 0.025 });
    }
  });

  test('the values come even from a stream without bins', async () => {
    for (const op of ['zscore-baseline', 'zscore-running']) {
      const node = builtins.operators.find((operator) => operator.op === op);
      if (!node) throw new Error(op);
      const options = op === 'zscore-baseline' ? { baseline: [0, 1] } : { warmUp: 1, every: 1 };
      const outputs = node.connect({ counts: from([]) } as never, options as never, {
        report: () => {},
        known: {},
      }) as Record<string, ReturnType<typeof from>>;
      const port = op === 'zscore-baseline' ? 'baseline' : 'last';
      const values = await lastValueFrom(
        (outputs[port] ?? from([])).pipe(
          map((x) => x),
          toArray(),
        ),
      );
      expect(values).toMatchObject([{ kind: 'moments', nBins: 0 }]);
    }
  });
});
