import type { Span } from '../model/chunk.ts';
import { type Epoch, type Intervals, sortIntervals } from '../model/epochs.ts';
import {
  badField,
  elementsOf,
  fieldOf,
  isEmpty,
  numberOf,
  numbersOf,
  type Placed,
  requiredField,
  structOf,
  textOf,
} from './mat/accessors.ts';
import { describe } from './mat/values.ts';

/** Fields of `session` that are read. */
export const sessionFields = [
  'epochs.name',
  'epochs.startTime',
  'epochs.stopTime',
  'epochs.environment',
  'extracellular.sr',
];

/**
 * Epochs in file order, from a cell of structs, a struct array or one struct.
 * @throws InputError when there is none, or one has no start and stop in this order
 */
export function readEpochs(session: Placed): Epoch[] {
  const field = requiredField(session, 'epochs');
  const epochs = elementsOf(field).map((epoch) => {
    const start = numberOf(requiredField(epoch, 'startTime'));
    const end = numberOf(requiredField(epoch, 'stopTime'));
    if (end < start) throw badField(epoch, `stop ${end} before start ${start}`, 'start <= stop');
    return { start, end, name: textIn(epoch, 'name'), environment: textIn(epoch, 'environment') };
  });
  if (epochs.length === 0) throw badField(field, 'no epochs', 'at least one epoch');
  return epochs;
}

/** The sampling rate in Hz; undefined where the session does not say. */
export function readSamplingRate(session: Placed): number | undefined {
  const extracellular = fieldOf(session, 'extracellular');
  if (extracellular === undefined || isEmpty(extracellular)) return undefined;
  const rate = fieldOf(extracellular, 'sr');
  if (rate === undefined || isEmpty(rate)) return undefined;
  const hertz = numberOf(rate);
  if (hertz > 0) return hertz;
  throw badField(rate, `${hertz}`, 'a sampling rate in Hz');
}

/**
 * Brain states by name, from every field of `SleepState.ints`: rows of start and stop, one such pair, or nothing.
 */
export function readStates(sleepState: Placed): Map<string, Intervals> {
  const states = new Map<string, Intervals>();
  const ints = requiredField(sleepState, 'ints');
  for (const name of structOf(ints).fields.keys()) {
    states.set(name, sortIntervals(readIntervals(requiredField(ints, name))));
  }
  return states;
}

/**
 * Rows of start and stop in seconds, as they stand; two numbers in any shape are one row.
 * @throws InputError when a row is not finite, or stops before it starts
 */
export function readIntervals(field: Placed): Span[] {
  if (isEmpty(field)) return [];
  const numbers = numbersOf(field);
  const { value } = field;
  const nRows = numbers.length / 2;
  const isTable = value.kind === 'numeric' && value.dims.length === 2 && value.dims[1] === 2;
  if (!isTable && nRows !== 1) {
    throw badField(field, describe(value), 'a matrix of two columns, start and stop');
  }
  return Array.from({ length: nRows }, (_, row) => {
    const [start, end] = [numbers[row], numbers[row + nRows]];
    if (Number.isFinite(start) && Number.isFinite(end) && start <= end) return { start, end };
    const found = `start ${start}, stop ${end} in row ${row + 1}`;
    throw badField(field, found, 'finite times with start <= stop');
  });
}

function textIn(epoch: Placed, name: string): string {
  const field = fieldOf(epoch, name);
  return field === undefined ? '' : textOf(field);
}
