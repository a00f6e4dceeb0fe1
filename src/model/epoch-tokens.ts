import { ConfigError, show } from '../errors.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'mark' | 'end';
  readonly text: string;
  /** Counts from 1. */
  readonly column: number;
}

const tokenPattern =
  /[ \t\r\n]+|([A-Za-z_][A-Za-z0-9_.-]*)|'([^']*)'|"([^"]*)"|(-?[0-9]+)|([&|~()[\]:])/y;

/**
 * Parts an epoch expression into words, quoted texts, whole numbers and marks; an end token closes
 * the list.
 * @throws ConfigError at the first character that belongs to none of them
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  for (let at = 0; at < text.length; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    const column = at + 1;
    if (!match) throw syntaxError(column, show(text[at]), nameless(text[at]));
    const [, word, single, double, number, mark] = match;
    const quoted = single ?? double;
    if (word !== undefined) tokens.push({ kind: 'word', text: word, column });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, column });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, column });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, column });
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 });
  return tokens;
}

function nameless(character: string | undefined): string {
  return character === "'" || character === '"'
    ? 'a closing quote'
    : 'a name, "&", "|", "~" or parentheses; other names stand in quotes';
}

/** A refused expression: where, what stands there, and what may. */
export function syntaxError(column: number, found: string, expected: string): ConfigError {
  return new ConfigError({
    code: 'BAD_EPOCH_EXPRESSION',
    message: `epoch expression, column ${column}`,
    found,
    expected,
  });
}
