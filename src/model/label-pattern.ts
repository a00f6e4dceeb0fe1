import { InputError, show } from '../errors.ts';
import { isWord, type PatternNode, parsePattern, patternFault } from './label-pattern-syntax.ts';

const maxStates = 10_000;
const maxLabel = 30_000;

type State =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean; next: number }
  | { readonly kind: 'assertion'; readonly at: string; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'found' };

/**
 * A search for a pattern in labels, as Python's `re.search` does it: anywhere in the label, unless anchored by ^ and $.
 * Understood are characters, `.`, `|`, groups, classes, `\d \w \s \b` and their opposites, `^ $ * + ?` and `{m,n}`.
 * Time is proportional to the length of the label, whatever the pattern: all ways to match are followed at once.
 * @throws ConfigError PATTERN_UNSUPPORTED for Python's other syntax (lookaround, backreferences, named groups, inline
 *   flags), PATTERN_INVALID for what is no pattern; the search throws an InputError for a label of more than 30,000
 *   characters
 * Source: Thompson 1968, Regular expression search algorithm, doi 10.1145/363347.363387
 */
export function createLabelPattern(
  pattern: string,
  { isCaseInsensitive = false }: { readonly isCaseInsensitive?: boolean } = {},
): (label: string) => boolean {
  const states = compile(pattern, parsePattern(pattern, isCaseInsensitive));
  return (label) => {
    if (label.length > maxLabel) throw tooLong(label);
    return search(states, Array.from(label));
  };
}

/** Whether any of several patterns is found in a label; each distinct label is searched once. */
export function matchAnyLabel(patterns: readonly string[]): (label: string) => boolean {
  const searches = patterns.map((pattern) => createLabelPattern(pattern));
  const answers = new Map<string, boolean>();
  return (label) => {
    const known = answers.get(label);
    if (known !== undefined) return known;
    const answer = searches.some((search) => search(label));
    answers.set(label, answer);
    return answer;
  };
}

function tooLong(label: string): InputError {
  const found = `a label of ${label.length} characters`;
  const expected = `at most ${maxLabel}, where labels are searched for a pattern`;
  return new InputError({ code: 'LABEL_TOO_LONG', where: `label ${show(label)}`, found, expected });
}

/** States of the automaton: the last one is where it starts, the first one means "found". */
function compile(pattern: string, root: PatternNode): readonly State[] {
  const states: State[] = [{ kind: 'found' }];
  let nVisits = 0;
  const add = (state: State) => states.push(state) - 1;
  /** Adds the states of `node`, which go on to `next`, and returns the first of them. */
  const build = (node: PatternNode, next: number): number => {
    // Counts empty groups too, which add no states but may be repeated.
    if (++nVisits > 4 * maxStates || states.length > maxStates) {
      throw patternFault(pattern, 0, 'PATTERN_UNSUPPORTED', `more than ${maxStates} states`);
    }
    switch (node.kind) {
      case 'character':
        return add({ kind: 'character', matches: node.matches, next });
      case 'assertion':
        return add({ kind: 'assertion', at: node.at, next });
      case 'sequence':
        return node.parts.reduceRight((after, part) => build(part, after), next);
      case 'choice':
        return node.options
          .map((option) => build(option, next))
          .reduce((other, first) => add({ kind: 'split', next: first, other }));
      case 'repeat':
        return buildRepeat(node, next);
    }
  };
  const buildRepeat = (node: PatternNode & { kind: 'repeat' }, next: number): number => {
    let first = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      const loop: State = { kind: 'split', next, other: next };
      first = add(loop);
      loop.next = build(node.body, first);
    } else {
      for (let i = node.min; i < node.max; i++) {
        first = add({ kind: 'split', next: build(node.body, first), other: next });
      }
    }
    for (let i = 0; i < node.min; i++) first = build(node.body, first);
    return first;
  };
  const start = build(root, 0);
  add({ kind: 'split', next: start, other: start });
  return states;
}

function search(states: readonly State[], label: readonly string[]): boolean {
  const start = states.length - 1;
  const reached = new Int32Array(states.length).fill(-1);
  const pending: number[] = [];
  let current: number[] = [];
  for (let at = 0; at <= label.length; at++) {
    const waiting: number[] = [];
    // A match may begin at every character.
    pending.push(...current, start);
    while (pending.length > 0) {
      const index = pending.pop() ?? 0;
      if (reached[index] === at) continue;
      reached[index] = at;
      const state = states[index];
      if (state.kind === 'found') return true;
      if (state.kind === 'split') pending.push(state.other, state.next);
      else if (state.kind === 'character') waiting.push(index);
      else if (holds(state.at, label, at)) pending.push(state.next);
    }
    current = [];
    for (const index of waiting) {
      const state = states[index];
      if (at < label.length && state.kind === 'character' && state.matches(label[at])) {
        current.push(state.next);
      }
    }
  }
  return false;
}

function holds(assertion: string, label: readonly string[], at: number): boolean {
  const { length } = label;
  if (assertion === 'start') return at === 0;
  // As in Python, $ also stands before a line break that ends the label.
  if (assertion === 'end') return at === length || (at === length - 1 && label[at] === '\n');
  // As in Python, neither \b nor \B is found in an empty label.
  if (length === 0) return false;
  const isBefore = at > 0 && isWord(label[at - 1]);
  const isAfter = at < length && isWord(label[at]);
  return (isBefore !== isAfter) === (assertion === 'word-edge');
}
