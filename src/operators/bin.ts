import { concat, concatMap, defer, EMPTY, type OperatorFunction, of } from 'rxjs';
import { defineOperator } from '../define.ts';
import { createBinner, type DroppedTime } from '../math/binner.ts';
import type { CountsChunk, SpikeChunk } from '../model/chunk.ts';
import { type Report, silent } from '../model/report.ts';
import { check, choice, type OptionsOf, seconds } from '../params.ts';

const params = {
  binSize: seconds({ min: 0.0005, max: 1, what: 'a bin width', doc: 'Width of one bin.' }),
  grid: choice({
    of: ['plain', 'neuro-py'],
    default: 'plain',
    doc: 'Bins of exactly binSize from the start of each run, or the stretched ones of neuro_py.',
  }),
};
export type BinOptions = OptionsOf<typeof params>;

/**
 * Counts spikes per unit in consecutive bins.
 * In: spikes, ascending in time. Out: counts, sparse rows of shape [nBins, nUnits]; a bin comes out
 * when it has closed. What remains of a run behind its last whole bin is dropped, its count
 * compares with no other; one note at the end says how much (`TIME_DROPPED`). A chunk in which no
 * bin closes gives nothing. Memory: one row of counts.
 * @throws ConfigError when an option is out of range, or `grid: neuro-py` meets a run whose end is
 * not known; InputError for spikes that do not ascend or units that do not exist
 */
export function bin(
  options: BinOptions,
  report: Report = silent,
): OperatorFunction<SpikeChunk, CountsChunk> {
  const { binSize, grid } = check(params, options);
  return (spikes) =>
    defer(() => {
      const binner = createBinner(binSize, grid);
      const counts = spikes.pipe(
        concatMap((chunk) => {
          const made = binner.push(chunk);
          return made ? of(made) : EMPTY;
        }),
      );
      const note = defer(() => {
        tellDropped(binner.finish(), binSize, report);
        return EMPTY;
      });
      return concat(counts, note);
    });
}

function tellDropped(dropped: DroppedTime, binSize: number, report: Report): void {
  const { seconds: lost, nRuns, nShortRuns } = dropped;
  // A run that ends a rounding error behind its last edge has lost nothing.
  if (nShortRuns === 0 && lost <= 1e-6 * binSize * nRuns) return;
  const short = nShortRuns > 0 ? `; ${nShortRuns} of them are shorter than one bin` : '';
  report({
    level: nShortRuns > 0 ? 'warning' : 'info',
    code: 'TIME_DROPPED',
    message: `${Number(lost.toPrecision(6))} s behind the last whole bins of ${nRuns} runs dropped${short}`,
    data: { ...dropped },
  });
}

export const binNode = defineOperator({
  op: 'bin',
  summary: 'Counts spikes per unit in consecutive bins.',
  inputs: { spikes: { type: 'spikes' } },
  outputs: { counts: 'counts' },
  params,
  connect: ({ spikes }, options, { report }) => ({ counts: spikes.pipe(bin(options, report)) }),
});
