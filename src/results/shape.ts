import { show } from '../errors.ts';

/** Reads a value of JSON, or says with an error what is wrong with it and where. */
export type Shape<T> = (value: unknown, at: string) => T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** What a value of JSON is not. */
export class ShapeError extends Error {
  readonly at: string;
  readonly found: string;
  readonly expected: string;

  constructor(at: string, value: unknown, expected: string) {
    const found = value === undefined ? 'nothing' : show(value);
    super(`${at}: found ${found}, expected ${expected}`);
    this.at = at;
    this.found = found;
    this.expected = expected;
  }
}

export const text: Shape<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw new ShapeError(at, value, 'a text');
};

/** A number; null is NaN, which JSON does not know. */
export const number: Shape<number> = (value, at) => {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  throw new ShapeError(at, value, 'a number');
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw new ShapeError(at, value, 'true or false');
};

export const anything: Shape<unknown> = (value) => value;

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, value, 'a list');
    return value.map((one: unknown, index) => item(one, `${at}[${index}]`));
  };
}

/** The same by name, for names that are not known beforehand. */
export function record<T>(item: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return (value, at) => {
    const entries = Object.entries(asObject(value, at));
    return new Map(entries.map(([key, one]) => [key, item(one, inside(at, key))]));
  };
}

export function object<const S extends Readonly<Record<string, Shape<unknown>>>>(
  shapes: S,
): Shape<{ readonly [K in keyof S]: Shaped<S[K]> }> {
  return (value, at) => {
    const found = asObject(value, at);
    const read = Object.entries(shapes).map(([key, shape]) => {
      const given = Object.hasOwn(found, key) ? found[key] : undefined;
      return [key, shape(given, inside(at, key))] as const;
    });
    return Object.fromEntries(read) as { readonly [K in keyof S]: Shaped<S[K]> };
  };
}

/** Undefined where there is nothing, or null. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : shape(value, at));
}

function asObject(value: unknown, at: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ShapeError(at || 'the whole', value, 'an object');
}

function inside(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}
