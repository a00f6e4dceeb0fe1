/** Where a problem stands in a text: line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The line as written. */
  readonly text: string;
}

export interface ErrorDetails {
  /** Stable upper-case name for programs. */
  readonly code: string;
  /** What went wrong, when `found` and `expected` do not say it all. */
  readonly message?: string;
  readonly where?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly hint?: string;
  readonly position?: Position;
  readonly cause?: unknown;
}

/** What every foreseen failure is: it says where, what was found, what was expected and how to mend it. */
export class PipelineError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly found: string | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;
  readonly position: Position | undefined;
  readonly detail: string | undefined;
  /** The exit code of the command. */
  readonly exitCode: number = 1;

  constructor(details: ErrorDetails) {
    super(sentence(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.where = details.where;
    this.found = details.found;
    this.expected = details.expected;
    this.hint = details.hint;
    this.position = details.position;
    this.detail = details.message;
  }

  /** The same error, told from which node or place it comes; what it already says of that stays. */
  at(where: string, position?: Position): this {
    const details = this.details();
    const place = this.position ?? position;
    return new (this.constructor as new (details: ErrorDetails) => this)({
      ...details,
      where: details.where === undefined ? where : `${where}: ${details.where}`,
      ...(place === undefined ? {} : { position: place }),
    });
  }

  /** What it was made of. */
  details(): ErrorDetails {
    const { code, detail: message, where, found, expected, hint, position, cause } = this;
    const facts = { message, where, found, expected, hint, position, cause };
    const given = Object.entries(facts).filter(([, fact]) => fact !== undefined);
    return { code, ...Object.fromEntries(given) };
  }
}

/** What the user wrote: a pipeline, an option, an argument. */
export class ConfigError extends PipelineError {
  override readonly exitCode = 2;
}

/** What the data holds. */
export class InputError extends PipelineError {
  override readonly exitCode = 3;
}

/** The arithmetic cannot go on. */
export class NumericError extends PipelineError {
  override readonly exitCode = 4;
}

/** The result cannot be written. */
export class SinkError extends PipelineError {
  override readonly exitCode = 5;
}

/** Several problems of one pipeline, found in one run. */
export class ProblemList extends ConfigError {
  readonly problems: readonly PipelineError[];

  constructor(problems: readonly PipelineError[]) {
    super({ code: 'PIPELINE_PROBLEMS', message: listed(problems, (p) => p.message).join('\n') });
    this.problems = problems;
  }
}

/** As many problems as anyone reads at once; the others are only counted. */
export const maxListed = 50;

function listed(
  problems: readonly PipelineError[],
  tell: (problem: PipelineError) => string,
): string[] {
  const told = problems.slice(0, maxListed).map(tell);
  const nMore = problems.length - told.length;
  return nMore > 0 ? [...told, `and ${nMore} more problems`] : told;
}

function sentence({ message, found, expected, where }: ErrorDetails): string {
  const facts = [
    message,
    found !== undefined && expected !== undefined
      ? `found ${found}, expected ${expected}`
      : found !== undefined
        ? `found ${found}`
        : expected !== undefined
          ? `expected ${expected}`
          : undefined,
  ].filter((part) => part !== undefined);
  return `${where === undefined ? '' : `${where}: `}${facts.join('; ')}`;
}

/**
 * The text people read: position and code, the line with a mark under the place, what was found and
 * expected, and a hint.
 */
export function renderError(error: PipelineError): string {
  if (error instanceof ProblemList) return listed(error.problems, renderError).join('\n\n');
  const { position, code } = error;
  const where = brief(error.where);
  const found = brief(error.found);
  const expected = brief(error.expected);
  const hint = brief(error.hint);
  const detail = brief(error.detail);
  const lines: string[] = [];
  const heading = [position && `${position.file}:${position.line}:${position.column}`, code, where];
  lines.push(heading.filter((part) => part !== undefined).join('  '));
  if (position) {
    const gutter = `  ${position.line} | `;
    const { text, before, length } = excerpt(position);
    lines.push(`${gutter}${text}`);
    lines.push(`${' '.repeat(gutter.length - 2)}| ${' '.repeat(before)}${'^'.repeat(length)}`);
  }
  if (detail !== undefined) lines.push(detail);
  if (found !== undefined && expected !== undefined)
    lines.push(`found ${found}, expected ${expected}`);
  else if (found !== undefined) lines.push(`found ${found}`);
  else if (expected !== undefined) lines.push(`expected ${expected}`);
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  return lines.join('\n');
}

const maxExcerpt = 200;

/** What is shown of a line: all of it, or of a long one the part around the place. */
function excerpt({ text, column, length }: Position): {
  text: string;
  /** Characters before the place. */
  before: number;
  length: number;
} {
  const before = column - 1;
  if (text.length <= maxExcerpt) return { text, before, length: Math.max(1, length) };
  const from = Math.max(0, Math.min(before - maxExcerpt / 4, text.length - maxExcerpt));
  const to = from + maxExcerpt;
  const start = from > 0 ? '...' : '';
  return {
    text: `${start}${text.slice(from, to)}${to < text.length ? '...' : ''}`,
    before: start.length + before - from,
    length: Math.max(1, Math.min(length, to - before)),
  };
}

const maxBrief = 1000;

function brief(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxBrief ? `${text.slice(0, maxBrief)}...` : text;
}

/** A value as it may be shown in a message: at most 60 characters, control characters escaped. */
export function show(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  } catch {
    text = undefined;
  }
  const shown = text ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

/** The known names, the nearest to `name` first; at most `limit` of them. */
export function nearest(name: string, known: Iterable<string>, limit = 8): string[] {
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** A hint that names the nearest known name when it is near enough, and else all of them. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = nearest(name, known, 30);
  const best = names[0];
  if (best === undefined) return 'none are known here';
  const isNear = editDistance(name, best) <= Math.max(2, Math.floor(best.length / 3));
  const rest = names.slice(0, 12).join(', ');
  return isNear ? `did you mean "${best}"? Known: ${rest}` : `known: ${rest}`;
}

/** How many characters differ; what is behind the 80th does not count. */
function editDistance(a: string, b: string): number {
  const s = a.slice(0, 80).toLowerCase();
  const t = b.slice(0, 80).toLowerCase();
  let previous = Array.from({ length: t.length + 1 }, (_, i) => i);
  for (let i = 1; i <= s.length; i++) {
    const row = [i];
    for (let j = 1; j <= t.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (s[i - 1] === t[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[t.length] ?? 0;
}
