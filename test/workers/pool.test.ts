import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { from, lastValueFrom, of } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { NumericError } from '../../src/errors.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import type { ScaledShuffles } from '../../src/math/shuffle-maxima.ts';
import { shuffleNull, shuffleRanges } from '../../src/math/shuffle-null.ts';
import { computeHere } from '../../src/math/tasks.ts';
import { type FitPatternsOptions, fitPatterns } from '../../src/operators/fit-patterns.ts';
import { createWorkerPool, type WorkerPool } from '../../src/workers/pool.ts';
import { denseColumns } from '../support/count-columns.ts';
import { tableOf, unitsOf } from '../support/patterns.ts';
import { soundPipeline } from '../support/pipeline.ts';
import { readRows, runText } from '../support/run.ts';
import { zscoredChunks } from '../support/zscored-chunks.ts';

// A thread cannot read TypeScript on every Node that is supported: the built file stands in for the source.
const entry = new URL('../../dist/workers/worker.js', import.meta.url);
const isBuilt = existsSync(entry);
if (!isBuilt) console.info(`skipped: no ${fileURLToPath(entry)}; build first`);

const pools: WorkerPool[] = [];
function open(nThreads: number, file = entry): WorkerPool {
  const pool = createWorkerPool(nThreads, file);
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

const { double } = createMersenneTwister(1);
const rows = Array.from({ length: 500 }, () =>
  Array.from({ length: 7 }, () => (double() < 0.15 ? 1 + Math.floor(2 * double()) : 0)),
);
const shuffles: ScaledShuffles = {
  columns: denseColumns(rows),
  kind: 'bin-shuffle',
  generator: 'fast',
  seed: 5,
  scales: new Float64Array(7).fill(0.4),
};
const never = new AbortController().signal;

describe.skipIf(!isBuilt)('threads', () => {
  test.each(['bin-shuffle', 'circular-shift'] as const)(
    '%s: the same bits with 0, 1, 2 and 4 of them',
    async (bound) => {
      const run = (compute = computeHere) =>
        lastValueFrom(
          from(zscoredChunks(rows, 7)).pipe(
            fitPatterns({ bound, nShuffles: 101, nAssemblies: 2 }, {}, { compute }),
          ),
        );
      const here = await run();
      expect(here.nullMaxima).toHaveLength(101);
      for (const nThreads of [1, 2, 4]) expect(await run(open(nThreads).compute)).toEqual(here);
    },
  );

  test.each<FitPatternsOptions>([
    { structure: 'masked-correlation', bound: 'bin-shuffle' },
    { structure: 'scaled-covariance', bound: 'circular-shift' },
    { structure: 'scaled-covariance', bound: 'group-shift', members: 'one-over-root-n' },
    { structure: 'cross-svd', method: 'pca', bound: 'group-shuffle', ranks: 'per-rank' },
    { structure: 'cross-svd', method: 'pca', bound: 'group-shuffle', generator: 'numpy' },
  ])('across groups, the same bits with 0, 1, 2 and 4 of them: %j', async (options) => {
    const units = tableOf(unitsOf(['A', 'A', 'A', 'B', 'B', 'B', 'B']));
    const run = (compute = computeHere) =>
      lastValueFrom(
        from(zscoredChunks(rows, 7)).pipe(
          fitPatterns(
            { ...options, nShuffles: 45, nAssemblies: 2 },
            { units: of(units) },
            { compute },
          ),
        ),
      );
    const here = await run();
    expect(here.nullMaxima).toHaveLength(45);
    for (const nThreads of [1, 2, 4]) expect(await run(open(nThreads).compute)).toEqual(here);
  });

  test('several tasks at once each get their own results', async () => {
    const { compute } = open(2);
    const seeds = [1, 2, 3];
    const make = (seed: number, by: typeof compute) =>
      shuffleNull({ ...shuffles, seed }, 40, by, never);
    const found = await Promise.all(seeds.map((seed) => make(seed, compute)));
    for (const [i, seed] of seeds.entries())
      expect(found[i]).toEqual(await make(seed, computeHere));
    expect(await compute('shuffle-maxima', shuffles, [], never)).toEqual([]);
  });

  test('an error in a thread is an error of the task, of its own class; the thread lives on', async () => {
    const { compute } = open(1);
    const broken = { ...shuffles, scales: new Float64Array(7) };
    const failing = compute('shuffle-maxima', broken, shuffleRanges(20), never);
    await expect(failing).rejects.toThrow(NumericError);
    await expect(failing).rejects.toMatchObject({ code: 'NOT_FINITE' });
    expect(await shuffleNull(shuffles, 20, compute, never)).toHaveLength(20);
  });

  test('aborting rejects at once; the pool serves the next task', async () => {
    const { compute } = open(2);
    const abort = new AbortController();
    const many = compute('shuffle-maxima', shuffles, shuffleRanges(1_000_000), abort.signal);
    const began = performance.now();
    setTimeout(() => abort.abort(), 20);
    await expect(many).rejects.toThrow(/aborted/);
    expect(await shuffleNull(shuffles, 8, compute, never)).toHaveLength(8);
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect(compute('shuffle-maxima', shuffles, [], AbortSignal.abort())).rejects.toThrow();
  });

  test('closing ends what is under way, and for good', async () => {
    const pool = open(2);
    const many = pool.compute('shuffle-maxima', shuffles, shuffleRanges(1_000_000), never);
    const ended = expect(many).rejects.toThrow('have been ended');
    await pool.close();
    await ended;
    await expect(shuffleNull(shuffles, 8, pool.compute, never)).rejects.toThrow('have been ended');
  });

  test('a run lends them to its nodes', async () => {
    const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
    const text = soundPipeline.replace(
      'op: fit-patterns,',
      'op: fit-patterns, bound: circular-shift, nShuffles: 50, stability: split-half, restarts: 2,',
    );
    const threaded = await runText(text, base, {}, undefined, { compute: open(2).compute });
    const alone = await runText(text, base);
    const spectrum = await readRows(threaded.folder, 'spectrum.parquet');
    expect(spectrum[0]).toMatchObject({ component: 1, p_value: 1 / 51 });
    for (const [name, file] of alone.folder.files) {
      expect(threaded.folder.files.get(name)?.bytes()).toEqual(file.bytes());
    }
    const [assembly] = await readRows(threaded.folder, 'assemblies.parquet');
    expect(assembly?.stability).toBeGreaterThan(0.5);
    expect(assembly?.restart_stability).toBeGreaterThan(0.8);
  });
});

test('a thread that cannot start is an error', async () => {
  const { compute } = open(1, new URL('./no-such-worker.js', import.meta.url));
  await expect(shuffleNull(shuffles, 8, compute, never)).rejects.toThrow(/no-such-worker/);
});
