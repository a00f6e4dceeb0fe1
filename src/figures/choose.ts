import { ConfigError, didYouMean, show } from '../errors.ts';
import { nodeOf } from '../results/lineage.ts';
import { type FittedPatterns, readPatterns } from '../results/patterns.ts';
import { type PsthSet, readPsths } from '../results/psths.ts';
import type { RunResults } from '../results/run-results.ts';
import type { DrawnFigure, FigureRequest } from './request.ts';

/** A figure for each of the files of a kind, or for that of one node. */
export async function each(
  prefixes: readonly string[],
  figure: string,
  { node }: FigureRequest,
  draw: (prefix: string) => Promise<string | undefined>,
): Promise<DrawnFigure[]> {
  const chosen = choosePrefixes(prefixes, node);
  const drawn: DrawnFigure[] = [];
  for (const prefix of chosen) {
    const svg = await draw(prefix);
    if (svg !== undefined) drawn.push({ name: `${prefix}${figure}`, svg });
  }
  return drawn;
}

function choosePrefixes(prefixes: readonly string[], node: string | undefined): readonly string[] {
  const chosen = prefixes.filter((prefix) => node === undefined || nodeOf(prefix) === node);
  if (chosen.length > 0 || prefixes.length === 0) return chosen;
  const known = prefixes.map(nodeOf).filter((name) => name !== '');
  const hint = known.length > 0 ? didYouMean(node ?? '', known) : 'there is only one: leave it out';
  throw new ConfigError({ code: 'UNKNOWN_NODE', where: '--node', found: show(node), hint });
}

/** A figure for each fit, or for that of one node. */
export function eachFit(
  results: RunResults,
  figure: string,
  request: FigureRequest,
  draw: (patterns: FittedPatterns) => Promise<string | undefined>,
): Promise<DrawnFigure[]> {
  return each(results.fits, figure, request, async (fit) => {
    const patterns = await readPatterns(results, fit);
    return patterns && draw(patterns);
  });
}

/** The sets that a request is about. */
export async function setsOf(
  results: RunResults,
  { node, events, assembly }: FigureRequest,
): Promise<PsthSet[]> {
  const chosen = node === undefined ? undefined : choosePrefixes(results.activations, node);
  const sets = await readPsths(results);
  const own = sets.filter(({ activation }) => !chosen || chosen.includes(activation ?? ''));
  if (own.length === 0) return own;
  if (events !== undefined && !own.some(({ name }) => name === events)) {
    const hint = didYouMean(
      events,
      own.map(({ name }) => name),
    );
    throw new ConfigError({ code: 'UNKNOWN_EVENTS', where: '--events', found: show(events), hint });
  }
  const shown = own.filter(({ name }) => events === undefined || name === events);
  expectAssembly(assembly, Math.max(...shown.map(({ mean }) => mean.length)));
  return own;
}

/** @throws ConfigError when there is no such assembly */
export function expectAssembly(assembly: number | undefined, n: number): void {
  if (assembly === undefined || (assembly >= 1 && assembly <= n)) return;
  const expected = n === 0 ? 'none: no assemblies were found' : `a number from 1 to ${n}`;
  const found = String(assembly);
  throw new ConfigError({ code: 'UNKNOWN_ASSEMBLY', where: '--assembly', found, expected });
}

/** The one figure of some sets, where there are any. */
export function ofSets(
  sets: readonly PsthSet[],
  name: string,
  draw: (sets: readonly PsthSet[]) => string,
): DrawnFigure[] {
  return sets.length === 0 ? [] : [{ name, svg: draw(sets) }];
}
