import { ConfigError } from '../errors.ts';
import type { Patterns } from '../model/patterns.ts';
import type { Unit } from '../model/units.ts';
import { unknownGroup } from './unit-groups.ts';

export interface MatchedPatterns {
  /** The patterns over the units of the recording, in their order; those given where nothing had to change. */
  readonly patterns: Patterns;
  /** Ids of units of the patterns that the recording has not. */
  readonly missing: readonly number[];
  /** Ids of units of the recording that the patterns do not know. */
  readonly extra: readonly number[];
  /** Largest part of a pattern's sum of squared weights that lies on missing units. */
  readonly largestLoss: number;
}

/**
 * Patterns over the units of a recording, matched by id. Units that the patterns do not know get weight 0; weights on
 * units that the recording has not are left out, and what is left is not scaled up: these units are as silent.
 */
export function matchUnits(patterns: Patterns, units: readonly Unit[]): MatchedPatterns {
  const places = new Map(patterns.units.map(({ id }, index) => [id, index]));
  const present = new Set(units.map(({ id }) => id));
  const missing = patterns.units.map(({ id }) => id).filter((id) => !present.has(id));
  const extra = units.map(({ id }) => id).filter((id) => !places.has(id));
  const isSame =
    units.length === patterns.units.length && units.every(({ id }, i) => places.get(id) === i);
  if (isSame) return { patterns, missing, extra, largestLoss: 0 };
  const from = Int32Array.from(units, ({ id }) => places.get(id) ?? -1);
  const losses = patterns.weights.map((weights) => {
    const lost = missing.map((id) => weights[places.get(id) ?? -1] ** 2);
    return lost.reduce((sum, square) => sum + square, 0);
  });
  const constant = new Set(patterns.constantUnits);
  const { groups } = patterns;
  const matched = {
    ...patterns,
    units,
    weights: patterns.weights.map((row) => Float64Array.from(from, (place) => row[place] ?? 0)),
    members: patterns.members.map((row) => Uint8Array.from(from, (place) => row[place] ?? 0)),
    ...(groups ? { groups: Array.from(from, (place) => groups[place] ?? unknownGroup) } : {}),
    constantUnits: [...units.keys()].filter((unit) => constant.has(from[unit])),
  };
  return { patterns: matched, missing, extra, largestLoss: Math.max(0, ...losses) };
}

/** What is to be done about units that the patterns and the recording do not share. */
export interface MatchRules {
  readonly missingUnits: 'error' | 'zero';
  readonly extraUnits: 'error' | 'ignore';
}

/**
 * Refuses what the rules do not allow.
 * @throws ConfigError that names the units
 */
export function expectMatch(
  { missing, extra, patterns }: MatchedPatterns,
  { missingUnits, extraUnits }: MatchRules,
): void {
  if (patterns.weights.length === 0) return;
  if (missing.length > 0 && missingUnits === 'error') {
    throw new ConfigError({
      code: 'UNITS_MISSING',
      found: `patterns over ${missing.length} units that the recording has not: ${list(missing)}`,
      expected: 'every unit of the patterns',
      hint: 'choose the same units at the source, or let their weights go with missingUnits: zero',
    });
  }
  if (extra.length > 0 && extraUnits === 'error') {
    throw new ConfigError({
      code: 'UNITS_EXTRA',
      found: `${extra.length} units that the patterns do not know: ${list(extra)}`,
      expected: 'only units of the patterns',
      hint: 'choose the same units at the source, or leave these out with extraUnits: ignore',
    });
  }
}

function list(ids: readonly number[]): string {
  const shown = ids.slice(0, 12).join(', ');
  return ids.length > 12 ? `${shown}, ...` : shown;
}
