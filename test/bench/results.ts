import type { Bound, Reading } from './figure.ts';
import { median, type Spread, spreadOf } from './statistics.ts';
import type { ChosenFigure } from './suite.ts';

/** What became of a bound: the median over the rounds, and whether it is kept where it is a target. */
export interface BoundResult extends Bound {
  readonly result: number;
  /** The same by processor time, where it is a ratio of times: other work on the machine hardly touches it. */
  readonly cpuResult?: number;
  readonly isMet?: boolean;
}

export interface FigureResult {
  readonly name: string;
  readonly group: string;
  readonly says: string;
  /** When its last round ended, in ISO form. */
  readonly date: string;
  readonly seconds: Spread;
  readonly cpuSeconds: Spread;
  readonly peakRssBytes: Spread;
  /** Medians. */
  readonly counts: Readonly<Record<string, number>>;
  readonly bounds: readonly BoundResult[];
}

/** The file that the suite writes. */
export interface Results {
  readonly format: 1;
  readonly date: string;
  readonly isQuick: boolean;
  readonly rounds: number;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly figures: readonly FigureResult[];
}

/** @param readings of all figures, by name: one per round */
export function summarise(
  figure: ChosenFigure,
  readings: ReadonlyMap<string, readonly Reading[]>,
  date: string,
): FigureResult {
  const own = readings.get(figure.name) ?? [];
  const spread = (value: string) => spreadOf(own.map((reading) => amountOf(reading, value)));
  const names = new Set(own.flatMap(({ counts }) => Object.keys(counts)));
  const counts = [...names].map((name) => [name, spread(name).median] as const);
  return {
    name: figure.name,
    group: figure.group,
    says: figure.says,
    date,
    seconds: spread('seconds'),
    cpuSeconds: spread('cpuSeconds'),
    peakRssBytes: spread('peakRssBytes'),
    counts: Object.fromEntries(counts),
    bounds: (figure.bounds ?? []).map((bound) => judge(bound, own, readings)),
  };
}

/** The median over rounds of the ratio within each; memory without a ratio at its largest. */
export function judge(
  bound: Bound,
  own: readonly Reading[],
  readings: ReadonlyMap<string, readonly Reading[]>,
): BoundResult {
  const { value, to, most, within } = bound;
  const others = to === undefined ? undefined : (readings.get(to) ?? []);
  const each = ratiosOf(bound, own, others);
  const isPeak = value === 'peakRssBytes' && to === undefined;
  const result = isPeak ? Math.max(...each) : median(each);
  const isTime = value === 'seconds' && others !== undefined;
  const cpuResult = isTime && median(ratiosOf({ ...bound, value: 'cpuSeconds' }, own, others));
  const told = { ...bound, result, ...(cpuResult === false ? {} : { cpuResult }) };
  if (most === undefined && within === undefined) return told;
  const isMet =
    (most === undefined || result <= most) &&
    (within === undefined || (result <= within && result >= 1 / within));
  return { ...told, isMet };
}

/** One per round; what there is nothing to divide by stays as it is. */
function ratiosOf(
  { value, per }: Bound,
  own: readonly Reading[],
  others: readonly Reading[] | undefined,
): number[] {
  const of = (reading: Reading | undefined): number =>
    reading
      ? amountOf(reading, value) / (per === undefined ? 1 : amountOf(reading, per))
      : Number.NaN;
  return own.map((reading, round) => of(reading) / (others ? of(others[round]) : 1));
}

function amountOf(reading: Reading, value: string): number {
  if (value === 'seconds' || value === 'cpuSeconds' || value === 'peakRssBytes') {
    return reading[value] ?? Number.NaN;
  }
  return reading.counts[value] ?? Number.NaN;
}
