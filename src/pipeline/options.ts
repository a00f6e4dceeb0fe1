import { checkOptions } from '../check-options.ts';
import type { AnyNode } from '../define.ts';
import { ConfigError, type ErrorDetails, type Position } from '../errors.ts';
import type { NodeSpec } from './parse.ts';

/** A refused option and where it stands. */
export interface PlacedProblem {
  readonly position: Position;
  readonly details: ErrorDetails;
}

/**
 * The options of a node with defaults filled in. A value that the command line gave is told as such; one whose
 * parameter was refused before, with a better place, is passed over.
 */
export function readOptions(
  node: NodeSpec,
  definition: AnyNode,
): { options: Readonly<Record<string, unknown>>; problems: PlacedProblem[] } {
  const given: Record<string, unknown> = Object.create(null);
  for (const [key, option] of node.options) given[key] = option.value;
  const { values, problems } = checkOptions(definition.params, given);
  const placed = problems.flatMap(({ key, isKey, error }) => {
    const option = node.options.get(key);
    if (option && option.value === undefined) return [];
    const position = option ? (isKey ? option.key : option.position) : node.position;
    const source = option?.parameter?.isSet ? ` (from --set ${option.parameter.name})` : '';
    return [{ position, details: detailsOf(error, source) }];
  });
  if (problems.length === 0 && definition.kind === 'operator') {
    try {
      definition.validate?.(values);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      placed.push({ position: node.position, details: detailsOf(error) });
    }
  }
  return { options: values, problems: placed };
}

function detailsOf(error: ConfigError, source = ''): ErrorDetails {
  return {
    code: error.code,
    ...(error.detail === undefined ? {} : { message: error.detail }),
    ...(error.found === undefined ? {} : { found: `${error.found}${source}` }),
    ...(error.expected === undefined ? {} : { expected: error.expected }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
