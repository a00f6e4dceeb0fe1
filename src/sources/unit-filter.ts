import { show } from '../errors.ts';
import { matchAnyLabel } from '../model/label-pattern.ts';
import type { Report } from '../model/report.ts';
import type { Unit } from '../model/units.ts';

/** Says of each unit why its label leaves it out; undefined where any of the patterns is found in it. */
export function labelFilter(
  what: string,
  labels: readonly string[],
  patterns: readonly string[] | undefined,
): (index: number) => string | undefined {
  if (patterns === undefined) return () => undefined;
  const matches = matchAnyLabel(patterns);
  const wanted = patterns.join(' or ');
  return (index) =>
    matches(labels[index]) ? undefined : `${what} ${show(labels[index])} does not match ${wanted}`;
}

/** Why the first of the filters that leaves a unit out does so. */
export function firstDefined(
  filters: readonly ((index: number) => string | undefined)[],
  index: number,
): string | undefined {
  for (const filter of filters) {
    const reason = filter(index);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Warns that no unit of a recording is kept, with what there is. */
export function tellNoUnits(
  where: string,
  units: readonly { readonly unit: Pick<Unit, 'region' | 'cellType'> }[],
  report: Report,
): void {
  const regions = tally(units.map(({ unit }) => unit.region));
  const cellTypes = tally(units.map(({ unit }) => unit.cellType));
  const message =
    units.length === 0
      ? `${where} holds no units`
      : `none of ${units.length} units passes the filters; regions: ${regions}; cell types: ${cellTypes}`;
  report({ level: 'warning', code: 'NO_UNITS', message, data: { nUnits: units.length } });
}

function tally(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const parts = [...counts].map(([label, n]) => `${show(label)} (${n})`);
  return parts.length > 12 ? `${parts.slice(0, 12).join(', ')}, ...` : parts.join(', ');
}
