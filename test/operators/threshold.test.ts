import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCrossings } from '../../src/math/crossings.ts';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import { type ThresholdOptions, threshold } from '../../src/operators/threshold.ts';
import {
  activationRun,
  chunkSizes,
  collect,
  cutActivation,
  expectStreamManners,
  failure,
  notes,
} from '../support/streams.ts';

/** Crossings as "assembly@bin". */
function cross(chunks: readonly ActivationChunk[], options: ThresholdOptions): string[] {
  const triggers = collect(chunks, threshold({ refractory: 0, ...options }));
  return triggers.map(({ assembly, time }) => `${assembly}@${Math.round(time / 0.01 - 0.5)}`);
}

const wave = [0, 1, 5, 6, 5, 4, 5, 0, 9];

describe('threshold', () => {
  test('a crossing is the first bin at the level after one below it', () => {
    const [first, ...others] = collect([activationRun([wave])], threshold({ level: 5 }));
    expect(first).toEqual({ kind: 'trigger', time: 0.02 + 0.005, assembly: 1, value: 5 });
    // The crossings at bins 6 and 8 lie within 0.1 s of it.
    expect(others).toEqual([]);
    expect(cross([activationRun([wave])], { level: 5 })).toEqual(['1@2', '1@6', '1@8']);
  });

  test('what begins above the level has not crossed it, and neither has what was missing', () => {
    expect(cross([activationRun([[9, 9, 0, 9]])], { level: 5 })).toEqual(['1@3']);
    expect(cross([activationRun([[0, Number.NaN, 9, 0, 9]])], { level: 5 })).toEqual(['1@4']);
    // A new run begins at bin 100: whether it came from below is not known.
    const runs = [activationRun([[0, 0]]), activationRun([[9, 0, 9]], { origin: 1 })];
    expect(cross(runs, { level: 5 })).toEqual(['1@102']);
  });

  test('assemblies have their own refractory time, or one together', () => {
    const run = activationRun([
      [0, 9, 0, 9, 0, 9],
      [0, 0, 9, 0, 9, 0],
    ]);
    const options = { level: 5, refractory: 0.03 };
    expect(cross([run], options)).toEqual(['1@1', '2@2', '1@5']);
    expect(cross([run], { ...options, silences: 'all' })).toEqual(['1@1', '2@4']);
    expect(cross([run], { ...options, assembly: 2 })).toEqual(['2@2']);
  });

  test('the refractory time lasts as long as it says, whatever the rounding', () => {
    // In bins of 10 ms each bin is at or beyond 10 ms from the one before.
    const run = activationRun([Array.from({ length: 600 }, (_, bin) => 9 * (bin % 2))]);
    expect(cross([run], { level: 5, refractory: 0.02 })).toHaveLength(300);
    expect(cross([run], { level: 5, refractory: 0.021 })).toHaveLength(150);
  });

  test('a clock that starts over does not silence anyone', () => {
    const late = activationRun([[0, 9]], { origin: 1000 });
    const early = activationRun([[0, 9]], { origin: 0 });
    const options = { level: 5, refractory: 60 };
    expect(cross([late, early], options)).toEqual(['1@100001', '1@1']);
    expect(cross([late, early], { ...options, silences: 'all' })).toHaveLength(2);
  });

  test('tells what it passed over, and an assembly that is not there', () => {
    const refractory = notes();
    collect([activationRun([wave])], threshold({ level: 5 }, refractory.report));
    expect(refractory.all).toMatchObject([
      { code: 'CROSSINGS_REFRACTORY', data: { nRefractory: 2 } },
    ]);
    const missing = notes();
    const none = collect(
      [activationRun([wave])],
      threshold({ level: 5, assembly: 2 }, missing.report),
    );
    expect(none).toEqual([]);
    expect(missing.codes()).toEqual(['NO_SUCH_ASSEMBLY']);
  });

  test('has manners, and refuses what is no level', () => {
    expectStreamManners(threshold({ level: 5 }), cutActivation(activationRun([wave]), [2]));
    expect(failure(() => threshold({ level: Number.NaN }))).toMatchObject({
      code: 'PARAM_OUT_OF_RANGE',
    });
  });

  test('does not depend on how the stream is cut', () => {
    const values = fc.array(fc.constantFrom(0, 4, 5, 9, Number.NaN), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(values, chunkSizes, (column, sizes) => {
        const run = activationRun([column, [...column].reverse()]);
        const options = { level: 5, refractory: 0.02 };
        expect(cross(cutActivation(run, sizes), options)).toEqual(cross([run], options));
      }),
    );
  });

  test('chunks without bins change nothing', () => {
    const crossings = createCrossings({ level: 5, refractory: 0, silences: 'assembly' });
    const empty = activationRun([[]]);
    crossings.push(activationRun([[0]]));
    crossings.push({ ...empty, firstBin: 1 });
    const next = { ...activationRun([[9]]), firstBin: 1 };
    expect(crossings.push(next)).toHaveLength(1);
  });
});
