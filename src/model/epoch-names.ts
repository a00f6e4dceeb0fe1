import { ConfigError, didYouMean, show } from '../errors.ts';
import {
  type Epoch,
  type Epochs,
  type Intervals,
  mergeIntervals,
  type PrePost,
  sortIntervals,
} from './epochs.ts';
import type { Report } from './report.ts';

/** What a name can be, in the order in which a bare one is looked up. */
export const qualifiers = ['role', 'state', 'name', 'environment'] as const;
export type Qualifier = (typeof qualifiers)[number];

const roleNames = ['pre', 'task', 'post'] as const satisfies readonly (keyof PrePost)[];

/**
 * What `word` stands for when it is a role, a state, a name or an environment; undefined where it
 * is none.
 */
function lookUp(qualifier: Qualifier, word: string, epochs: Epochs): Intervals | undefined {
  switch (qualifier) {
    case 'role': {
      const role = roleNames.find((name) => name === word);
      const epoch = role && epochs.roles && epochs.epochs[epochs.roles[role]];
      return epoch && [epoch];
    }
    case 'state':
      return epochs.states.get(word);
    case 'name': {
      const named = epochs.recorded.filter(({ name }) => name === word);
      return some(named.length > 0 ? named : epochs.epochs.filter(({ name }) => name === word));
    }
    case 'environment':
      return word === '' ? undefined : some(epochs.epochs.filter((e) => e.environment === word));
  }
}

function some(found: readonly Epoch[]): Intervals | undefined {
  return found.length > 0 ? sortIntervals(found) : undefined;
}

/**
 * What a name stands for: with `qualifier` only what is of that kind, else a role, a state, an
 * epoch's name or an environment, the first of them that there is. A note says so when several are
 * and differ.
 * @throws ConfigError with the known names, nearest first
 */
export function resolveName(
  word: string,
  qualifier: Qualifier | undefined,
  epochs: Epochs,
  report: Report,
): Intervals {
  const kinds = qualifier === undefined ? qualifiers : [qualifier];
  const meanings = kinds.flatMap((kind) => {
    const intervals = lookUp(kind, word, epochs);
    return intervals ? [{ kind, intervals }] : [];
  });
  const [first, ...others] = meanings;
  if (!first) throw unknown(word, qualifier, epochs);
  const differing = others.filter(({ intervals }) => !isSame(intervals, first.intervals));
  if (differing.length > 0) {
    const also = differing.map(({ kind }) => kind).join(' and ');
    const ways = [first, ...differing].map(({ kind }) => `${kind}:${quote(word)}`).join(' or ');
    report({
      level: 'warning',
      code: 'AMBIGUOUS_EPOCH',
      message: `${show(word)} is taken as ${first.kind}, but is also ${also}; write ${ways}`,
      data: { word, taken: first.kind },
    });
  }
  return first.intervals;
}

/** The epoch at an index of the compressed epochs, negative from the end. */
export function epochAt(index: number, { epochs }: Epochs): Epoch {
  const epoch = epochs.at(index);
  if (epoch) return epoch;
  const last = epochs.length - 1;
  throw new ConfigError({
    code: 'UNKNOWN_EPOCH',
    found: `epoch[${index}]`,
    expected: last < 0 ? 'no index, there are no epochs' : `an index from ${-last - 1} to ${last}`,
  });
}

function unknown(word: string, qualifier: Qualifier | undefined, epochs: Epochs): ConfigError {
  const kinds = qualifier === undefined ? qualifiers : [qualifier];
  const known = new Set(kinds.flatMap((kind) => knownBy(kind, epochs)));
  if (qualifier === undefined) known.add('all');
  const details = { code: 'UNKNOWN_EPOCH', hint: didYouMean(word, known) };
  const isRole = kinds.includes('role') && roleNames.some((name) => name === word);
  if (isRole && !epochs.roles) {
    const environments = epochs.epochs.map(({ environment }) => show(environment)).join(', ');
    return new ConfigError({
      ...details,
      message: `no sleep, task and sleep in a row were found, so ${show(word)} has no meaning`,
      found: environments === '' ? 'no epochs' : `environments ${environments}`,
      expected: '"sleep", another environment, "sleep"',
    });
  }
  const expected =
    qualifier === undefined ? 'an epoch or state of the recording' : `a known ${qualifier}`;
  return new ConfigError({ ...details, found: show(word), expected });
}

function knownBy(qualifier: Qualifier, { roles, states, recorded, epochs }: Epochs): string[] {
  switch (qualifier) {
    case 'role':
      return roles ? [...roleNames] : [];
    case 'state':
      return [...states.keys()];
    case 'name':
      return [...new Set([...recorded, ...epochs].map(({ name }) => name))].filter(Boolean);
    case 'environment':
      return [...new Set(epochs.map(({ environment }) => environment))].filter(Boolean);
  }
}

function isSame(a: Intervals, b: Intervals): boolean {
  const [x, y] = [mergeIntervals(a), mergeIntervals(b)];
  return x.length === y.length && x.every((s, i) => s.start === y[i]?.start && s.end === y[i]?.end);
}

function quote(word: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(word) ? word : `'${word}'`;
}
