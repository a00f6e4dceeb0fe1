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
  LineCounter,
  Parser,
} from 'yaml';
import { ConfigError, type Position, show } from '../errors.ts';

const maxBytes = 1024 * 1024;
const maxDepth = 64;

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
 * Refused, each with its place: more than 1 MiB, nesting beyond 64, anchors, aliases, tags, repeated or complex
 * keys, several documents. All problems are pushed to `problems`.
 * @returns undefined where the text is not YAML at all
 */
export function readYaml(text: string, file: string, problems: ConfigError[]): Placed | undefined {
  const lineCounter = new LineCounter();
  const lines = text.split(/\r?\n/);
  const place = (from: number, to: number): Position => {
    const { line, col } = lineCounter.linePos(from);
    const lineText = lines[Math.max(0, line - 1)] ?? '';
    const column = Math.max(1, col);
    const length = Math.max(1, Math.min(to - from, lineText.length - column + 1));
    return { file, line: Math.max(1, line), column, length, text: lineText };
  };
  if (text.length > maxBytes) {
    const found = `a file of ${text.length} characters`;
    problems.push(
      new ConfigError({ code: 'YAML_TOO_LARGE', where: file, found, expected: 'at most 1 MiB' }),
    );
    return undefined;
  }
  const tokens = [...new Parser(lineCounter.addNewLine).parse(text)];
  const refused = refuseTokens(tokens, place);
  if (refused.length > 0) {
    problems.push(...refused);
    return undefined;
  }
  const documents = [...new Composer({ uniqueKeys: true, prettyErrors: false }).compose(tokens)];
  const document: Document.Parsed | undefined = documents[0];
  for (const { errors } of documents) {
    for (const error of errors) {
      const [from, to] = error.pos;
      problems.push(
        new ConfigError({
          code: error.code === 'DUPLICATE_KEY' ? 'DUPLICATE_KEY' : 'YAML_SYNTAX',
          message: error.message,
          position: place(from, to),
        }),
      );
    }
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

type Place = (from: number, to: number) => Position;

/** Anchors, aliases, tags and deep nesting, found without recursion before anything is composed. */
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
  const pending = tokens.map((token) => ({ token, depth: 1 }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { token, depth } = next;
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
    const marks: CST.SourceToken[] = [];
    if ('start' in token && Array.isArray(token.start)) marks.push(...token.start);
    if (token.type === 'document' && token.value) pending.push({ token: token.value, depth });
    if ('items' in token) {
      for (const item of token.items) {
        marks.push(...item.start, ...(item.sep ?? []));
        if (item.key) pending.push({ token: item.key, depth: depth + 1 });
        if (item.value) pending.push({ token: item.value, depth: depth + 1 });
      }
    }
    for (const mark of marks) {
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
      entries.set(String(pair.key.value), { key, value });
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

/** The plain value, maps without a prototype. */
export function plain(placed: Placed): unknown {
  if (placed.kind === 'scalar') return placed.value;
  if (placed.kind === 'list') return placed.items.map(plain);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, { value }] of placed.entries) object[key] = plain(value);
  return object;
}
