import { findMembers } from './otsu.ts';

/** How members of a pattern are told from the other units. */
export type MemberRule = 'otsu' | 'one-over-root-n' | 'mean-plus-2-sd';

export interface Membership {
  /** One entry per unit: 1 for members. */
  readonly members: Uint8Array;
  /** There is at least one member and all members have one sign. */
  readonly isValid: boolean;
}

/** The members by one rule, and what each rule would say. */
export interface MemberReport extends Membership {
  readonly nOtsu: number;
  readonly nRootN: number;
  readonly nTwoSd: number;
  /** Of Otsu's threshold: 1 for two clean classes; NaN when all absolute weights are equal. */
  readonly effectiveness: number;
}

/**
 * Members by each of three rules: Otsu's threshold on the absolute weights of all units; an absolute weight above
 * 1/√N, the one that all N units would have if all took an equal part; one more than two standard deviations
 * (population) above the mean of the N absolute weights. N is the number of units counted, as in the bound on the
 * eigenvalues, and the mean and standard deviation are over the same units.
 * @param weights one per unit, those of constant units (0) included
 * @param counted indices of the units counted
 * Source: Lopes-dos-Santos, Ribeiro & Tort 2013, J Neurosci Methods, doi 10.1016/j.jneumeth.2013.04.010
 */
export function reportMembers(
  weights: Float64Array,
  counted: Int32Array,
  rule: MemberRule,
): MemberReport {
  const otsu = findMembers(weights);
  const rootN = above(weights, 1 / Math.sqrt(counted.length));
  const twoSd = above(weights, meanPlusTwoSd(weights, counted));
  const { members, isValid } = { otsu, 'one-over-root-n': rootN, 'mean-plus-2-sd': twoSd }[rule];
  return {
    members,
    isValid,
    nOtsu: sizeOf(otsu),
    nRootN: sizeOf(rootN),
    nTwoSd: sizeOf(twoSd),
    effectiveness: otsu.effectiveness,
  };
}

function above(weights: Float64Array, threshold: number): Membership {
  const members = Uint8Array.from(weights, (weight) => (Math.abs(weight) > threshold ? 1 : 0));
  const isPositive = weights.some((weight) => weight > threshold);
  const isNegative = weights.some((weight) => -weight > threshold);
  return { members, isValid: isPositive !== isNegative };
}

function meanPlusTwoSd(weights: Float64Array, counted: Int32Array): number {
  let sum = 0;
  for (const unit of counted) sum += Math.abs(weights[unit]);
  const mean = sum / counted.length;
  let squares = 0;
  for (const unit of counted) squares += (Math.abs(weights[unit]) - mean) ** 2;
  return mean + 2 * Math.sqrt(squares / counted.length);
}

function sizeOf({ members }: Membership): number {
  let size = 0;
  for (const isMember of members) size += isMember;
  return size;
}
