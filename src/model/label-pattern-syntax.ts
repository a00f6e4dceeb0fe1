import { ConfigError, show } from '../errors.ts';

/** A pattern as read: what remains of it are characters, choices, sequences and repeats. */
export type PatternNode =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'assertion'; readonly at: 'start' | 'end' | 'word-edge' | 'no-word-edge' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      readonly max: number;
    };

const maxLength = 1000;

const classes: ReadonlyMap<string, RegExp> = new Map([
  ['d', /^\p{Nd}$/u],
  ['D', /^\P{Nd}$/u],
  ['w', /^[\p{L}\p{N}_]$/u],
  ['W', /^[^\p{L}\p{N}_]$/u],
  ['s', /^\s$/u],
  ['S', /^\S$/u],
]);

const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
]);

const groups: readonly (readonly [string, string])[] = [
  ['?=', 'lookahead'],
  ['?!', 'negative lookahead'],
  ['?<=', 'lookbehind'],
  ['?<!', 'negative lookbehind'],
  ['?P', 'a named group'],
  ['?<', 'a named group'],
  ['?>', 'an atomic group'],
  ['?#', 'a comment'],
  ['?(', 'a conditional'],
  ['?', 'an inline flag'],
];

export function isWord(character: string): boolean {
  return classes.get('w')?.test(character) ?? false;
}

/**
 * Reads a pattern in the syntax of Python's `re`, less what cannot be matched in linear time.
 * @throws ConfigError PATTERN_UNSUPPORTED for the rest, PATTERN_INVALID for what is no pattern
 */
export function parsePattern(pattern: string, isCaseInsensitive: boolean): PatternNode {
  const characters = Array.from(pattern);
  if (characters.length > maxLength) {
    throw patternFault(
      pattern,
      maxLength,
      'PATTERN_INVALID',
      'a longer pattern than 1000 characters',
    );
  }
  return new PatternParser(pattern, characters, isCaseInsensitive).parse();
}

export function patternFault(
  pattern: string,
  at: number,
  code: string,
  found: string,
): ConfigError {
  return new ConfigError({
    code,
    where: `pattern ${show(pattern)}, character ${at + 1}`,
    found,
    expected: 'text, . | ( ) [ ] ^ $ * + ? {m,n} \\d \\w \\s \\b, or these escaped with \\',
    ...(code === 'PATTERN_UNSUPPORTED' ? { hint: 'list several patterns instead' } : {}),
  });
}

class PatternParser {
  #pattern: string;
  #characters: readonly string[];
  #isCaseInsensitive: boolean;
  #at = 0;

  constructor(pattern: string, characters: readonly string[], isCaseInsensitive: boolean) {
    this.#pattern = pattern;
    this.#characters = characters;
    this.#isCaseInsensitive = isCaseInsensitive;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#peek() === ')') throw this.#invalid('a ) without its (');
    return node;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string | undefined {
    return this.#characters[this.#at++];
  }

  #invalid(found: string, at = this.#at): ConfigError {
    return patternFault(this.#pattern, at, 'PATTERN_INVALID', found);
  }

  #unsupported(found: string, at: number): ConfigError {
    return patternFault(this.#pattern, at, 'PATTERN_UNSUPPORTED', found);
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    return options.length === 1 ? options[0] : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next === '|' || next === ')') break;
      parts.push(this.#repeats(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeats(body: PatternNode): PatternNode {
    const at = this.#at;
    const range = this.#range();
    if (range === undefined) return body;
    if (body.kind === 'assertion') throw this.#invalid('nothing to repeat', at);
    const [min, max] = range;
    // A lazy repeat matches the same labels; which part of a label it takes does not matter here.
    if (this.#peek() === '?') this.#at++;
    else if (this.#peek() === '+') throw this.#unsupported('a possessive repeat', this.#at);
    const again = this.#at;
    if (this.#range() !== undefined) throw this.#invalid('a repeat of a repeat', again);
    return { kind: 'repeat', body, min, max };
  }

  /** How often the atom before is repeated; undefined, and nothing consumed, where no repeat stands. */
  #range(): [number, number] | undefined {
    const sign = this.#peek();
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#at++;
      return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Number.POSITIVE_INFINITY];
    }
    const rest = this.#characters.slice(this.#at, this.#at + 24).join('');
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(rest);
    if (found === null || found[0] === '{}') return undefined;
    const [whole, low = '', comma, high = ''] = found;
    const min = low === '' ? 0 : Number(low);
    const open = comma === '' ? min : Number.POSITIVE_INFINITY;
    const max = high === '' ? open : Number(high);
    if (max < min) throw this.#invalid('a repeat whose most is below its least');
    if (min > 1000 || (max > 1000 && max !== Number.POSITIVE_INFINITY)) {
      throw this.#unsupported('a repeat of more than 1000', this.#at);
    }
    this.#at += whole.length;
    return [min, max];
  }

  #atom(): PatternNode {
    const at = this.#at;
    if (this.#range() !== undefined) throw this.#invalid('nothing to repeat', at);
    const first = this.#next() ?? '';
    if (first === '(') return this.#group(at);
    if (first === '[') return this.#characterClass(at);
    if (first === '\\') return this.#escape(at);
    if (first === '^') return { kind: 'assertion', at: 'start' };
    if (first === '$') return { kind: 'assertion', at: 'end' };
    if (first === '.') return { kind: 'character', matches: (character) => character !== '\n' };
    return this.#literal(first);
  }

  #group(at: number): PatternNode {
    const rest = this.#characters.slice(this.#at, this.#at + 3).join('');
    if (rest.startsWith('?:')) this.#at += 2;
    else {
      const special = groups.find(([mark]) => rest.startsWith(mark));
      if (special) throw this.#unsupported(`${special[1]} "(${special[0]}"`, at);
    }
    const node = this.#choice();
    if (this.#next() !== ')') throw this.#invalid('a ( without its )', at);
    return { kind: 'sequence', parts: [node] };
  }

  #escape(at: number): PatternNode {
    const letter = this.#next();
    if (letter === undefined) throw this.#invalid('a \\ at the end', at);
    if (letter === 'b') return { kind: 'assertion', at: 'word-edge' };
    if (letter === 'B') return { kind: 'assertion', at: 'no-word-edge' };
    const known = classes.get(letter);
    if (known) return { kind: 'character', matches: (character) => known.test(character) };
    return this.#literal(this.#escaped(letter, at));
  }

  /** The character that an escape stands for. */
  #escaped(letter: string, at: number): string {
    const control = controls.get(letter);
    if (control !== undefined) return control;
    if (/[1-9]/.test(letter)) throw this.#unsupported(`the backreference "\\${letter}"`, at);
    if (/[0a-zA-Z]/.test(letter)) throw this.#unsupported(`the escape "\\${letter}"`, at);
    return letter;
  }

  #literal(character: string): PatternNode {
    if (!this.#isCaseInsensitive) {
      return { kind: 'character', matches: (other) => other === character };
    }
    const folded = character.toLowerCase();
    return { kind: 'character', matches: (other) => other.toLowerCase() === folded };
  }

  #characterClass(open: number): PatternNode {
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#at++;
    const tests: ((character: string) => boolean)[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      const at = this.#at;
      const from = this.#member(open);
      const isRange = this.#peek() === '-' && this.#characters[this.#at + 1] !== ']';
      if (!isRange) {
        tests.push(typeof from === 'string' ? (character) => character === from : from);
        continue;
      }
      this.#at++;
      const to = this.#member(open);
      if (typeof from !== 'string' || typeof to !== 'string') {
        throw this.#invalid('a range from or to a class', at);
      }
      const [low = 0, high = 0] = [from.codePointAt(0), to.codePointAt(0)];
      if (high < low) throw this.#invalid(`the empty range ${from}-${to}`, at);
      tests.push((character) => {
        const point = character.codePointAt(0) ?? -1;
        return point >= low && point <= high;
      });
    }
    this.#at++;
    const anyOf = (character: string) => tests.some((test) => test(character));
    const matches = this.#isCaseInsensitive
      ? (c: string) => anyOf(c) || anyOf(c.toLowerCase()) || anyOf(c.toUpperCase())
      : anyOf;
    return {
      kind: 'character',
      matches: (character) => matches(character) !== isNegated,
    };
  }

  /** One character of a class, or a class within it such as \d. */
  #member(open: number): string | ((character: string) => boolean) {
    const at = this.#at;
    const character = this.#next();
    if (character === undefined) throw this.#invalid('a [ without its ]', open);
    if (character !== '\\') return character;
    const letter = this.#next();
    if (letter === undefined) throw this.#invalid('a [ without its ]', open);
    const known = classes.get(letter);
    if (known) return (other) => known.test(other);
    return letter === 'b' ? '\b' : this.#escaped(letter, at);
  }
}
