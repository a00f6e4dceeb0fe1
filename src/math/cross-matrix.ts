import { InputError } from '../errors.ts';
import { type Eigen, symmetricEigen } from './eigen.ts';
import { type SparseSums, scaledCovariance } from './sparse-covariance.ts';
import type { UnitGroups } from './unit-groups.ts';

/** Units that take part in a detection across groups. */
export interface CrossUnits {
  /** Indices of the units that vary, ascending. */
  readonly units: Int32Array;
  /** What each unit's counts are divided by; its standard deviation. */
  readonly scales: Float64Array;
  /** Group of each, counted from 0 in the order of `names`. */
  readonly groupOf: Int32Array;
  /** Names of the groups that have such units, sorted. */
  readonly names: readonly string[];
  /** How many such units each group has. */
  readonly sizes: readonly number[];
}

/**
 * How units of different groups are held against each other; what is within a group counts as nothing.
 * - `masked-correlation`: Pearson correlations, the diagonal 1.
 * - `scaled-covariance`: covariance (ddof 0) of z-scored counts, each group divided by the root of its size, the
 *   diagonal 0: a large group does not outweigh a small one.
 * - `cross-svd`: the block of covariances between two groups, by its singular values.
 * Sources: neuro_py, cross-structural assemblies before and after its change of March 2026, and `cross_svd`.
 */
export const crossStructures = ['masked-correlation', 'scaled-covariance', 'cross-svd'] as const;
export type CrossStructure = (typeof crossStructures)[number];

/**
 * The units that vary, with their groups.
 * @param active indices of these units, ascending
 * @param scales one per entry of `active`
 * @throws InputError when they are all of one group, or `cross-svd` has not exactly two
 */
export function selectCrossUnits(
  structure: CrossStructure,
  { names, groupOf }: UnitGroups,
  active: Int32Array,
  scales: Float64Array,
): CrossUnits {
  const present = names.flatMap((name, group) =>
    active.some((unit) => groupOf[unit] === group) ? [{ name, group }] : [],
  );
  if (!hasEnoughGroups(structure, { names, groupOf }, active)) {
    const silent = names.filter((name) => present.every((group) => group.name !== name));
    const found = present.map(({ name }) => name).join(', ');
    throw new InputError({
      code: 'TOO_FEW_GROUPS',
      found: `units that vary in ${present.length} groups${found === '' ? '' : `: ${found}`}`,
      expected: structure === 'cross-svd' ? 'two groups' : 'two groups or more',
      hint:
        silent.length > 0
          ? `no unit of ${silent.join(', ')} varies over the bins fitted`
          : present.length > 2
            ? 'name two groups and read only their units, or take structure: masked-correlation'
            : 'let units of another region take part, or group by another column',
    });
  }
  const place = new Map(present.map(({ group }, index) => [group, index]));
  const own = Int32Array.from(active, (unit) => place.get(groupOf[unit]) ?? 0);
  const sizes = present.map((_, index) => own.filter((group) => group === index).length);
  return { units: active, scales, groupOf: own, names: present.map(({ name }) => name), sizes };
}

/** Whether units that vary are of two groups or more; exactly two for `cross-svd`. */
export function hasEnoughGroups(
  structure: CrossStructure,
  { groupOf }: UnitGroups,
  active: Int32Array,
): boolean {
  const nPresent = new Set(Array.from(active, (unit) => groupOf[unit])).size;
  return structure === 'cross-svd' ? nPresent === 2 : nPresent > 1;
}

/** Scales of the units as a structure wants them: `scaled-covariance` lets groups weigh alike. */
export function crossScales(
  structure: CrossStructure,
  { scales, groupOf, sizes }: CrossUnits,
): Float64Array {
  if (structure !== 'scaled-covariance') return scales;
  return scales.map((scale, i) => scale * Math.sqrt(sizes[groupOf[i]]));
}

/** What turns a covariance into the matrix of a structure. */
export interface CrossMask {
  readonly structure: CrossStructure;
  /** Group of each row. */
  readonly groupOf: Int32Array;
}

/**
 * Turns a covariance (ddof 1) of scaled counts into the symmetric matrix of a structure, in place. That of `cross-svd`
 * holds the block and its transpose: its eigenvalues are the singular values and their negatives.
 * @param matrix row-major, shape [n, n]; each triangle is made of itself and the diagonal
 */
export function maskMatrix(
  matrix: Float64Array,
  nRows: number,
  { structure, groupOf }: CrossMask,
): void {
  const n = groupOf.length;
  const isCorrelation = structure === 'masked-correlation';
  const variances = Float64Array.from(groupOf, (_, i) => matrix[i * n + i]);
  const ddof = (nRows - 1) / nRows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      if (groupOf[i] === groupOf[j]) matrix[at] = 0;
      else matrix[at] *= isCorrelation ? 1 / Math.sqrt(variances[i] * variances[j]) : ddof;
    }
    if (isCorrelation) matrix[i * n + i] = 1;
  }
}

/** The matrix of a structure, both triangles, row-major, shape [nActive, nActive]. */
export function crossMatrix(
  structure: CrossStructure,
  sums: SparseSums,
  cross: CrossUnits,
): Float64Array {
  const { units, groupOf } = cross;
  const matrix = scaledCovariance(sums, units, crossScales(structure, cross));
  maskMatrix(matrix, sums.nRows, { structure, groupOf });
  return matrix;
}

/**
 * Eigenvalues, descending, with their vectors; of `cross-svd` the singular values with vectors [U, V] / √2, as many as
 * the smaller group has units. A singular value is as exact as a sum of the matrix's entries, not only its square.
 */
export function crossEigen(structure: CrossStructure, sums: SparseSums, cross: CrossUnits): Eigen {
  const eigen = symmetricEigen(crossMatrix(structure, sums, cross), cross.units.length);
  if (structure !== 'cross-svd') return eigen;
  const n = Math.min(...cross.sizes);
  return { values: eigen.values.slice(0, n), vectors: eigen.vectors.slice(0, n) };
}
