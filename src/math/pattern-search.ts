import { type ActiveCounts, standardise } from './active-counts.ts';
import {
  type CrossMask,
  type CrossStructure,
  type CrossUnits,
  crossEigen,
  crossScales,
  hasEnoughGroups,
  selectCrossUnits,
} from './cross-matrix.ts';
import { crossIca, type MembershipRule, spansGroups } from './cross-structural.ts';
import { type Eigen, symmetricEigen } from './eigen.ts';
import { warnUnconverged } from './fast-ica.ts';
import { type Found, findIndependent, findPrincipal, type Method } from './find-components.ts';
import { scaledCovariance } from './sparse-covariance.ts';
import type { UnitGroups } from './unit-groups.ts';

/** How patterns are sought among units: in which matrix, and what is made of its eigenvectors. */
export interface PatternSearch {
  readonly structure: 'all' | CrossStructure;
  readonly groups: UnitGroups | undefined;
  /** Whether the units that vary are enough to search among: of two groups, say. */
  readonly isPossible: (counts: ActiveCounts) => boolean;
  /** Eigenvalues, descending, and vectors over the units that take part. */
  readonly eigenOf: (counts: ActiveCounts) => Eigen;
  readonly find: Method;
  /** What shuffled counts are divided by, and what makes the same matrix of them. */
  readonly shuffleOf: (counts: ActiveCounts) => {
    readonly scales: Float64Array;
    readonly mask?: CrossMask;
  };
}

/** What a search across groups is told. */
export interface AcrossOptions {
  readonly structure: CrossStructure;
  readonly method: 'ica' | 'pca';
  /** Patterns that do not span groups by this rule are dropped; undefined keeps all. */
  readonly rule: MembershipRule | undefined;
}

/** The search among all pairs of units: eigenvectors of their covariance (ddof 1). */
export function searchAll(method: 'ica' | 'pca'): PatternSearch {
  return {
    structure: 'all',
    groups: undefined,
    isPossible: () => true,
    eigenOf: ({ sums, active, scales }) =>
      symmetricEigen(scaledCovariance(sums, active, scales), active.length),
    find: method === 'ica' ? findIndependent : findPrincipal,
    shuffleOf: ({ scales }) => ({ scales }),
  };
}

/** The search among pairs of units of different groups. */
export function searchAcross(
  { structure, method, rule }: AcrossOptions,
  groups: UnitGroups,
): PatternSearch {
  // Counts without units that vary have no groups, and no patterns: that is told elsewhere.
  const crossOf = ({ active, scales }: ActiveCounts): CrossUnits | undefined =>
    active.length === 0 ? undefined : selectCrossUnits(structure, groups, active, scales);

  function find(...[counts, eigen, nPatterns, options]: Parameters<Method>): Found {
    const cross = crossOf(counts);
    if (!cross) return findPrincipal(counts, eigen, 0);
    if (method === 'pca') return keep(findPrincipal(counts, eigen, nPatterns), cross);
    const data = standardise(counts);
    const { sums } = counts;
    const { components, ...ica } = crossIca(
      structure,
      data,
      sums,
      cross,
      eigen,
      nPatterns,
      options,
    );
    const patternEigenvalues = new Float64Array(nPatterns).fill(Number.NaN);
    const warnings = warnUnconverged(ica, options);
    return keep({ vectors: components, patternEigenvalues, ica, warnings }, cross);
  }

  function keep(found: Found, { groupOf, names }: CrossUnits): Found {
    if (!rule) return found;
    const kept = found.vectors.map((vector) => spansGroups(normalised(vector), groupOf, rule));
    const nDropped = kept.filter((isKept) => !isKept).length;
    if (nDropped === 0) return found;
    const warning = `${nDropped} of ${kept.length} patterns lie within one group of ${names.join(', ')} and were dropped`;
    return {
      ...found,
      vectors: found.vectors.filter((_, k) => kept[k]),
      patternEigenvalues: found.patternEigenvalues.filter((_, k) => kept[k]),
      warnings: [...found.warnings, warning],
    };
  }

  return {
    structure,
    groups,
    isPossible: ({ active }) => hasEnoughGroups(structure, groups, active),
    eigenOf: (counts) => {
      const cross = crossOf(counts);
      return cross ? crossEigen(structure, counts.sums, cross) : symmetricEigen(noEntries, 0);
    },
    find,
    shuffleOf: (counts) => {
      const cross = crossOf(counts);
      if (!cross) return { scales: counts.scales };
      const { groupOf } = cross;
      return { scales: crossScales(structure, cross), mask: { structure, groupOf } };
    },
  };
}

const noEntries = new Float64Array(0);

function normalised(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((entry) => entry / length);
}
