import { InputError } from '../errors.ts';
import type { Events } from '../model/events.ts';
import type { Report } from '../model/report.ts';
import { readIntervals } from './cellexplorer-session.ts';
import { badField, fieldOf, isEmpty, type Placed, vectorOf } from './mat/accessors.ts';

/** Fields of `ripples` that are read. */
export const rippleFields = ['timestamps', 'times', 'peaks', 'flagged', 'added'];

interface Ripple {
  readonly start: number;
  /** NaN where there is none. */
  readonly peak: number;
  readonly end: number;
}

export const noRipples: Events = eventsOf([]);

/**
 * Ripples sorted by start. Those that were flagged are dropped first; then each added peak becomes an event around it,
 * as long as the remaining ones are on average.
 * @throws InputError when a field cannot be understood
 * Source: neuro_py load_ripples_events
 */
export function readRipples(
  ripples: Placed,
  { manualEvents }: { readonly manualEvents: boolean },
  report: Report,
): Events {
  const rows = fieldOf(ripples, 'timestamps') ?? fieldOf(ripples, 'times');
  if (rows === undefined) {
    const where = `${ripples.where}.timestamps`;
    const [found, expected] = ['neither timestamps nor times', 'start and stop of each ripple'];
    throw new InputError({ code: 'FIELD_MISSING', where, found, expected });
  }
  const spans = readIntervals(rows);
  const peaks = readPeaks(fieldOf(ripples, 'peaks'), spans.length, report);
  const flagged = readFlagged(fieldOf(ripples, 'flagged'), spans.length);
  const detected = spans
    .map(({ start, end }, row) => ({ start, end, peak: peaks[row] }))
    .filter((_, row) => !flagged.has(row));
  const added = manualEvents ? readAdded(fieldOf(ripples, 'added'), detected) : [];
  return eventsOf([...detected, ...added]);
}

function readPeaks(field: Placed | undefined, nRipples: number, report: Report): Float64Array {
  const unknown = new Float64Array(nRipples).fill(Number.NaN);
  if (field === undefined || isEmpty(field)) return unknown;
  const peaks = vectorOf(field);
  if (peaks.length === nRipples) return peaks;
  const message = `${field.where}: ${peaks.length} peaks for ${nRipples} ripples; none is used`;
  report({ level: 'warning', code: 'PEAKS_SKIPPED', message });
  return unknown;
}

/** Rows to drop, counted from 0; the file counts from 1, or has a logical value per row. */
function readFlagged(field: Placed | undefined, nRipples: number): Set<number> {
  if (field === undefined || isEmpty(field)) return new Set();
  const numbers = vectorOf(field);
  const { value } = field;
  if (value.kind === 'numeric' && value.isLogical && numbers.length === nRipples) {
    return new Set(Array.from(numbers.keys()).filter((row) => numbers[row] !== 0));
  }
  for (const number of numbers) {
    if (Number.isInteger(number) && number >= 1 && number <= nRipples) continue;
    throw badField(field, `${number}`, `row numbers from 1 to ${nRipples}`);
  }
  return new Set(Array.from(numbers, (number) => number - 1));
}

function readAdded(field: Placed | undefined, detected: readonly Ripple[]): Ripple[] {
  if (field === undefined || isEmpty(field)) return [];
  const peaks = vectorOf(field);
  if (detected.length === 0) {
    throw new InputError({
      code: 'BAD_FIELD',
      where: field.where,
      found: `${peaks.length} added peaks, but no detected ripple to take their length from`,
      expected: 'at least one detected ripple',
      hint: 'manualEvents: false leaves added ripples out',
    });
  }
  const total = detected.reduce((sum, { start, end }) => sum + (end - start), 0);
  const half = total / detected.length / 2;
  return Array.from(peaks, (peak) => {
    if (!Number.isFinite(peak)) throw badField(field, `${peak}`, 'finite times');
    return { start: peak - half, peak, end: peak + half };
  });
}

/** Sorted by start; equal ones by peak. */
function eventsOf(ripples: readonly Ripple[]): Events {
  const sorted = [...ripples].sort((a, b) => a.start - b.start || a.peak - b.peak || 0);
  return {
    kind: 'events',
    name: 'ripples',
    starts: Float64Array.from(sorted, ({ start }) => start),
    peaks: Float64Array.from(sorted, ({ peak }) => peak),
    stops: Float64Array.from(sorted, ({ end }) => end),
  };
}
