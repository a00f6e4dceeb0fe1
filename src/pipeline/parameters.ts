import {
  ConfigError,
  didYouMean,
  maxListed,
  type PipelineError,
  type Position,
  show,
} from '../errors.ts';
import * as params from '../params.ts';
import { type Placed, plain, plainText } from './yaml.ts';

/** Values given on the command line, as text, by parameter name. */
export type Overrides = ReadonlyMap<string, string>;

/** A pipeline parameter with the value this run uses. */
export interface ResolvedParameter {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly value: unknown;
  /** Given on the command line, not by default. */
  readonly isSet: boolean;
  readonly position: Position;
}

const doc = 'A parameter of the pipeline.';

/** The types a parameter may declare, and how each is checked. */
export const parameterTypes: Readonly<Record<string, params.Param<unknown>>> = {
  seconds: params.seconds({ doc }),
  number: params.number({ doc }),
  count: params.count({ doc }),
  fraction: params.fraction({ doc }),
  seed: params.seed({ doc }),
  flag: params.flag({ doc }),
  text: params.text({ doc }),
  labels: params.labels({ doc }),
  path: params.path({ doc }),
  window: params.window({ doc }),
  epochs: params.text({ doc, expected: 'an epoch expression such as task & THETA' }),
};

const keys = ['type', 'default', 'doc'];

/** Reads the `parameters` block and the values that replace defaults. */
export function declareParameters(
  block: Placed | undefined,
  overrides: Overrides,
  file: string,
  problems: PipelineError[],
): Map<string, ResolvedParameter> {
  const declared = new Map<string, ResolvedParameter>();
  if (block && block.kind !== 'map' && !(block.kind === 'scalar' && block.value === null)) {
    const expected = 'a map such as binSize: { type: seconds, default: 0.01 }';
    problems.push(new ConfigError({ code: 'NOT_A_MAP', expected, position: block.position }));
  }
  for (const [name, { key, value }] of block?.kind === 'map' ? block.entries : []) {
    const parameter = declareParameter(name, key, value, overrides.get(name), problems);
    if (parameter) declared.set(name, parameter);
  }
  const names = block?.kind === 'map' ? [...block.entries.keys()] : [];
  for (const name of overrides.keys()) {
    if (names.includes(name)) continue;
    problems.push(
      new ConfigError({
        code: 'UNKNOWN_PARAMETER',
        where: file,
        found: `--set ${name}=...`,
        expected: 'a parameter that the pipeline declares',
        hint: didYouMean(name, names),
      }),
    );
  }
  return declared;
}

function declareParameter(
  name: string,
  position: Position,
  spec: Placed,
  override: string | undefined,
  problems: PipelineError[],
): ResolvedParameter | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name)) {
    const expected = 'a letter, then letters and digits';
    problems.push(
      new ConfigError({ code: 'PARAMETER_NAME', found: show(name), expected, position }),
    );
    return undefined;
  }
  if (spec.kind !== 'map') {
    const expected = '{ type: seconds, default: 0.01, doc: ... }';
    problems.push(new ConfigError({ code: 'NOT_A_MAP', expected, position: spec.position }));
    return undefined;
  }
  for (const [key, entry] of spec.entries) {
    if (keys.includes(key)) continue;
    const hint = didYouMean(key, keys);
    problems.push(
      new ConfigError({ code: 'UNKNOWN_KEY', found: show(key), hint, position: entry.key }),
    );
  }
  const typeEntry = spec.entries.get('type');
  const typeName = typeEntry ? plainText(typeEntry.value) : '';
  const type = Object.hasOwn(parameterTypes, typeName) ? parameterTypes[typeName] : undefined;
  if (!type) {
    const expected = `type: one of ${Object.keys(parameterTypes).join(', ')}`;
    const found = typeEntry ? show(typeName) : `parameter "${name}" without a type`;
    const where = typeEntry?.value.position ?? position;
    problems.push(new ConfigError({ code: 'PARAMETER_TYPE', found, expected, position: where }));
    return undefined;
  }
  const docEntry = spec.entries.get('doc');
  const common = {
    name,
    type: typeName,
    doc: docEntry ? plainText(docEntry.value) : '',
    position,
  };
  if (override !== undefined) {
    const value = type.parse(readText(typeName, override));
    if (value === undefined) {
      const found = `--set ${name}=${override.slice(0, 60)}`;
      problems.push(
        new ConfigError({ code: 'BAD_PARAMETER', found, expected: type.expected, position }),
      );
    }
    return { ...common, value, isSet: true };
  }
  const defaultEntry = spec.entries.get('default');
  if (!defaultEntry) {
    const message = `parameter "${name}" has no default and was not set`;
    const hint = `add --set ${name}=... (${type.expected})`;
    problems.push(new ConfigError({ code: 'MISSING_PARAMETER', message, hint, position }));
    return { ...common, value: undefined, isSet: false };
  }
  const given = plain(defaultEntry.value);
  const value = type.parse(given);
  if (value === undefined) {
    const hint = type.hint?.(given);
    problems.push(
      new ConfigError({
        code: 'BAD_PARAMETER',
        found: show(given),
        expected: type.expected,
        position: defaultEntry.value.position,
        ...(hint === undefined ? {} : { hint }),
      }),
    );
  }
  return { ...common, value, isSet: false };
}

/** What a text from the command line means for a parameter of a type; texts are taken verbatim. */
function readText(type: string, text: string): unknown {
  if (['text', 'path', 'labels', 'epochs'].includes(type)) return text;
  if (type === 'flag') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'window') {
    const inner = text.trim().replace(/^\[(.*)\]$/, '$1');
    return inner.split(',').map((part) => readNumber(part));
  }
  return readNumber(text);
}

function readNumber(text: string): unknown {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(text) ? Number(text) : text;
}

/** The parameter that `${name}` stands for; the reference must be the whole scalar. */
export function resolveParameter(
  scalar: string,
  position: Position,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  problems: PipelineError[],
): ResolvedParameter | undefined {
  const name = /^\$\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(scalar.trim())?.[1];
  if (name === undefined) {
    const expected = "a reference such as '${binSize}' that is the whole value";
    problems.push(
      new ConfigError({ code: 'BAD_SUBSTITUTION', found: show(scalar), expected, position }),
    );
    return undefined;
  }
  const parameter = parameters.get(name);
  if (parameter) return parameter;
  // What nobody will read is not worth a search among all parameters.
  const hint = problems.length < maxListed ? { hint: didYouMean(name, parameters.keys()) } : {};
  const found = `\${${name.slice(0, 60)}}`;
  const expected = 'a declared parameter';
  problems.push(new ConfigError({ code: 'UNKNOWN_PARAMETER', found, expected, ...hint, position }));
  return undefined;
}
