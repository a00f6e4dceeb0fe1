import { type Observable, of, take, throwIfEmpty } from 'rxjs';
import { ConfigError, show } from './errors.ts';
import { expectLabels, matchLabels } from './math/match-labels.ts';
import { groupByLabel, groupUnits, type UnitGroups, unknownGroup } from './math/unit-groups.ts';
import type { Report } from './model/report.ts';
import type { UnitLabels } from './model/unit-labels.ts';
import type { UnitTable } from './model/units.ts';
import { labels, optional, type ParamsOf, text } from './params.ts';

/** Options of every node that tells groups of units apart. */
export const groupParams = {
  groupBy: text({
    default: 'region',
    doc: 'Across groups, the column that groups units: region, cellType or a further one.',
  }),
  groups: optional(
    labels({
      doc: 'Across groups, what that column (or the label) contains; each value is a group without this.',
    }),
  ),
};
export type GroupSettings = ParamsOf<typeof groupParams>;

/** The input for groups that no column of the unit table tells. */
export const labelsInput = {
  type: 'labels',
  isOptional: true,
  doc: 'Labels that group units, from a table, in the place of groupBy.',
} as const;

/**
 * The labels, once; undefined where none are connected.
 * @throws ConfigError when they never come
 */
export function labelsOnce(
  given: Observable<UnitLabels> | undefined,
): Observable<UnitLabels | undefined> {
  if (!given) return of(undefined);
  const never = () => new ConfigError({ code: 'NO_LABELS', message: 'the labels never came' });
  return given.pipe(take(1), throwIfEmpty(never));
}

/** What a node asks for that it would need groups for. */
export interface GroupUse {
  /** Whether pairs of units of different groups are told from others. */
  readonly isAcross: boolean;
  /** Otherwise: what would tell them apart, in words. */
  readonly instead: string;
}

/**
 * Refuses groups that nothing would read.
 * @param given the labels, where some are connected
 */
export function expectGroupsRead(
  { groupBy, groups }: GroupSettings,
  given: unknown,
  { isAcross, instead }: GroupUse,
): void {
  const isColumn = groupBy !== groupParams.groupBy.default;
  const idle = isAcross
    ? [given !== undefined && isColumn && `groupBy: ${show(groupBy)} beside labels`]
    : [
        groups !== undefined && `groups: ${show(groups)}`,
        isColumn && `groupBy: ${show(groupBy)}`,
        given !== undefined && 'labels that are connected',
      ];
  const found = idle.find((text) => text !== false);
  if (found === undefined) return;
  const expected = isAcross ? 'one of them: labels stand in the place of a column' : instead;
  throw new ConfigError({ code: 'GROUPS_UNUSED', found, expected });
}

/**
 * The groups of the units that are kept: by their labels where some are given, else by a column. Units without label, and
 * labels without unit, are refused or, where the labels allow them, told in a note (`UNITS_UNLABELLED`, `UNITS_MISSING`).
 * @throws ConfigError for a column, a label or a group that is not there
 */
export function groupsOf(
  table: UnitTable,
  { groupBy, groups }: GroupSettings,
  given: UnitLabels | undefined,
  report: Report,
): UnitGroups {
  if (!given) return groupUnits(table.kept, groupBy, groups);
  const matched = matchLabels(table, given);
  expectLabels(matched, given);
  const [nUnits, nExtra, nMissing] = [matched.labels, matched.extra, matched.missing].map(
    ({ length }) => length,
  );
  if (nUnits > 0 && nExtra > 0) {
    const message = `${nExtra} of ${nUnits} units have no label and are grouped as ${unknownGroup}`;
    report({ level: 'info', code: 'UNITS_UNLABELLED', message, data: { nExtra, nUnits } });
  }
  if (nUnits > 0 && nMissing > 0) {
    const message = `labels of ${nMissing} units that the recording has not are left out`;
    report({ level: 'info', code: 'UNITS_MISSING', message, data: { nMissing } });
  }
  return groupByLabel(matched.labels, given.column, groups);
}
