import type { InputDigest } from '../../define.ts';
import { InputError } from '../../errors.ts';
import type { Span } from '../../model/chunk.ts';
import { type Epoch, type Intervals, sortIntervals } from '../../model/epochs.ts';
import type { Events } from '../../model/events.ts';
import { type ReadOptions, readRows, type TableRow } from './rows.ts';
import type { TableFile } from './table-file.ts';

type Reading = Omit<ReadOptions, 'further'>;

/** What a table held, and its digest. */
export interface Read<T> {
  readonly value: T;
  readonly digest: InputDigest;
}

/**
 * Epochs in the order of the table, which is the order of time.
 * @throws InputError when there is none, one stops before it starts, or starts before the one above it
 */
export async function readEpochs(file: TableFile, reading: Reading): Promise<Read<Epoch[]>> {
  const columns = { required: ['start', 'stop'], optional: ['name', 'environment'] };
  const epochs: Epoch[] = [];
  const { digest } = await readRows(
    file,
    columns,
    (row) => {
      const span = readSpan(row);
      const last = epochs.at(-1);
      if (last && span.start < last.start) {
        const found = `${span.start}, where the epoch before starts at ${last.start}`;
        throw row.error('start', 'EPOCHS_UNSORTED', found, 'epochs in the order of time');
      }
      epochs.push({ ...span, name: row.text('name'), environment: row.text('environment') });
    },
    { ...reading, further: 'ignored' },
  );
  if (epochs.length > 0) return { value: epochs, digest };
  const [where, found, expected] = [file.path, 'no epochs', 'at least one epoch'];
  const hint = 'without this file all spikes are one epoch';
  throw new InputError({ code: 'NO_EPOCHS', where, found, expected, hint });
}

/**
 * Brain states by name, sorted by start.
 * @throws InputError when one has no name, or stops before it starts
 */
export async function readStates(
  file: TableFile,
  reading: Reading,
): Promise<Read<Map<string, Intervals>>> {
  const columns = { required: ['state', 'start', 'stop'], optional: [] };
  const spans = new Map<string, Span[]>();
  const { digest } = await readRows(
    file,
    columns,
    (row) => {
      const state = row.name('state');
      const known = spans.get(state);
      if (known) known.push(readSpan(row));
      else spans.set(state, [readSpan(row)]);
    },
    { ...reading, further: 'ignored' },
  );
  const sorted = [...spans].map(([state, found]) => [state, sortIntervals(found)] as const);
  return { value: new Map(sorted), digest };
}

interface TimedEvent extends Span {
  readonly peak: number;
}

/**
 * Event sets by name, each sorted by start; peaks and stops may be missing.
 * @throws InputError when an event has no name or no start, or stops before it starts
 */
export async function readEvents(
  file: TableFile,
  reading: Reading,
): Promise<Read<Map<string, Events>>> {
  const columns = { required: ['name', 'start'], optional: ['peak', 'stop'] };
  const sets = new Map<string, TimedEvent[]>();
  const { digest } = await readRows(
    file,
    columns,
    (row) => {
      const name = row.name('name');
      const event = {
        start: row.time('start'),
        end: row.timeOrNaN('stop'),
        peak: row.timeOrNaN('peak'),
      };
      checkOrder(row, event);
      const known = sets.get(name);
      if (known) known.push(event);
      else sets.set(name, [event]);
    },
    { ...reading, further: 'ignored' },
  );
  return { value: new Map([...sets].map(([name, set]) => [name, eventsOf(name, set)])), digest };
}

/** Sorted by start; equal ones by peak. */
export function eventsOf(name: string, events: readonly TimedEvent[]): Events {
  const sorted = [...events].sort((a, b) => a.start - b.start || a.peak - b.peak || 0);
  return {
    kind: 'events',
    name,
    starts: Float64Array.from(sorted, ({ start }) => start),
    peaks: Float64Array.from(sorted, ({ peak }) => peak),
    stops: Float64Array.from(sorted, ({ end }) => end),
  };
}

function readSpan(row: TableRow): Span {
  const span = { start: row.time('start'), end: row.time('stop') };
  checkOrder(row, span);
  return span;
}

function checkOrder(row: TableRow, { start, end }: Span): void {
  if (!(end < start)) return;
  throw row.error('stop', 'STOP_BEFORE_START', `${end}, where start is ${start}`, 'start <= stop');
}
