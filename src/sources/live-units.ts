import type { InputDigest } from '../define.ts';
import { ConfigError, show } from '../errors.ts';
import type { Report } from '../model/report.ts';
import type { Unit, UnitTable } from '../model/units.ts';
import { optional, type Param, path, text } from '../params.ts';
import { openPatternsFile } from './patterns-file.ts';

/** A unit as the acquisition system names it, by electrode and sorted id, and its id here. */
export type RigUnit = readonly [electrode: string, sortedId: number, unitId: number];

function rigUnits(spec: { readonly doc: string }): Param<readonly RigUnit[]> {
  return {
    ...text(spec),
    default: undefined,
    expected: 'rows of electrode, sorted id and unit id, such as [[E1, 1, 101], [E1, 2, 102]]',
    schema: { type: 'array', items: { type: 'array', minItems: 3, maxItems: 3 }, minItems: 1 },
    parse: (value) => {
      if (!Array.isArray(value) || value.length === 0) return undefined;
      const units = value.map(readRigUnit).filter((unit) => unit !== undefined);
      return units.length === value.length ? units : undefined;
    },
  };
}

function readRigUnit(row: unknown): RigUnit | undefined {
  if (!Array.isArray(row) || row.length !== 3) return undefined;
  const [electrode, sortedId, unitId] = row as unknown[];
  const isName = typeof electrode === 'string' || typeof electrode === 'number';
  if (!isName || !isInt32(sortedId) || !isInt32(unitId)) return undefined;
  return [String(electrode), sortedId, unitId];
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

/** Whose spikes a live source takes. */
export const liveUnitParams = {
  patterns: optional(
    path({ doc: 'Folder of an earlier run, or its patterns: the units are those, in that order.' }),
  ),
  patternsNode: optional(
    text({ doc: 'Which node of that run, where it has patterns of several.' }),
  ),
  units: optional(
    rigUnits({
      doc: 'Which sorted unit is which: rows of electrode, sorted id and unit id. Without it sorted ids are unit ids.',
    }),
  ),
};

export interface LiveUnits {
  readonly table: UnitTable;
  /** Undefined for a unit that is not listened to. */
  readonly indexOf: (electrode: string, sortedId: number) => number | undefined;
  readonly digests: readonly InputDigest[];
  readonly paths: readonly string[];
}

/**
 * The units of a live recording: those of `patterns`, or those that `units` names, by ascending id.
 * @throws ConfigError where neither is given, a sorted unit stands twice, or a unit is none of the patterns'
 */
export async function findLiveUnits(
  {
    patterns,
    patternsNode,
    units,
  }: {
    readonly patterns: string | undefined;
    readonly patternsNode: string | undefined;
    readonly units: readonly RigUnit[] | undefined;
  },
  report: Report,
): Promise<LiveUnits> {
  if (patterns === undefined && units === undefined) {
    throw new ConfigError({
      code: 'LIVE_UNITS_UNKNOWN',
      found: 'neither patterns nor units',
      expected: 'one of them, for a running recording does not say which units it has',
      hint: 'patterns: RUN_DIR listens to the units of the templates in it',
    });
  }
  const opened =
    patterns === undefined
      ? undefined
      : await openPatternsFile({ path: patterns, node: patternsNode }, { report });
  const kept = opened?.values.patterns.units ?? (units ?? []).map(toUnit).sort(byId);
  const unique = kept.filter(({ id }, i) => i === 0 || id !== kept[i - 1].id);
  const places = new Map(unique.map(({ id }, index) => [id, index]));
  const indexOf = units ? mapRig(units, places) : (_: string, id: number) => places.get(id);
  return {
    table: { kind: 'units', kept: unique, excluded: [] },
    indexOf,
    digests: opened?.digests ?? [],
    paths: opened?.paths ?? [],
  };
}

function mapRig(units: readonly RigUnit[], places: ReadonlyMap<number, number>) {
  const byElectrode = new Map<string, Map<number, number>>();
  for (const [electrode, sortedId, unitId] of units) {
    const ids = byElectrode.get(electrode) ?? new Map<number, number>();
    byElectrode.set(electrode, ids);
    const place = places.get(unitId);
    const found = `[${show(electrode)}, ${sortedId}, ${unitId}]`;
    if (place === undefined) {
      const expected = 'a unit of the patterns';
      throw new ConfigError({
        code: 'LIVE_UNITS_UNKNOWN',
        where: 'option "units"',
        found,
        expected,
      });
    }
    if (ids.has(sortedId)) {
      const expected = 'each sorted unit of an electrode once';
      throw new ConfigError({ code: 'LIVE_UNIT_TWICE', where: 'option "units"', found, expected });
    }
    ids.set(sortedId, place);
  }
  return (electrode: string, sortedId: number) => byElectrode.get(electrode)?.get(sortedId);
}

function toUnit([, , id]: RigUnit): Unit {
  return { id, label: '', region: '', cellType: '', nSpikes: 0, attributes: new Map() };
}

function byId(a: Unit, b: Unit): number {
  return a.id - b.id;
}
