import type { CorrelationMatrix } from './correlation.ts';
import type { RunNode } from './run-json.ts';
import type { RunResults } from './run-results.ts';

/** Units sorted by group, groups in the order in which units name them first. */
export interface SortedUnits {
  /** Place in the given order of each unit, as sorted. */
  readonly order: Int32Array;
  /** Consecutive parts of the sorted units. */
  readonly groups: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
  }[];
}

interface GroupedUnit {
  readonly region: string;
  readonly cellType?: string;
}

/**
 * The group of a unit, as the run tells groups apart: by what the fit of that node asked for, if it looked across groups,
 * else by the first `groups` of another node, else by the regions that the recording was asked for, else each region is a
 * group.
 */
export function groupNamer({ run }: RunResults, node?: string): (unit: GroupedUnit) => string {
  const own = run.nodes.find(({ id }) => id === node);
  const isAcross = own !== undefined && looksAcross(own);
  const isByType = isAcross && own.options.get('groupBy') === 'cellType';
  const others = run.nodes.filter((other) => other.options.get('groupBy') === 'region');
  const found =
    (isAcross ? listOf(own, 'groups') : undefined) ??
    (isByType ? [] : undefined) ??
    others.map((other) => listOf(other, 'groups')).find((list) => list !== undefined) ??
    run.nodes.map((other) => listOf(other, 'brainRegion')).find((list) => list !== undefined) ??
    [];
  return ({ region, cellType = '' }) => {
    const label = isByType ? cellType : region;
    return found.find((part) => label.includes(part)) ?? (label || 'unknown');
  };
}

function looksAcross({ options }: RunNode): boolean {
  const structure = options.get('structure') ?? 'all';
  return structure !== 'all' || options.get('pairs') === 'cross';
}

function listOf({ options }: RunNode, key: string): string[] | undefined {
  const value = options.get(key);
  if (!Array.isArray(value)) return undefined;
  return value.filter((part): part is string => typeof part === 'string' && part !== '');
}

export function sortByGroup(names: readonly string[]): SortedUnits {
  const groups: { name: string; from: number; to: number }[] = [];
  const order: number[] = [];
  for (const name of new Set(names)) {
    const from = order.length;
    names.forEach((other, unit) => {
      if (other === name) order.push(unit);
    });
    groups.push({ name, from, to: order.length });
  }
  return { order: Int32Array.from(order), groups };
}

/**
 * The groups that a matrix itself tells, where pairs within groups were not asked for: whatever parted the units, a table of
 * labels say. They have the names that `nameOf` gives where it parts units alike, else numbers.
 */
export function groupsOfMatrix(
  { units, isMasked }: CorrelationMatrix,
  nameOf: (unit: GroupedUnit) => string,
): string[] {
  const named = units.map(nameOf);
  if (!isMasked.includes(1)) return named;
  const n = units.length;
  // A unit is of the group of the first one that its pair with is left out, itself at the latest.
  const firsts = units.map((_, a) => {
    for (let b = 0; b < a; b++) if (isMasked[a * n + b] === 1) return b;
    return a;
  });
  const isAlike = firsts.every((first, a) =>
    firsts.every((other, b) => (first === other) === (named[a] === named[b])),
  );
  const numbers = [...new Set(firsts)];
  return isAlike ? named : firsts.map((first) => `group ${numbers.indexOf(first) + 1}`);
}
