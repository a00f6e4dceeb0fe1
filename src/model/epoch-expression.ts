import { ConfigError, show } from '../errors.ts';
import { epochAt, type Qualifier, qualifiers, resolveName } from './epoch-names.ts';
import { syntaxError, type Token, tokenize } from './epoch-tokens.ts';
import {
  complementIntervals,
  type Epochs,
  type Intervals,
  intersectIntervals,
  mergeIntervals,
} from './epochs.ts';
import { type Report, silent } from './report.ts';

/** Which epochs, as written: `task & THETA`. `resolveEpochs` finds them in a recording. */
export type EpochExpression =
  | { readonly kind: 'all' }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'qualified'; readonly qualifier: Qualifier; readonly word: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'not'; readonly of: EpochExpression }
  | {
      readonly kind: 'and' | 'or';
      readonly left: EpochExpression;
      readonly right: EpochExpression;
    };

const maxLength = 1000;
const maxDepth = 64;

/**
 * Reads an epoch expression. `|` binds least, then `&`, then `~`. An atom is a bare word, a
 * 'quoted' or "quoted" text, `epoch[1]` (from 0, negative from the end), a word with its kind
 * before it (`state:THETA`), or `all`.
 * @throws ConfigError with the column of the first thing that does not fit
 */
export function parseEpochExpression(text: string): EpochExpression {
  if (text.length > maxLength) {
    const found = `${text.length} characters`;
    throw syntaxError(1, found, `an epoch expression of at most ${maxLength}`);
  }
  const tokens = tokenize(text);
  let position = 0;
  let depth = 0;

  const peek = (): Token => tokens[position] ?? tokens[tokens.length - 1];
  const isNext = (mark: string): boolean => peek().kind === 'mark' && peek().text === mark;
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const expectMark = (mark: string): void => {
    if (!isNext(mark)) throw unexpected(peek(), `"${mark}"`);
    take();
  };

  function union(): EpochExpression {
    let left = intersection();
    while (isNext('|')) {
      take();
      left = { kind: 'or', left, right: intersection() };
    }
    return left;
  }

  function intersection(): EpochExpression {
    let left = complement();
    while (isNext('&')) {
      take();
      left = { kind: 'and', left, right: complement() };
    }
    return left;
  }

  function complement(): EpochExpression {
    if (!isNext('~') && !isNext('(')) return atom();
    const opening = take();
    if (++depth > maxDepth) {
      throw syntaxError(opening.column, 'deeper nesting', `at most ${maxDepth} levels`);
    }
    let inner: EpochExpression;
    if (opening.text === '~') inner = { kind: 'not', of: complement() };
    else {
      inner = union();
      expectMark(')');
    }
    depth--;
    return inner;
  }

  function atom(): EpochExpression {
    const token = take();
    if (token.kind === 'quoted') return { kind: 'word', word: token.text };
    if (token.kind !== 'word') throw unexpected(token, 'the name of an epoch or state');
    if (isNext('[')) return index(token);
    if (isNext(':')) return qualified(token);
    return token.text === 'all' ? { kind: 'all' } : { kind: 'word', word: token.text };
  }

  function index(word: Token): EpochExpression {
    if (word.text !== 'epoch' && word.text !== 'epochs') {
      throw syntaxError(word.column, `${show(word.text)} before "["`, 'epoch[index]');
    }
    expectMark('[');
    const token = take();
    if (token.kind !== 'number') throw unexpected(token, 'a whole number');
    expectMark(']');
    return { kind: 'index', index: Number(token.text) };
  }

  function qualified(word: Token): EpochExpression {
    const qualifier = qualifiers.find((known) => known === word.text);
    if (!qualifier) {
      throw syntaxError(
        word.column,
        `${show(word.text)} before ":"`,
        `one of ${qualifiers.join(', ')}`,
      );
    }
    expectMark(':');
    const token = take();
    if (token.kind !== 'word' && token.kind !== 'quoted') {
      throw unexpected(token, `the name of a ${qualifier}`);
    }
    return { kind: 'qualified', qualifier, word: token.text };
  }

  const expression = union();
  if (peek().kind !== 'end') throw unexpected(peek(), '"&", "|" or the end');
  return expression;
}

/** What is wrong with an epoch expression; undefined where nothing is. */
export function checkEpochExpression(text: string): string | undefined {
  try {
    parseEpochExpression(text);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function unexpected({ kind, text, column }: Token, expected: string): ConfigError {
  return syntaxError(column, kind === 'end' ? 'the end' : show(text), expected);
}

/**
 * The spans an expression names in a recording, sorted by start. `&` keeps every overlap, clipped
 * and unmerged; `|` merges; `~` is what of the domain lies outside. A bare word is a role (`pre`,
 * `task`, `post`), else a state, else an epoch's name, else an environment; where it means several
 * things that differ, the first wins and a note says so.
 * @throws ConfigError for a name or an index that the recording does not have
 */
export function resolveEpochs(
  expression: EpochExpression,
  epochs: Epochs,
  report: Report = silent,
): Intervals {
  const { domain } = epochs;
  const resolve = (part: EpochExpression): Intervals => {
    switch (part.kind) {
      case 'all':
        return [domain];
      case 'word':
        return resolveName(part.word, undefined, epochs, report);
      case 'qualified':
        return resolveName(part.word, part.qualifier, epochs, report);
      case 'index':
        return [epochAt(part.index, epochs)];
      case 'not':
        return complementIntervals(resolve(part.of), domain);
      case 'and':
        return intersectIntervals(resolve(part.left), resolve(part.right));
      case 'or':
        return mergeIntervals([...resolve(part.left), ...resolve(part.right)]);
    }
  };
  return resolve(expression);
}
