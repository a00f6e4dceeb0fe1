import { from, lastValueFrom, type OperatorFunction, of, Subject } from 'rxjs';
import type { CountsChunk, Moments, SpikeChunk, ZscoredChunk } from '../../../src/model/chunk.ts';
import { bin } from '../../../src/operators/bin.ts';
import { epochFilter } from '../../../src/operators/epoch-filter.ts';
import { eventAlign } from '../../../src/operators/event-align.ts';
import { fitPatterns } from '../../../src/operators/fit-patterns.ts';
import { project } from '../../../src/operators/project.ts';
import { smooth } from '../../../src/operators/smooth.ts';
import { moments, zscore } from '../../../src/operators/zscore.ts';
import { openCellExplorer } from '../../../src/sources/cellexplorer.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { type Clock, createClock } from './clock.ts';
import { readPatterns, readSpikes } from './ready.ts';

interface Options extends ProbeOptions {
  readonly stage: keyof typeof stages;
  readonly session: string;
  readonly ready: string;
  readonly binSize: number;
}

type Stage = (options: Options, clock: Clock) => Promise<Readonly<Record<string, number>>>;

const filter = { brainRegion: ['CA1'], cellType: ['Pyr'] };
const smoothing = { templateBinSize: 0.025 };

/**
 * One stage of the pipeline. The clock runs while the stage has a chunk, and only then: what goes into it is made chunk
 * by chunk between, for no memory would hold all of it.
 */
export async function measure(options: Options): Promise<Measured> {
  const clock = createClock();
  const counts = await stages[options.stage](options, clock);
  return { ...clock.total(), counts };
}

const stages = {
  load: async ({ session }, clock) => {
    const opened = await clock.runAsync(() => openCellExplorer({ path: session, ...filter }));
    return { nUnits: opened.values.units.kept.length };
  },

  bin: async ({ ready, binSize }, clock) => {
    const spikes = readSpikes(ready);
    const binned = timed(bin({ binSize }), clock);
    let nBins = 0;
    for (const chunk of spikes.chunks()) for (const counts of binned(chunk)) nBins += counts.nBins;
    return { nSpikes: spikes.nSpikes, nBins };
  },

  smooth: async ({ ready, binSize }, clock) => {
    const smoothed = timed(smooth(smoothing), clock);
    let nEntries = 0;
    for (const counts of countsOf(ready, binSize)) {
      for (const chunk of smoothed(counts)) nEntries += chunk.values.length;
    }
    return { nEntries };
  },

  moments: async ({ ready, binSize }, clock) => {
    const gathered = timed(moments(), clock);
    let nEntries = 0;
    for (const counts of smoothedOf(ready, binSize)) {
      nEntries += counts.values.length;
      gathered(counts);
    }
    return { nEntries };
  },

  fit: async ({ session }, clock) => {
    const { values, streams } = await openCellExplorer({ path: session, ...filter });
    const task = from(streams.spikes()).pipe(
      epochFilter({ keep: 'task & THETA' }, of(values.epochs)),
      bin({ binSize: 0.025 }),
      zscore(),
    );
    const chunks: ZscoredChunk[] = [];
    await task.forEach((chunk) => {
      chunks.push(chunk);
    });
    const patterns = await clock.runAsync(() =>
      lastValueFrom(from(chunks).pipe(fitPatterns({}, { units: of(values.units) }))),
    );
    const nIterations = patterns.ica?.nIterations ?? 0;
    return { nBins: patterns.nBins, nPatterns: patterns.weights.length, nIterations };
  },

  project: async ({ ready, binSize }, clock) => {
    const projected = timed(project({}, of(await readPatterns(ready))), clock);
    const known = await momentsOf(ready, binSize);
    let [nBins, nEntries] = [0, 0];
    for (const counts of smoothedOf(ready, binSize)) {
      nEntries += counts.values.length;
      const chunk: ZscoredChunk = { kind: 'zscored', counts, moments: known };
      for (const activation of projected(chunk)) nBins += activation.nBins;
    }
    return { nBins, nEntries };
  },

  align: async ({ session, ready, binSize }, clock) => {
    const { epochs, ripples } = (await openCellExplorer({ path: session, ...filter })).values;
    const averages = ['pre & NREMstate', 'task', 'post & NREMstate'].map((within) =>
      timed(eventAlign({ in: within }, of(ripples), of(epochs)), clock),
    );
    const known = await momentsOf(ready, binSize);
    const projected = timed(project({}, of(await readPatterns(ready))), createClock());
    let nBins = 0;
    for (const counts of smoothedOf(ready, binSize)) {
      for (const chunk of projected({ kind: 'zscored', counts, moments: known })) {
        nBins += chunk.nBins;
        for (const average of averages) average(chunk);
      }
    }
    for (const average of averages) average(undefined);
    return { nBins, nEvents: ripples.starts.length };
  },
} satisfies Record<string, Stage>;

/** An operator as a function from one chunk to what comes of it at once; `undefined` is the end. */
function timed<I, O>(operator: OperatorFunction<I, O>, clock: Clock) {
  const input = new Subject<I>();
  let made: O[] = [];
  input.pipe(operator).subscribe((output) => made.push(output));
  return (chunk: I | undefined): readonly O[] => {
    made = [];
    clock.run(() => (chunk === undefined ? input.complete() : input.next(chunk)));
    return made;
  };
}

function* countsOf(ready: string, binSize: number): Generator<CountsChunk> {
  yield* through<SpikeChunk, CountsChunk>(bin({ binSize }), readSpikes(ready).chunks());
}

function* smoothedOf(ready: string, binSize: number): Generator<CountsChunk> {
  yield* through(smooth(smoothing), countsOf(ready, binSize));
}

async function momentsOf(ready: string, binSize: number): Promise<Moments> {
  const [known] = [...through(moments(), smoothedOf(ready, binSize))];
  if (known === undefined) throw new Error('there are no moments');
  return known;
}

function* through<I, O>(operator: OperatorFunction<I, O>, chunks: Iterable<I>): Generator<O> {
  const push = timed(operator, createClock());
  for (const chunk of chunks) yield* push(chunk);
  yield* push(undefined);
}
