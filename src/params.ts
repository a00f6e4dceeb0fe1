import { checkOptions } from './check-options.ts';
import { didYouMean } from './errors.ts';

/** One option of a node: its type, its check, its default and its documentation in one place. */
export interface Param<T> {
  /** What kind of value it is, as `list` prints it and pipeline parameters declare it. */
  readonly type: ParamType;
  readonly doc: string;
  /** What is accepted, in words; the end of "found 25, expected ...". */
  readonly expected: string;
  readonly isOptional: boolean;
  readonly default: T | undefined;
  readonly unit: string | undefined;
  /** Keywords of the JSON Schema of a given value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The value as the node receives it, or undefined when it is not acceptable. */
  readonly parse: (value: unknown) => T | undefined;
  /** A setting of speed or memory that changes no result; left out of provenance. */
  readonly isTuning?: boolean;
  /** How to mend a value that was refused, where something better than `expected` can be said. */
  readonly hint?: (value: unknown) => string | undefined;
}

export type ParamType =
  | 'seconds'
  | 'number'
  | 'count'
  | 'fraction'
  | 'seed'
  | 'choice'
  | 'flag'
  | 'text'
  | 'labels'
  | 'path'
  | 'window'
  | 'epochs';

export type Params = Readonly<Record<string, Param<unknown>>>;

type ValueOf<P> = P extends Param<infer T> ? T : never;

/** Options as a caller without YAML writes them: any may be left out that has a default or is optional. */
export type OptionsOf<P extends Params> = { readonly [K in keyof P]?: ValueOf<P[K]> | undefined };

/** Options as a node receives them, defaults filled in. */
export type ParamsOf<P extends Params> = { readonly [K in keyof P]: ValueOf<P[K]> };

interface Common<T> {
  readonly doc: string;
  readonly default?: T;
}

/** A length of time in seconds. */
export function seconds(
  spec: Common<number> & { min?: number; max?: number; what?: string },
): Param<number> {
  const { min = 0, max = 1e9, what = 'a time' } = spec;
  return {
    ...numeric('seconds', spec, min, max),
    unit: 's',
    expected: `${what} in seconds from ${min} to ${max}`,
    hint: (value) =>
      typeof value === 'number' && value > max && value / 1000 >= min && value / 1000 <= max
        ? `times are in seconds; for ${value} ms write ${value / 1000}`
        : typeof value === 'string' && /^[\d.]+ *(ms|s)$/.test(value)
          ? 'times are plain numbers in seconds, without a unit'
          : undefined,
  };
}

/** A number without unit. */
export function number(
  spec: Common<number> & { min?: number; max?: number; what?: string },
): Param<number> {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE, what = 'a number' } = spec;
  const range = spec.min === undefined && spec.max === undefined ? '' : ` from ${min} to ${max}`;
  return { ...numeric('number', spec, min, max), expected: `${what}${range}` };
}

/** A number from 0 to 1. */
export function fraction(spec: Common<number>): Param<number> {
  return { ...numeric('fraction', spec, 0, 1), expected: 'a number from 0 to 1' };
}

/** A whole number. */
export function count(
  spec: Common<number> & { min?: number; max?: number; what?: string },
): Param<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, what = 'a whole number' } = spec;
  return {
    ...base('count', spec),
    expected:
      max === Number.MAX_SAFE_INTEGER
        ? `${what}, at least ${min}`
        : `${what} from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
    parse: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
        ? value
        : undefined,
  };
}

/** The seed of a random generator. */
export function seed(spec: Common<number>): Param<number> {
  return { ...count({ ...spec, max: 2 ** 32 - 1, what: 'a seed' }), type: 'seed' };
}

/** One of a few words. */
export function choice<const T extends string>(
  spec: Common<NoInfer<T>> & { of: readonly T[] },
): Param<T> {
  const known: readonly string[] = spec.of;
  return {
    ...base<T>('choice', spec),
    expected: `one of ${spec.of.join(', ')}`,
    schema: { enum: [...spec.of] },
    parse: (value) =>
      typeof value === 'string' && known.includes(value) ? (value as T) : undefined,
    hint: (value) => (typeof value === 'string' ? didYouMean(value, spec.of) : undefined),
  };
}

/** true or false. */
export function flag(spec: Common<boolean>): Param<boolean> {
  return {
    ...base('flag', spec),
    expected: 'true or false',
    schema: { type: 'boolean' },
    parse: (value) => (typeof value === 'boolean' ? value : undefined),
  };
}

/** Any text. */
export function text(spec: Common<string> & { expected?: string }): Param<string> {
  return {
    ...base('text', spec),
    expected: spec.expected ?? 'a text',
    schema: { type: 'string' },
    parse: (value) => (typeof value === 'string' && value.length > 0 ? value : undefined),
  };
}

/** A file or folder; relative ones count from the pipeline file. */
export function path(spec: Common<string>): Param<string> {
  return { ...text(spec), type: 'path', expected: 'a path' };
}

const maxLabels = 100;

/** One regular expression, or several of which any may match, searched in labels. */
export function labels(spec: Common<readonly string[]>): Param<readonly string[]> {
  return {
    ...base<readonly string[]>('labels', spec),
    expected: `a text, or a list of at most ${maxLabels} texts`,
    schema: {
      anyOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: maxLabels },
      ],
    },
    parse: (value) => {
      const list = typeof value === 'string' ? [value] : value;
      return Array.isArray(list) &&
        list.length > 0 &&
        list.length <= maxLabels &&
        list.every((item) => typeof item === 'string')
        ? (list as string[])
        : undefined;
    },
  };
}

/** Two times in seconds around an event, [before, after]. */
export function window(spec: Common<readonly [number, number]>): Param<readonly [number, number]> {
  return {
    ...base<readonly [number, number]>('window', spec),
    unit: 's',
    expected: 'two times in seconds, the first below the second, such as [-0.5, 0.5]',
    schema: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    parse: (value) => {
      if (!Array.isArray(value) || value.length !== 2) return undefined;
      const [from, to] = value as unknown[];
      return isFiniteNumber(from) && isFiniteNumber(to) && from < to ? [from, to] : undefined;
    },
  };
}

/** An epoch expression such as `task & THETA`; `model/epoch-expression.ts` reads it. */
export function epochs(
  spec: Common<string> & { check: (value: string) => string | undefined },
): Param<string> {
  return {
    ...base('epochs', spec),
    expected: 'an epoch expression such as task & THETA',
    schema: { type: 'string' },
    parse: (value) =>
      typeof value === 'string' && spec.check(value) === undefined ? value : undefined,
    hint: (value) => (typeof value === 'string' ? spec.check(value) : undefined),
  };
}

/** The same option, not needed: it is undefined when left out. */
export function optional<T>(param: Param<T>): Param<T | undefined> {
  return { ...param, isOptional: true };
}

/** The same option, marked as one that changes speed or memory and no result. */
export function tuning<T>(param: Param<T>): Param<T> {
  return { ...param, isTuning: true };
}

/**
 * Options with their defaults, for callers without YAML.
 * @throws ConfigError for the first option that is refused
 */
export function check<P extends Params>(params: P, options: object = {}): ParamsOf<P> {
  const { values, problems } = checkOptions(params, options as Readonly<Record<string, unknown>>);
  const first = problems[0];
  if (first) throw first.error.at(`option "${first.key}"`);
  return values;
}

function base<T>(type: ParamType, spec: Common<T>) {
  return {
    type,
    doc: spec.doc,
    isOptional: false,
    default: spec.default,
    unit: undefined as string | undefined,
  };
}

function numeric(type: ParamType, spec: Common<number>, min: number, max: number) {
  return {
    ...base(type, spec),
    schema: { type: 'number', minimum: min, maximum: max },
    parse: (value: unknown) =>
      isFiniteNumber(value) && value >= min && value <= max ? value : undefined,
  };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
