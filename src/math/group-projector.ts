import { ConfigError } from '../errors.ts';
import type { CountsChunk, Moments } from '../model/chunk.ts';
import type { Correlation } from '../model/correlation.ts';
import type { Patterns } from '../model/patterns.ts';
import { expectMomentsFit } from './moments.ts';
import { centres, expectUnitsFit, gridOf, type Projector } from './projector.ts';
import type { UnitGroups } from './unit-groups.ts';

/** The projections of the groups on one pattern in one bin, made one number. */
type Combine = (projections: Float64Array, pattern: number) => number;

interface Table {
  /** w / sd, shape [nUnits, nPatterns]. */
  readonly scaled: Float64Array;
  /** -Σ w·mean / sd, shape [nPatterns, nGroups]. */
  readonly atRest: Float64Array;
}

/**
 * Activation strength from pairs of units of different groups alone: (w·z)² − Σ_g (w_g·z_g)², for two groups
 * 2 (w₁·z₁)(w₂·z₂). Units of one group that fire together do not activate a pattern. Units are added in ascending order;
 * constant units add nothing. Memory: a table of nUnits × nPatterns.
 */
export function createCrossPairsProjector(patterns: Patterns, groups: UnitGroups): Projector {
  return createGroupProjector(patterns, groups, (projections) => {
    // Pairs are added up, each group with those before it: the difference of squares would cancel.
    let before = 0;
    let sum = 0;
    for (const projection of projections) {
      sum += 2 * before * projection;
      before += projection;
    }
    return sum;
  });
}

/**
 * Activity across two groups: the product of their projections w₁·z₁ and w₂·z₂, each z-scored (ddof 0) over the bins that
 * `correlation` was taken over; 0 where one does not vary.
 * @throws ConfigError for other numbers of groups, and a correlation of other units, bins or smoothing
 * Source: neuro_py, activity of `cross_svd` assemblies
 */
export function createCrossProductProjector(
  patterns: Patterns,
  groups: UnitGroups,
  correlation: Correlation,
): Projector {
  const nGroups = groups.names.length;
  if (nGroups !== 2 && patterns.weights.length > 0) {
    throw new ConfigError({
      code: 'TWO_GROUPS',
      found: `strength: cross-product with ${nGroups} groups: ${groups.names.join(', ')}`,
      expected: 'two groups',
      hint: 'name two groups, or use strength: quadratic with pairs: cross',
    });
  }
  expectSameUnits(patterns, correlation);
  const scales = patterns.weights.map((weights) =>
    groups.names.map((_, group) => momentsOf(weights, groups.groupOf, group, correlation)),
  );
  const projector = createGroupProjector(patterns, groups, (projections, pattern) => {
    const [first, second] = scales[pattern];
    if (first.sd === 0 || second.sd === 0) return 0;
    const [a, b] = projections;
    return ((a - first.mean) / first.sd) * ((b - second.mean) / second.sd);
  });
  return {
    ...projector,
    project: (counts, moments) => {
      expectSameBins(correlation, counts);
      return projector.project(counts, moments);
    },
  };
}

function createGroupProjector(
  patterns: Patterns,
  { names, groupOf }: UnitGroups,
  combine: Combine,
): Projector {
  const nPatterns = patterns.weights.length;
  const nGroups = names.length;
  let known: Moments | undefined;
  let table: Table | undefined;

  function project(counts: CountsChunk, moments: Moments) {
    if (moments !== known || table === undefined) {
      expectUnitsFit(patterns, moments);
      known = moments;
      table = createTable(patterns, groupOf, nGroups, moments);
    }
    expectMomentsFit(moments, counts);
    return { ...gridOf(counts), times: centres(counts), columns: fill(counts, table) };
  }

  function fill({ nBins, offsets, units, values }: CountsChunk, fixed: Table): Float64Array[] {
    const { scaled, atRest } = fixed;
    const projections = atRest.slice();
    const own = Array.from({ length: nPatterns }, (_, p) =>
      projections.subarray(p * nGroups, (p + 1) * nGroups),
    );
    const columns = own.map((rest, p) => new Float64Array(nBins).fill(combine(rest, p)));
    for (let row = 0; row < nBins; row++) {
      const end = offsets[row + 1];
      let entry = offsets[row];
      if (entry === end) continue;
      projections.set(atRest);
      for (; entry < end; entry++) {
        const unit = units[entry];
        const x = values[entry];
        const group = groupOf[unit];
        for (let p = 0; p < nPatterns; p++) {
          projections[p * nGroups + group] += scaled[unit * nPatterns + p] * x;
        }
      }
      for (let p = 0; p < nPatterns; p++) columns[p][row] = combine(own[p], p);
    }
    return columns;
  }

  return {
    project,
    empty: (bins) => ({
      ...gridOf(bins),
      nBins: 0,
      times: new Float64Array(0),
      columns: patterns.weights.map(() => new Float64Array(0)),
    }),
  };
}

function createTable(
  { weights }: Patterns,
  groupOf: Int32Array,
  nGroups: number,
  { mean, sd, isConstant }: Moments,
): Table {
  const nPatterns = weights.length;
  const scaled = new Float64Array(mean.length * nPatterns);
  const atRest = new Float64Array(nPatterns * nGroups);
  for (let unit = 0; unit < mean.length; unit++) {
    if (isConstant[unit] === 1 || sd[unit] === 0) continue;
    for (let p = 0; p < nPatterns; p++) {
      const a = weights[p][unit] / sd[unit];
      scaled[unit * nPatterns + p] = a;
      atRest[p * nGroups + groupOf[unit]] -= a * mean[unit];
    }
  }
  return { scaled, atRest };
}

/** Mean and SD (ddof 0) of the projection of one group's z-scores on a pattern. */
function momentsOf(
  weights: Float64Array,
  groupOf: Int32Array,
  group: number,
  { mean, covariance }: Correlation,
): { mean: number; sd: number } {
  const n = weights.length;
  let sum = 0;
  let variance = 0;
  let size = 0;
  for (let i = 0; i < n; i++) {
    if (groupOf[i] !== group) continue;
    sum += weights[i] * mean[i];
    for (let j = 0; j < n; j++) {
      if (groupOf[j] !== group) continue;
      const term = weights[i] * weights[j] * covariance[i * n + j];
      variance += term;
      size += Math.abs(term);
    }
  }
  // Less than rounding leaves of terms that cancel is no variance.
  return { mean: sum, sd: variance > 1e-14 * size ? Math.sqrt(variance) : 0 };
}

function expectSameUnits({ units, weights }: Patterns, correlation: Correlation): void {
  if (weights.length === 0) return;
  const isSame =
    units.length === correlation.units.length &&
    units.every(({ id }, index) => id === correlation.units[index].id);
  if (isSame) return;
  throw new ConfigError({
    code: 'CORRELATION_MISMATCH',
    message: 'the correlation belongs to other units than the patterns',
    found: `a correlation of ${correlation.units.length} units`,
    expected: `the ${units.length} units of the patterns, in their order`,
    hint: 'correlate the z-scored counts that are projected',
  });
}

function expectSameBins(correlation: Correlation, counts: CountsChunk): void {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  const { nBins, binSize, smoothingSd } = correlation;
  if (nBins === 0 || counts.nBins === 0) return;
  const isSameSide = correlation.smoothingSide === counts.smoothingSide;
  const isSameWidth = isNear(smoothingSd, counts.smoothingSd);
  if (isNear(binSize, counts.binSize) && isSameWidth && isSameSide) return;
  throw new ConfigError({
    code: 'CORRELATION_MISMATCH',
    message: 'the correlation does not belong to these counts',
    found: describeBins(correlation),
    expected: describeBins(counts),
    hint: 'correlate the z-scored counts that are projected',
  });
}

function describeBins({ binSize, smoothingSd, smoothingSide }: Correlation | CountsChunk): string {
  const how = smoothingSide === undefined ? '' : `, ${smoothingSide}`;
  return `bins of ${binSize} s, smoothed with SD ${smoothingSd} s${how}`;
}
