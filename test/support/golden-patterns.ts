import { defineSource, type Registry } from '../../src/define.ts';
import { findMembers } from '../../src/math/otsu.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { builtins } from '../../src/registry.ts';
import { patternsOf, unitsOf } from './patterns.ts';

/** Patterns of the reference over its units, in its order. */
export function goldenPatterns(
  { patterns }: { readonly patterns: number[][] },
  uids: readonly number[],
  regions: readonly string[],
): Patterns {
  const units = unitsOf(regions, uids);
  const otsu = patterns.map((row) => findMembers(Float64Array.from(row)));
  return {
    ...patternsOf(patterns, units),
    members: otsu.map(({ members }) => members),
    valid: otsu.map(({ isValid }) => isValid),
  };
}

/** A registry with sources `golden-NAME` of given patterns, to compare what follows them alone. */
export function withPatterns(given: Readonly<Record<string, Patterns>>): Registry {
  const sources = Object.entries(given).map(([name, patterns]) =>
    defineSource({
      op: `golden-${name}`,
      summary: 'Patterns of the reference.',
      outputs: { patterns: 'patterns' },
      params: {},
      open: async () => ({
        values: { patterns },
        streams: {},
        digests: [],
        paths: [],
        span: undefined,
      }),
    }),
  );
  return { ...builtins, sources: [...builtins.sources, ...sources] };
}
