import { ConfigError, InputError } from '../errors.ts';
import type { Span } from '../model/chunk.ts';
import {
  compressEpochs,
  type Epoch,
  type Epochs,
  findMultitaskPrePost,
  findPrePost,
  type Intervals,
  type PrePost,
  sortIntervals,
} from '../model/epochs.ts';
import { createLabelPattern } from '../model/label-pattern.ts';
import type { Report } from '../model/report.ts';
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

/** How the pre sleep, the task and the post sleep are chosen. */
export interface RoleOptions {
  readonly roles: 'first' | 'multitask';
  readonly task: number;
  readonly taskEnvironment: string | undefined;
  readonly postSleepFlank: boolean;
  readonly preSleepCommon: boolean;
}

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

/**
 * Epochs as recorded and compressed, with states and roles.
 * @throws ConfigError when `task` counts further than there are tasks, or options of `roles: multitask` stand alone
 */
export function assembleEpochs(
  recorded: readonly Epoch[],
  states: ReadonlyMap<string, Intervals>,
  where: string,
  options: RoleOptions,
  report: Report,
): Epochs {
  const [first, last] = [recorded[0], recorded[recorded.length - 1]];
  const domain = { start: first.start, end: last.end };
  if (domain.end <= domain.start) {
    throw new InputError({
      code: 'EMPTY_SESSION',
      where,
      found: `a first epoch that starts at ${domain.start} and a last one that stops at ${domain.end}`,
      expected: 'epochs in the order of time',
    });
  }
  const epochs = compressEpochs(recorded);
  const roles = chooseRoles(epochs, options);
  if (roles === undefined) {
    const message = 'no task with sleep before and after it: pre, task and post stand for nothing';
    report({ level: 'info', code: 'NO_PRE_POST', message });
  }
  return { kind: 'epochs', domain, recorded, epochs, states, roles };
}

function chooseRoles(epochs: readonly Epoch[], options: RoleOptions): PrePost | undefined {
  const { roles, task, taskEnvironment, postSleepFlank, preSleepCommon } = options;
  const environments = epochs.map(({ environment }) => environment);
  if (roles === 'first') {
    if (task > 0 || taskEnvironment !== undefined || postSleepFlank || preSleepCommon) {
      throw new ConfigError({
        code: 'CONFLICTING_OPTIONS',
        found: 'task, taskEnvironment, postSleepFlank or preSleepCommon with roles "first"',
        expected: 'these only with roles "multitask"',
        hint: 'write roles: multitask',
      });
    }
    return findPrePost(environments);
  }
  const triples = findMultitaskPrePost(environments, {
    postSleepFlank,
    preSleepCommon,
    ...(taskEnvironment === undefined
      ? {}
      : { isTask: createLabelPattern(taskEnvironment, { isCaseInsensitive: true }) }),
  });
  if (triples === undefined || triples.length === 0 || task < triples.length)
    return triples?.[task];
  throw new ConfigError({
    code: 'NO_SUCH_TASK',
    where: 'option "task"',
    found: `task ${task}`,
    expected: `at most ${triples.length - 1}, for tasks are counted from 0`,
  });
}

function textIn(epoch: Placed, name: string): string {
  const field = fieldOf(epoch, name);
  return field === undefined ? '' : textOf(field);
}
