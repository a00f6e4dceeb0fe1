import fc from 'fast-check';
import { EMPTY, of, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { CountsChunk, Moments, ZscoredChunk } from '../../src/model/chunk.ts';
import type { Epochs } from '../../src/model/epochs.ts';
import { silent } from '../../src/model/report.ts';
import { moments, zscore, zscoreNode } from '../../src/operators/zscore.ts';
import {
  chunkSizes,
  collect,
  countRuns,
  countsRun,
  cutCounts,
  expectStreamManners,
  failure,
  notes,
} from '../support/streams.ts';

const run = countsRun(
  [
    [1, 0],
    [0, 0],
    [2, 0],
    [0, 0],
  ],
  2,
);
const epochs: Epochs = {
  kind: 'epochs',
  domain: { start: 0, end: 1 },
  recorded: [],
  epochs: [],
  states: new Map([
    ['A', [{ start: 0, end: 0.02 }]],
    ['far', [{ start: 5, end: 6 }]],
  ]),
  roles: undefined,
};

function gathered(chunks: readonly CountsChunk[], operator = zscore()): Moments | undefined {
  return collect(chunks, operator).at(-1)?.moments;
}

describe('zscore', () => {
  test('gathers moments and gives them with a closing chunk', () => {
    const made = collect(cutCounts(run, [3]), zscore());
    expect(made.map((chunk) => [chunk.counts.nBins, chunk.moments !== undefined])).toEqual([
      [3, false],
      [1, false],
      [0, true],
    ]);
    expect(made[0]?.counts.values).toEqual(Float64Array.of(1, 2));
    expect(made[2]?.moments).toMatchObject({
      mean: Float64Array.of(0.75, 0),
      isConstant: Uint8Array.of(0, 1),
      nBins: 4,
      binSize: 0.01,
      smoothingSd: 0,
    });
    expect(made[2]?.counts).toMatchObject({ start: 0.04, end: 0.04, firstBin: 4, nUnits: 2 });
  });

  test('pairs every chunk with moments that are known', () => {
    const known = gathered([run]) as Moments;
    const made = collect(cutCounts(run, [2]), zscore({}, of(known)));
    expect(made.map(({ counts, moments: own }) => [counts.nBins, own === known])).toEqual([
      [2, true],
      [2, true],
    ]);
  });

  test('waits for the moments', () => {
    const moments$ = new Subject<Moments>();
    const made: ZscoredChunk[] = [];
    of(run)
      .pipe(zscore({}, moments$))
      .subscribe((chunk) => made.push(chunk));
    expect(made).toEqual([]);
    moments$.next(gathered([run]) as Moments);
    expect(made).toHaveLength(1);
  });

  test('refuses moments of other counts, and none', () => {
    const other = gathered([countsRun([[1, 2]], 2, { binSize: 0.025 })]) as Moments;
    const error = failure(() => collect([run], zscore({}, of(other))));
    expect(error).toMatchObject({ code: 'MOMENTS_MISMATCH' });
    expect((error as Error).message).toMatch(/0\.025.*0\.01/);
    expect(failure(() => collect([run], zscore({}, EMPTY)))).toMatchObject({
      code: 'MOMENTS_UNKNOWN',
    });
  });

  test('takes the moments over epochs', () => {
    const over = (text: string) => zscore({ over: text }, undefined, of(epochs));
    expect(gathered([run], over('A'))).toMatchObject({ nBins: 2, mean: Float64Array.of(0.5, 0) });
    expect(gathered([run], over('~A & all'))?.nBins).toBe(2);
    const { report, codes } = notes();
    expect(gathered([run], zscore({ over: 'far' }, undefined, of(epochs), report))?.nBins).toBe(0);
    expect(codes()).toEqual(['NO_BINS']);
    expect(failure(() => zscore({ over: 'A' }))).toMatchObject({ code: 'NO_EPOCHS' });
    expect(failure(() => gathered([run], over('B')))).toMatchObject({ code: 'UNKNOWN_EPOCH' });
  });

  test('counts the constant units', () => {
    const { report, all } = notes();
    collect([run], zscore({}, undefined, undefined, report));
    expect(all).toMatchObject([{ code: 'CONSTANT_UNITS', data: { nConstant: 1, nUnits: 2 } }]);
  });

  test('an empty stream has moments of no units', () => {
    expect(gathered([])).toMatchObject({ nBins: 0, mean: new Float64Array(0) });
    expect(collect([], zscore({}, of(gathered([run]) as Moments)))).toEqual([]);
  });

  test('has the manners of a stream', () => {
    expectStreamManners(zscore(), cutCounts(run, [2]));
    expectStreamManners(moments(), cutCounts(run, [2]));
  });

  test('moments() emits once, and cuts change no bit', () => {
    fc.assert(
      fc.property(countRuns(3), chunkSizes, (runs, sizes) => {
        const whole = collect(runs, moments());
        expect(whole).toHaveLength(1);
        expect(
          collect(
            runs.flatMap((part) => cutCounts(part, sizes)),
            moments(),
          ),
        ).toEqual(whole);
      }),
    );
  });
});

describe('the zscore node', () => {
  function connect(given?: Moments, known: { moments?: Moments } = {}) {
    const counts = new Subject<CountsChunk>();
    const inputs = { counts, moments: given && of(given), epochs: undefined, units: undefined };
    const outputs = zscoreNode.connect(inputs, { over: 'stream' }, { report: silent, known });
    const chunks: ZscoredChunk[] = [];
    const values: Moments[] = [];
    outputs.zscored.subscribe((chunk) => chunks.push(chunk));
    outputs.moments.subscribe((value) => values.push(value));
    let nReaders = 0;
    for (const _ of counts.observers) nReaders++;
    counts.next(run);
    counts.complete();
    return { chunks, values, nReaders };
  }

  test('gathers once for both outputs', () => {
    const { chunks, values, nReaders } = connect();
    expect(nReaders).toBe(1);
    expect(chunks).toHaveLength(2);
    expect(values).toEqual([gathered([run])]);
  });

  test('uses what an earlier pass made, or what is connected', () => {
    const earlier = gathered([run]) as Moments;
    const other = { ...earlier, nBins: 99 };
    expect(connect(undefined, { moments: earlier }).chunks).toMatchObject([{ moments: earlier }]);
    const { chunks, values } = connect(other, { moments: earlier });
    expect(chunks).toMatchObject([{ moments: other }]);
    expect(values).toEqual([other]);
  });
});
