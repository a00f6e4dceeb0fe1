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
} from '../model/epochs.ts';
import { createLabelPattern } from '../model/label-pattern.ts';
import type { Report } from '../model/report.ts';

/** How the pre sleep, the task and the post sleep are chosen. */
export interface RoleOptions {
  readonly roles: 'first' | 'multitask';
  readonly task: number;
  readonly taskEnvironment: string | undefined;
  readonly postSleepFlank: boolean;
  readonly preSleepCommon: boolean;
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

/** Three years: longer is another unit of time, or damage. */
const maxDuration = 1e8;
/** Each chunk costs a microsecond or two, even where it holds no spikes. */
const maxChunks = 1e7;

/**
 * @throws InputError when a recording is so long that its times cannot be seconds
 * @throws ConfigError when it would be cut into too many chunks
 */
export function checkDuration({ start, end }: Span, where: string, chunkSeconds: number): void {
  if (!(end - start <= maxDuration)) {
    throw new InputError({
      code: 'TOO_LONG',
      where,
      found: `a recording from ${start} to ${end} s`,
      expected: `at most ${maxDuration} s`,
      hint: 'times are in seconds',
    });
  }
  const nChunks = Math.ceil((end - start) / chunkSeconds);
  if (nChunks <= maxChunks) return;
  throw new ConfigError({
    code: 'TOO_MANY_CHUNKS',
    where: 'option "chunkSeconds"',
    found: `${nChunks} chunks of ${chunkSeconds} s`,
    expected: `at most ${maxChunks}`,
    hint: `${end - start} s of recording need longer chunks`,
  });
}
