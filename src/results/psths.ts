import { activationOf } from './lineage.ts';
import type { Alignment } from './run-json.ts';
import type { RunResults } from './run-results.ts';

/** Averages around one set of events. */
export interface PsthSet {
  /** The event-align node that made it, by which `psth.parquet` calls it. */
  readonly name: string;
  /** Prefix of the activation that was averaged; undefined where the run did not record that. */
  readonly activation: string | undefined;
  /** What the events are called in the recording: `ripples`. */
  readonly events: string;
  /** What of an event counts as its time: `start` or `peak`. */
  readonly at: string;
  readonly nEvents: number;
  readonly nUsed: number;
  /** Seconds; none where there are no assemblies. */
  readonly lags: Float64Array;
  /** One value per lag and assembly; NaN where no event has a bin. */
  readonly mean: readonly Float64Array[];
  readonly sem: readonly Float64Array[];
  /** Events that have a bin at each lag. */
  readonly n: Float64Array;
}

/** Every set of the run, in its order. @throws InputError when `psth.parquet` is not readable */
export async function readPsths(results: RunResults): Promise<PsthSet[]> {
  const table = await results.table('psth.parquet');
  if (!table) return [];
  const names = table.texts('events');
  const [assembly, lag, mean, sem, n] = ['assembly', 'lag', 'mean', 'sem', 'n'].map((name) =>
    table.numbers(name),
  );
  return results.run.aligned.map((aligned) => {
    const rows = indicesOf(names, aligned.node);
    const nAssemblies = rows.reduce((most, row) => Math.max(most, assembly[row]), 0);
    const rowsOf = Array.from({ length: nAssemblies }, (): number[] => []);
    for (const row of rows) rowsOf[assembly[row] - 1]?.push(row);
    const pick = (values: Float64Array, k: number) =>
      Float64Array.from(rowsOf[k] ?? [], (row) => values[row]);
    return {
      ...describe(results, aligned),
      lags: pick(lag, 0),
      mean: rowsOf.map((_, k) => pick(mean, k)),
      sem: rowsOf.map((_, k) => pick(sem, k)),
      n: pick(n, 0),
    };
  });
}

function describe(results: RunResults, { node, nEvents, nUsed }: Alignment) {
  const found = results.run.nodes.find(({ id }) => id === node);
  const wire = found?.inputs.get('events') ?? '';
  return {
    name: node,
    activation: activationOf(results, node),
    events: wire.slice(wire.indexOf('.') + 1),
    at: String(found?.options.get('at') ?? 'start'),
    nEvents,
    nUsed,
  };
}

function indicesOf(names: readonly string[], wanted: string): number[] {
  const indices: number[] = [];
  names.forEach((name, row) => {
    if (name === wanted) indices.push(row);
  });
  return indices;
}

/**
 * The sets before and after: those whose names say `pre` and `post`, or that lie in epochs of these roles; the first of
 * each where there are several.
 */
export function findPrePostSets(
  sets: readonly PsthSet[],
  { run }: RunResults,
): { readonly pre: PsthSet; readonly post: PsthSet } | undefined {
  const role = (word: 'pre' | 'post') => {
    const isNamed = new RegExp(`^${word}|${word}$`, 'i');
    const isIn = new RegExp(`(^|[^A-Za-z0-9])${word}([^A-Za-z0-9]|$)`);
    const named = sets.find(({ name }) => isNamed.test(name));
    return (
      named ??
      sets.find(({ name }) => {
        const options = run.nodes.find(({ id }) => id === name)?.options;
        return isIn.test(String(options?.get('in') ?? ''));
      })
    );
  };
  const [pre, post] = [role('pre'), role('post')];
  return pre && post && pre !== post ? { pre, post } : undefined;
}
