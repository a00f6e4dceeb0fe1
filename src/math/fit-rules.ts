import { ConfigError, show } from '../errors.ts';
import { groupShuffleKinds } from './shuffle-groups.ts';

/** The options of a fit that do not go with all others. */
export interface FitRules {
  readonly structure: 'all' | 'masked-correlation' | 'scaled-covariance' | 'cross-svd';
  readonly bound: string;
  readonly method: 'ica' | 'pca';
  readonly ranks: 'max-stat' | 'per-rank';
  readonly spans: 'any' | 'absolute' | 'relative' | 'percentile';
  readonly spansAbove: number | undefined;
  readonly generator: 'fast' | 'numpy';
  readonly stability: 'none' | 'split-half';
  readonly restarts: number;
}

const unitShuffles = ['bin-shuffle', 'circular-shift'] as const;
export const shuffleBounds = [...unitShuffles, ...groupShuffleKinds] as const;
const neuroPyBounds = ['marchenko-pastur', 'neuro-py-tracy-widom'] as const;
const acrossBounds = ['cross-analytic', ...shuffleBounds] as const;

/** The bounds that mean something for a structure. */
const boundsOf: Readonly<Record<FitRules['structure'], readonly string[]>> = {
  all: [...neuroPyBounds, 'tracy-widom-95', 'tracy-widom-99', ...unitShuffles],
  // The first two are those of another matrix: conservative here, and what neuro_py took until March 2026.
  'masked-correlation': [...neuroPyBounds, ...acrossBounds],
  'scaled-covariance': acrossBounds,
  'cross-svd': acrossBounds,
};

/**
 * Refuses options that contradict each other or have no effect.
 * @throws ConfigError that says which
 */
export function expectFitRules(rules: FitRules): void {
  const { structure, bound } = rules;
  if (!boundsOf[structure].includes(bound)) {
    throw new ConfigError({
      code: 'BOUND_OF_STRUCTURE',
      message: 'this bound says nothing about the matrix of this structure',
      found: `bound: ${bound} with structure: ${structure}`,
      expected: `one of ${boundsOf[structure].join(', ')}`,
      hint: 'no bound is put in the place of another: choose one',
    });
  }
  if (structure === 'all') expectNoSpans(rules);
  else expectAcross(rules);
}

function expectNoSpans({ spans, spansAbove, ranks }: FitRules): void {
  const idle = Object.entries({
    spans: spans === 'any' ? undefined : spans,
    spansAbove,
    ranks: ranks === 'max-stat' ? undefined : ranks,
  }).find(([, value]) => value !== undefined);
  if (!idle) return;
  const [name, value] = idle;
  const expected = 'a structure across groups, which reads it';
  throw contradiction(`${name}: ${show(value)} with structure: all`, expected, `leave out ${name}`);
}

function expectAcross(rules: FitRules): void {
  const { structure, bound, method, ranks, spans, spansAbove, generator } = rules;
  const isShuffle = shuffleBounds.some((name) => name === bound);
  if (structure === 'cross-svd' && method !== 'pca') {
    throw contradiction(
      `structure: cross-svd with method: ${method}`,
      'method: pca: the singular vectors are the patterns',
      'write method: pca, or take another structure',
    );
  }
  if (ranks === 'per-rank' && !(structure === 'cross-svd' && isShuffle)) {
    throw contradiction(
      `ranks: per-rank with structure: ${structure} and bound: ${bound}`,
      'structure: cross-svd and a bound that is made by shuffling',
      'leave out ranks',
    );
  }
  if (generator === 'numpy' && bound === 'group-shift') {
    throw contradiction(`generator: numpy with bound: ${bound}`, 'generator: fast', undefined);
  }
  if ((spans === 'any') !== (spansAbove === undefined)) {
    throw contradiction(
      spans === 'any' ? `spansAbove: ${spansAbove} without spans` : `spans: ${spans} alone`,
      'spans and spansAbove together',
      'spansAbove is a weight, a share of the largest weight, or a percentile (0 to 100)',
    );
  }
  if (spans === 'percentile' && (spansAbove ?? 0) > 100) {
    throw contradiction(`spansAbove: ${spansAbove}`, 'a percentile from 0 to 100', undefined);
  }
  if (spans !== 'any' && (rules.stability !== 'none' || rules.restarts > 0)) {
    throw contradiction(
      `spans: ${spans} with ${rules.restarts > 0 ? 'restarts' : 'stability'}`,
      'stability of all patterns',
      'leave out spans: withinShare in run.json tells patterns that lie within one group',
    );
  }
}

function contradiction(found: string, expected: string, hint: string | undefined): ConfigError {
  const details = { code: 'IDLE_OPTION', found, expected };
  return new ConfigError(hint === undefined ? details : { ...details, hint });
}
