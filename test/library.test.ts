import { fileURLToPath } from 'node:url';
import {
  firstValueFrom,
  from,
  lastValueFrom,
  type OperatorFunction,
  of,
  shareReplay,
  toArray,
} from 'rxjs';
import { expect, expectTypeOf, test } from 'vitest';
import {
  type ActivationChunk,
  bin,
  type CountsChunk,
  epochFilter,
  eventAlign,
  fitPatterns,
  fromSpikeTrains,
  moments,
  openCellExplorer,
  type Patterns,
  type Psth,
  project,
  type SpikeChunk,
  smooth,
  type ZscoredChunk,
  zscore,
} from '../src/index.ts';
import { soundPipeline } from './support/pipeline.ts';
import { runText } from './support/run.ts';

const session = fileURLToPath(new URL('../data-samples/sim_small_11', import.meta.url));

test('a graph of operators gives the numbers of the pipeline', async () => {
  const { streams, values } = await openCellExplorer({
    path: session,
    brainRegion: ['CA1'],
    cellType: ['Pyr'],
  });
  const spikes$ = from({ [Symbol.iterator]: streams.spikes });
  const epochs$ = of(values.epochs);
  const patterns$ = spikes$.pipe(
    epochFilter({ keep: 'task & THETA' }, epochs$),
    bin({ binSize: 0.025 }),
    zscore(),
    fitPatterns({ method: 'ica' }, { units: of(values.units) }),
    shareReplay(1),
  );
  const counts$ = spikes$.pipe(bin({ binSize: 0.01 }));
  const activation$ = counts$.pipe(zscore({}, counts$.pipe(moments())), project({}, patterns$));
  const psth = await lastValueFrom(
    activation$.pipe(eventAlign({ in: 'post & NREMstate' }, of(values.ripples), epochs$)),
  );
  const { result } = await runText(
    soundPipeline,
    fileURLToPath(new URL('../pipelines/', import.meta.url)),
  );
  expect(psth.mean).toEqual((result.values.get('post.psth') as Psth).mean);
  const patterns = await firstValueFrom(patterns$);
  expect(patterns.weights).toEqual((result.values.get('templates.patterns') as Patterns).weights);
});

test('spike times in memory are enough to begin with', async () => {
  const together = [0.101, 0.305, 0.512, 0.903];
  const trains = [together, together.map((time) => time + 0.001), [0.2, 0.6, 0.7]];
  const spikes$ = from(fromSpikeTrains(trains, { start: 0, end: 1 }));
  const z$ = spikes$.pipe(bin({ binSize: 0.01 }), zscore());
  const patterns$ = z$.pipe(fitPatterns({ method: 'pca', nAssemblies: 1 }), shareReplay(1));
  const counts$ = spikes$.pipe(bin({ binSize: 0.01 }));
  const chunks = await lastValueFrom(
    counts$.pipe(zscore({}, counts$.pipe(moments())), project({}, patterns$), toArray()),
  );
  const strength = chunks.flatMap(({ columns }) => [...(columns[0] ?? [])]);
  expect(strength).toHaveLength(100);
  const best = strength.indexOf(Math.max(...strength));
  expect([10, 30, 51, 90]).toContain(best);
});

test('operators are typed as RxJS operators', () => {
  expectTypeOf(bin({ binSize: 0.01 })).toEqualTypeOf<OperatorFunction<SpikeChunk, CountsChunk>>();
  expectTypeOf(smooth({ sd: 0.01 })).toEqualTypeOf<OperatorFunction<CountsChunk, CountsChunk>>();
  expectTypeOf(zscore()).toEqualTypeOf<OperatorFunction<CountsChunk, ZscoredChunk>>();
  expectTypeOf(fitPatterns()).toEqualTypeOf<OperatorFunction<ZscoredChunk, Patterns>>();
  expectTypeOf(project).returns.toEqualTypeOf<OperatorFunction<ZscoredChunk, ActivationChunk>>();
  expectTypeOf(eventAlign).returns.toEqualTypeOf<OperatorFunction<ActivationChunk, Psth>>();
  expectTypeOf(epochFilter).returns.toEqualTypeOf<OperatorFunction<SpikeChunk, SpikeChunk>>();
  // @ts-expect-error -- a bin width is a number of seconds
  expect(() => bin({ binSize: '10 ms' })).toThrow('expected a bin width in seconds');
});
