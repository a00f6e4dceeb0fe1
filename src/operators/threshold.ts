import { concat, concatMap, defer, EMPTY, type OperatorFunction } from 'rxjs';
import { defineOperator } from '../define.ts';
import { createCrossings } from '../math/crossings.ts';
import type { ActivationChunk, Trigger } from '../model/chunk.ts';
import { type Report, silent } from '../model/report.ts';
import { check, choice, count, number, type OptionsOf, optional, seconds } from '../params.ts';

const params = {
  level: number({ doc: 'The activation strength that has to be reached from below.' }),
  refractory: seconds({
    default: 0.1,
    max: 3600,
    doc: 'Time after a crossing in which others are passed over.',
  }),
  silences: choice({
    of: ['assembly', 'all'],
    default: 'assembly',
    doc: 'Whether a crossing silences its own assembly for that time, or all of them.',
  }),
  assembly: optional(count({ min: 1, doc: 'Only this assembly; all when left out.' })),
};
export type ThresholdOptions = OptionsOf<typeof params>;

/**
 * Tells when an assembly's activation crosses a level upward (rules: `createCrossings`).
 * In: activation. Out: one trigger per crossing, with assembly and activation, as soon as its bin is there; its time is the
 * centre of that bin. Crossings in a refractory time are counted in a note when the stream has ended
 * (`CROSSINGS_REFRACTORY`), and an assembly that is not there is told (`NO_SUCH_ASSEMBLY`).
 */
export function threshold(
  options: ThresholdOptions,
  report: Report = silent,
): OperatorFunction<ActivationChunk, Trigger> {
  const settings = check(params, options);
  return (activation) =>
    defer(() => {
      const crossings = createCrossings(settings);
      let nAssemblies: number | undefined;
      const closing = defer(() => {
        tellRefractory(crossings.nRefractory(), report);
        return EMPTY;
      });
      const triggers = activation.pipe(
        concatMap((chunk) => {
          if (nAssemblies === undefined) tellAssembly(settings.assembly, chunk, report);
          nAssemblies = chunk.columns.length;
          return crossings.push(chunk);
        }),
      );
      return concat(triggers, closing);
    });
}

function tellRefractory(nRefractory: number, report: Report): void {
  if (nRefractory === 0) return;
  const message = `${nRefractory} crossings fell into a refractory time and were passed over`;
  report({ level: 'info', code: 'CROSSINGS_REFRACTORY', message, data: { nRefractory } });
}

function tellAssembly(
  assembly: number | undefined,
  { columns }: ActivationChunk,
  report: Report,
): void {
  if (assembly === undefined || assembly <= columns.length) return;
  const message = `there is no assembly ${assembly} among ${columns.length}: nothing will cross`;
  const data = { assembly, nAssemblies: columns.length };
  report({ level: 'warning', code: 'NO_SUCH_ASSEMBLY', message, data });
}

export const thresholdNode = defineOperator({
  op: 'threshold',
  summary: 'Tells when an activation crosses a level upward.',
  inputs: { activation: { type: 'activation' } },
  outputs: { triggers: 'triggers' },
  params,
  connect: ({ activation }, options, { report }) => ({
    triggers: activation.pipe(threshold(options, report)),
  }),
});
