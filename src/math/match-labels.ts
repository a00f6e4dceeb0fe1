import { ConfigError } from '../errors.ts';
import { labelKey, type UnitLabels } from '../model/unit-labels.ts';
import type { UnitTable } from '../model/units.ts';

/** What labels say of the units of a recording. */
export interface MatchedLabels {
  /** One per unit that is kept; empty where there is none. */
  readonly labels: readonly string[];
  /** Labelled units that the recording has not, those it left out not among them. */
  readonly missing: readonly string[];
  /** Units of the recording without a label. */
  readonly extra: readonly string[];
}

/** Labels in the order of the units, matched by id or, where the recording names its units by text, by that. */
export function matchLabels({ kept, excluded }: UnitTable, { byUnit }: UnitLabels): MatchedLabels {
  const keys = kept.map(labelKey);
  const known = new Set([...keys, ...excluded.map(({ unit }) => labelKey(unit))]);
  return {
    labels: keys.map((key) => byUnit.get(key) ?? ''),
    missing: [...byUnit.keys()].filter((key) => !known.has(key)),
    extra: keys.filter((key) => !byUnit.has(key)),
  };
}

/**
 * Refuses what the labels do not allow.
 * @throws ConfigError that names the units
 */
export function expectLabels(
  { labels, missing, extra }: MatchedLabels,
  { column, missingUnits, extraUnits }: Omit<UnitLabels, 'byUnit'>,
): void {
  // A stream without bins may know no units either.
  if (labels.length === 0) return;
  if (extra.length > 0 && extraUnits === 'error') {
    throw new ConfigError({
      code: 'UNITS_UNLABELLED',
      found: `${extra.length} of ${labels.length} units without a label in ${column}: ${list(extra)}`,
      expected: 'a label for every unit of the recording',
      hint: 'add them to the table, or make them a group of their own with extraUnits: unknown',
    });
  }
  if (missing.length > 0 && missingUnits === 'error') {
    throw new ConfigError({
      code: 'UNITS_MISSING',
      found: `labels for ${missing.length} units that the recording has not: ${list(missing)}`,
      expected: 'labels of its units alone',
      hint: 'take the table of this recording, or leave these out with missingUnits: ignore',
    });
  }
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 12).join(', ');
  return keys.length > 12 ? `${shown}, ...` : shown;
}
