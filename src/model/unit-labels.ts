import type { Unit } from './units.ts';

/** A label for each of some units, from elsewhere than the recording: the electrode that each was found on, say. */
export interface UnitLabels {
  readonly kind: 'labels';
  /** What the labels are, for messages: the name of their column. */
  readonly column: string;
  /** Labels by `labelKey`; none is empty. */
  readonly byUnit: ReadonlyMap<string, string>;
  /** Labelled units that the recording has not: refused, or left out. */
  readonly missingUnits: 'error' | 'ignore';
  /** Units of the recording without a label: refused, or a group of their own. */
  readonly extraUnits: 'error' | 'unknown';
}

/** By what labels find a unit: its text where the recording names its units by text, else the digits of its id. */
export function labelKey({ id, label }: Pick<Unit, 'id' | 'label'>): string {
  return label === '' ? String(id) : label;
}
