import type { Document, Node, ParsedNode } from 'yaml';
import {
  Composer,
  type CST,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  Parser,
} from 'yaml';
import { ConfigError, type Position, show } from '../errors.ts';

const maxBytes = 1024 * 1024;
const maxDepth = 64;
const maxEntries = 10_000;
/** Words and marks of so many entries; counted first, for to parse more takes seconds. */
const maxLexemes = 200_000;
/** Where one text has more problems than this, it is no pipeline. */
const maxProblems = 1000;

/** A value of a YAML file, and where it stands. Maps keep their order and have no prototype. */
export type Placed =
  | {
      readonly kind: 'scalar';
      readonly value: unknown;
      readonly source: string;
      readonly position: Position;
    }
  | { readonly kind: 'list'; readonly items: readonly Placed[]; readonly position: Position }
  | {
      readonly kind: 'map';
      readonly entries: ReadonlyMap<string, Entry>;
      readonly position: Position;
    };

export interface Entry {
  readonly key: Position;
  readonly value: Placed;
}

export type PlacedMap = Extract<Placed, { kind: 'map' }>;

/**
 * Reads one YAML document with the place of everything in it.
 * Refused, each with its place: more than 1 MiB, 10,000 entries or 64 levels, anchors, aliases, tags, repeated or
 * complex keys, several documents. All problems are pushed to `problems`.
 * @returns undefined where the text is not YAML at all
 */
export function readYaml(text: string, file: string, problems: ConfigError[]): Placed | undefined {
  const tooMuch = excessOf(text);
  if (tooMuch) {
    problems.push(new ConfigError({ code: 'YAML_TOO_LARGE', where: file, ...tooMuch }));
    return undefined;
  }
  const place = placesOf(text, file);
  const tokens = [...new Parser().parse(text)];
  const refused = refuseTokens(tokens, place);
  if (refused.length > 0) {
    problems.push(...refused);
    return undefined;
  }
  const documents = [...new Composer({ uniqueKeys: true, prettyErrors: false }).compose(tokens)];
  const document: Document.Parsed | undefined = documents[0];
  for (const error of documents.flatMap(({ errors }) => errors).slice(0, maxProblems)) {
    const [from, to] = error.pos;
    const code = error.code === 'DUPLICATE_KEY' ? 'DUPLICATE_KEY' : 'YAML_SYNTAX';
    problems.push(new ConfigError({ code, message: error.message, position: place(from, to) }));
  }
  const second = documents[1];
  if (second) {
    const position = place(second.range[0], second.range[0] + 3);
    problems.push(
      new ConfigError({ code: 'YAML_DOCUMENTS', message: 'one document a file', position }),
    );
  }
  if (!document?.contents || problems.length > 0) return undefined;
  return toPlaced(document.contents, place, problems);
}

function excessOf(text: string): { found: string; expected: string } | undefined {
  if (text.length > maxBytes) {
    return { found: `a file of ${text.length} characters`, expected: 'at most 1 MiB' };
  }
  let nLexemes = 0;
  for (const _ of new Lexer().lex(text)) {
    if (++nLexemes <= maxLexemes) continue;
    const [found, expected] = ['more words and marks', `at most ${maxLexemes}`];
    return { found, expected };
  }
  return undefined;
}

type Place = (from: number, to: number) => Position;

/** Line and column of offsets in a text. */
function placesOf(text: string, file: string): Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (from, to) => {
    let [line, high] = [0, starts.length];
    while (high - line > 1) {
      const middle = (line + high) >>> 1;
      if (starts[middle] <= from) line = middle;
      else high = middle;
    }
    const start = starts[line];
    const lineText = text.slice(start, starts[line + 1] ?? text.length).replace(/\r?\n$/, '');
    const column = Math.min(from - start, lineText.length) + 1;
    const length = Math.max(1, Math.min(to - from, lineText.length - column + 1));
    return { file, line: line + 1, column, length, text: lineText };
  };
}

/** Anchors, aliases, tags, deep nesting and too many entries, found without recursion before anything is composed. */
function refuseTokens(tokens: readonly CST.Token[], place: Place): ConfigError[] {
  const problems: ConfigError[] = [];
  const refuse = (
    code: string,
    what: string,
    { offset, source }: CST.SourceToken | CST.FlowScalar,
  ): void => {
    problems.push(
      new ConfigError({
        code,
        found: `${what} ${show(source)}`,
        expected: 'plain YAML',
        hint: `a value that begins with ${source[0] ?? ''} needs quotes`,
        position: place(offset, offset + source.length),
      }),
    );
  };
  let nEntries = tokens.length;
  const pending = tokens.map((token) => ({ token, depth: 1 }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { token, depth } = next;
    if ('items' in token) nEntries += token.items.length;
    if (nEntries > maxEntries) {
      const position = place('offset' in token ? token.offset : 0, 1);
      const expected = `at most ${maxEntries} keys and values`;
      problems.push(new ConfigError({ code: 'YAML_TOO_LARGE', expected, position }));
      break;
    }
    if (problems.length > maxProblems) break;
    if (depth > maxDepth) {
      const position = place('offset' in token ? token.offset : 0, 1);
      problems.push(
        new ConfigError({
          code: 'YAML_TOO_DEEP',
          expected: `at most ${maxDepth} levels`,
          position,
        }),
      );
      break;
    }
    if (token.type === 'alias') refuse('YAML_ALIAS', 'an alias', token);
    const marks: CST.SourceToken[][] = [];
    if ('start' in token && Array.isArray(token.start)) marks.push(token.start);
    if (token.type === 'document' && token.value) pending.push({ token: token.value, depth });
    if ('items' in token) {
      for (const item of token.items) {
        marks.push(item.start, item.sep ?? []);
        if (item.key) pending.push({ token: item.key, depth: depth + 1 });
        if (item.value) pending.push({ token: item.value, depth: depth + 1 });
      }
    }
    for (const mark of marks.flat()) {
      if (problems.length > maxProblems) break;
      if (mark.type === 'anchor') refuse('YAML_ANCHOR', 'an anchor', mark);
      if (mark.type === 'tag') refuse('YAML_TAG', 'a tag', mark);
    }
  }
  return problems;
}

function toPlaced(node: ParsedNode | Node, place: Place, problems: ConfigError[]): Placed {
  const [from, to] = node.range ?? [0, 1];
  const position = place(from, to);
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) {
        problems.push(
          new ConfigError({ code: 'YAML_KEY', expected: 'keys that are plain text', position }),
        );
        continue;
      }
      const [keyFrom, keyTo] = pair.key.range ?? [from, from + 1];
      const key = place(keyFrom, keyTo);
      const isEmpty = !isScalar(pair.value) && !isCollection(pair.value);
      const value: Placed = isEmpty
        ? { kind: 'scalar', value: null, source: '', position: key }
        : toPlaced(pair.value as Node, place, problems);
      const name = String(pair.key.value);
      if (entries.has(name)) {
        // To YAML, true and "true" are two keys.
        const found = `the key ${show(name)} a second time`;
        problems.push(new ConfigError({ code: 'DUPLICATE_KEY', found, position: key }));
      }
      entries.set(name, { key, value });
    }
    return { kind: 'map', entries, position };
  }
  if (isSeq(node)) {
    const items = node.items.filter((item) => isScalar(item) || isCollection(item));
    return {
      kind: 'list',
      items: items.map((item) => toPlaced(item as Node, place, problems)),
      position,
    };
  }
  if (isScalar(node)) {
    const source = node.source ?? String(node.value);
    return { kind: 'scalar', value: node.value, source, position };
  }
  const message = isAlias(node) ? 'aliases are refused' : 'not a value';
  problems.push(new ConfigError({ code: 'YAML_SYNTAX', message, position }));
  return { kind: 'scalar', value: null, source: '', position };
}

/** A scalar as text; empty for anything else, and where nothing stands. */
export function plainText(placed: Placed): string {
  return placed.kind === 'scalar' && placed.value !== null ? String(placed.value) : '';
}

/** The plain value, maps without a prototype. */
export function plain(placed: Placed): unknown {
  if (placed.kind === 'scalar') return placed.value;
  if (placed.kind === 'list') return placed.items.map(plain);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, { value }] of placed.entries) object[key] = plain(value);
  return object;
}
