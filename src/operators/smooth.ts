import { concat, concatMap, defer, from, type OperatorFunction } from 'rxjs';
import { defineOperator } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { createCausalSmoother } from '../math/causal-smoother.ts';
import { boxSd, kernelRadius, neuroPySd } from '../math/gaussian-kernel.ts';
import type { TakeValues } from '../math/kernel-sums.ts';
import { createSmoother, type Smoother, type SmootherOptions } from '../math/smoother.ts';
import type { CountsChunk } from '../model/chunk.ts';
import { type Report, silent } from '../model/report.ts';
import {
  check,
  choice,
  number,
  type OptionsOf,
  optional,
  type ParamsOf,
  seconds,
} from '../params.ts';

const params = {
  sd: optional(seconds({ min: 1e-5, max: 60, doc: 'Standard deviation of the kernel.' })),
  templateBinSize: optional(
    seconds({
      min: 0.0005,
      max: 1,
      what: 'a bin width',
      doc: 'Instead of sd: the bin width that the kernel is to be as wide as.',
    }),
  ),
  kernel: choice({
    of: ['box', 'neuro-py'],
    default: 'box',
    doc: 'How sd follows from templateBinSize: its standard deviation, or as neuro_py has it.',
  }),
  across: choice({
    of: ['epochs', 'gaps'],
    default: 'epochs',
    doc: 'Each run by itself, or all as one sequence with missing bins in the gaps.',
  }),
  side: choice({
    of: ['both', 'causal'],
    default: 'both',
    doc: 'A whole kernel, which waits for what follows a bin, or the half that looks back: another estimator, at once.',
  }),
  truncate: number({ default: 4, min: 0.5, max: 20, doc: 'Reach of the kernel in units of sd.' }),
};
export type SmoothOptions = OptionsOf<typeof params>;

/**
 * Smooths counts along time with a Gaussian (edges and gaps: `createSmoother`) or the past half of
 * one (`createCausalSmoother`), which is another estimator and named as one (`smoothingSide`).
 * In: counts. Out: smoothed counts on the same bins, as many, each chunk from one run,
 * `smoothingSd` in seconds. With a whole kernel a row is delayed until the rows that it reaches are
 * known; `tellDelay` is told by how much (`SMOOTHING_DELAY`). Memory: three times the kernel's radius
 * in rows.
 * @throws ConfigError unless exactly one of `sd` and `templateBinSize` is given
 */
export function smooth(
  options: SmoothOptions,
  tellDelay: Report = silent,
): OperatorFunction<CountsChunk, CountsChunk> {
  return smoothWith(createSmootherFor, options, tellDelay);
}

/**
 * For whoever needs values and no rows, moments say: `aside` takes those of each unit in the order of their rows, and the
 * chunks, which say what bins they are of, come without. Half the time of `smooth` and what then reads the rows.
 */
export function smoothAside(
  options: SmoothOptions,
  aside: (nUnits: number) => TakeValues,
): OperatorFunction<CountsChunk, CountsChunk> {
  return smoothWith((_, of) => createSmoother(of, aside), options, silent);
}

type CreateSmoother = (side: ParamsOf<typeof params>['side'], of: SmootherOptions) => Smoother;

const createSmootherFor: CreateSmoother = (side, of) =>
  side === 'causal' ? createCausalSmoother(of) : createSmoother(of);

function smoothWith(
  create: CreateSmoother,
  options: SmoothOptions,
  tellDelay: Report,
): OperatorFunction<CountsChunk, CountsChunk> {
  const { across, truncate, side, ...width } = check(params, options);
  const sd = sdOf(width);
  const tellOnce = (binSize: number): void => {
    const seconds = kernelRadius(sd / binSize, truncate) * binSize;
    const message = `the kernel waits for the ${Number(seconds.toFixed(6))} s that follow a bin; side: causal does not`;
    tellDelay({ level: 'info', code: 'SMOOTHING_DELAY', message, data: { seconds } });
  };
  return (counts) =>
    defer(() => {
      const smoother = create(side, { sd, truncate, across });
      let isTold = side === 'causal';
      return concat(
        counts.pipe(
          concatMap((chunk) => {
            if (!isTold) tellOnce(chunk.binSize);
            isTold = true;
            return smoother.push(chunk);
          }),
        ),
        defer(() => from(smoother.finish())),
      );
    });
}

/** The kernel's standard deviation; throws unless the options name exactly one. */
function sdOf({
  sd,
  templateBinSize,
  kernel,
}: Pick<ParamsOf<typeof params>, 'sd' | 'templateBinSize' | 'kernel'>): number {
  const expected = 'exactly one of sd and templateBinSize';
  if (sd !== undefined && templateBinSize !== undefined) {
    throw new ConfigError({ code: 'SMOOTHING_WIDTH', found: 'both', expected });
  }
  if (sd !== undefined) {
    if (kernel === 'box') return sd;
    const found = 'sd together with kernel: neuro-py, which derives it';
    throw new ConfigError({ code: 'SMOOTHING_WIDTH', found, expected: 'templateBinSize with it' });
  }
  if (templateBinSize === undefined) {
    throw new ConfigError({ code: 'SMOOTHING_WIDTH', found: 'neither', expected });
  }
  const derived = kernel === 'box' ? boxSd(templateBinSize) : neuroPySd(templateBinSize);
  if (Number.isFinite(derived)) return derived;
  throw new ConfigError({
    code: 'SMOOTHING_WIDTH',
    found: `templateBinSize ${templateBinSize}`,
    expected: 'at least 0.002 s: below it the formula of kernel neuro-py divides by zero',
    hint: 'use kernel: box, or give sd',
  });
}

export const smoothNode = defineOperator({
  op: 'smooth',
  summary: 'Smooths counts along time with a Gaussian.',
  inputs: { counts: { type: 'counts' } },
  outputs: { counts: 'counts' },
  params,
  validate: sdOf,
  connect: ({ counts }, options, { report, isLive }) => ({
    counts: counts.pipe(smooth(options, isLive ? report : silent)),
  }),
});
