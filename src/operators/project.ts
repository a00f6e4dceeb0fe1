import {
  concat,
  concatMap,
  defer,
  EMPTY,
  type Observable,
  type OperatorFunction,
  of,
  switchMap,
  take,
  throwIfEmpty,
} from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { createProjector } from '../math/projector.ts';
import type { ActivationChunk, Bins, ZscoredChunk } from '../model/chunk.ts';
import type { Patterns } from '../model/patterns.ts';
import { check, choice, type OptionsOf } from '../params.ts';

const params = {
  diagonal: choice({
    of: ['zero', 'keep'],
    default: 'zero',
    doc: 'Whether a unit that fires alone can activate a pattern (keep) or not (zero).',
  }),
};
export type ProjectOptions = OptionsOf<typeof params>;

const noBins: Bins = {
  start: 0,
  end: 0,
  origin: 0,
  step: 0,
  binSize: 0,
  firstBin: 0,
  nBins: 0,
};

/**
 * Activation strength of each pattern in each bin (formula and sources: `createProjector`).
 * In: z-scored counts, each chunk with its moments, and the patterns, which come first. Out:
 * activation without unit, one column per pattern. A chunk without bins gives nothing; a stream
 * without bins gives one chunk without bins, so that the number of patterns is known. Memory:
 * nothing beyond a chunk but the weights.
 * @throws ConfigError for chunks without moments, and patterns or moments of other units, bins or
 * smoothing
 */
export function project(
  options: ProjectOptions,
  patterns$: Observable<Patterns>,
): OperatorFunction<ZscoredChunk, ActivationChunk> {
  const { diagonal } = check(params, options);
  return (zscored) =>
    patterns$.pipe(
      take(1),
      throwIfEmpty(
        () => new ConfigError({ code: 'NO_PATTERNS', message: 'the patterns never came' }),
      ),
      switchMap((patterns) => {
        const projector = createProjector(patterns, diagonal);
        let hasBins = false;
        let grid = noBins;
        const activation = zscored.pipe(
          concatMap(({ counts, moments }) => {
            grid = counts;
            if (counts.nBins === 0) return EMPTY;
            if (moments === undefined) throw momentsUnknown();
            hasBins = true;
            return of(projector.project(counts, moments));
          }),
        );
        const ifEmpty = defer(() => (hasBins ? EMPTY : of(projector.empty(grid))));
        return concat(activation, ifEmpty);
      }),
    );
}

function momentsUnknown(): ConfigError {
  return new ConfigError({
    code: 'MOMENTS_UNKNOWN',
    message: 'mean and SD are still being gathered from this very stream',
    found: 'z-scored counts without moments',
    expected: 'moments with every chunk',
    hint: 'read the stream twice: zscore(options, moments$) with the moments of the first time',
  });
}

export const projectNode = defineOperator({
  op: 'project',
  summary: 'Activation strength of each pattern in each bin.',
  inputs: {
    zscored: { type: 'zscored', need: 'each-bin' },
    patterns: { type: 'patterns', need: 'each-bin' },
  },
  outputs: { activation: 'activation' },
  params,
  connect: ({ zscored, patterns }, options) => ({
    activation: zscored.pipe(project(options, patterns)),
  }),
});
