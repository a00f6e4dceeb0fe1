export interface OtsuMembers {
  /** One entry per unit: 1 where the absolute weight exceeds the threshold. */
  readonly members: Uint8Array;
  /** There is at least one member and all members have one sign. */
  readonly isValid: boolean;
  /** An absolute weight; NaN where fewer than two weights leave nothing to divide. */
  readonly threshold: number;
  /** 1 - variance within the two classes / total variance: 1 for two clean classes; NaN when all are equal. */
  readonly effectiveness: number;
}

/**
 * Members of a pattern: the units whose absolute weight lies above the threshold that divides the absolute weights
 * into two classes of least variance. The threshold is itself a weight, the largest of the lower class; of thresholds
 * that do equally well the lowest counts. Equal weights have no members, nor has a single unit.
 * @param weights one per unit, those of constant units (0) included
 * Source: Otsu 1979, IEEE Trans Syst Man Cybern, doi 10.1109/TSMC.1979.4310076
 */
export function findMembers(weights: Float64Array): OtsuMembers {
  const sorted = weights.map(Math.abs).sort();
  const n = sorted.length;
  let threshold = Number.NaN;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < n; i++) {
    const share = (i + 1) / n;
    const within =
      share * variance(sorted.subarray(0, i + 1)) + (1 - share) * variance(sorted.subarray(i + 1));
    if (within < least) {
      least = within;
      threshold = sorted[i];
    }
  }
  const members = Uint8Array.from(weights, (weight) => (Math.abs(weight) > threshold ? 1 : 0));
  const isPositive = weights.some((weight) => weight > threshold);
  const isNegative = weights.some((weight) => -weight > threshold);
  const effectiveness = sorted[0] === sorted[n - 1] ? Number.NaN : 1 - least / variance(sorted);
  return { members, isValid: isPositive !== isNegative, threshold, effectiveness };
}

/** Population variance, from deviations: close costs must not be told apart by cancellation. */
function variance(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length;
}
