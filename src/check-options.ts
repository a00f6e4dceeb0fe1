import { ConfigError, didYouMean, show } from './errors.ts';
import type { Params, ParamsOf } from './params.ts';

/** A refused option: which one, and an error without a place yet. */
export interface OptionProblem {
  /** The key; `isKey` says that the key itself is wrong rather than its value. */
  readonly key: string;
  readonly isKey: boolean;
  readonly error: ConfigError;
}

/** Checks options against their description; every problem is reported, not only the first. */
export function checkOptions<P extends Params>(
  params: P,
  options: Readonly<Record<string, unknown>>,
): { values: ParamsOf<P>; problems: OptionProblem[] } {
  const problems: OptionProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(params, key)) continue;
    const known = Object.keys(params);
    const expected = known.length > 0 ? 'a known option' : 'no options';
    const hint = didYouMean(key, known);
    const error = new ConfigError({
      code: 'UNKNOWN_OPTION',
      found: `option ${show(key)}`,
      expected,
      hint,
    });
    problems.push({ key, isKey: true, error });
  }
  for (const [key, param] of Object.entries(params)) {
    const given = Object.hasOwn(options, key) ? options[key] : undefined;
    if (given === undefined) {
      values[key] = param.default;
      if (param.default === undefined && !param.isOptional) {
        const { expected } = param;
        const message = `option "${key}" is missing`;
        const hint = `${key}: ${param.doc}`;
        const error = new ConfigError({ code: 'MISSING_OPTION', message, expected, hint });
        problems.push({ key, isKey: false, error });
      }
      continue;
    }
    values[key] = param.parse(given);
    if (values[key] !== undefined) continue;
    const isRange =
      typeof given === 'number' && ['seconds', 'number', 'count', 'fraction'].includes(param.type);
    const hint = param.hint?.(given);
    const error = new ConfigError({
      code: isRange ? 'PARAM_OUT_OF_RANGE' : 'BAD_OPTION',
      found: show(given),
      expected: param.expected,
      ...(hint === undefined ? {} : { hint }),
    });
    problems.push({ key, isKey: false, error });
  }
  return { values: values as ParamsOf<P>, problems };
}
