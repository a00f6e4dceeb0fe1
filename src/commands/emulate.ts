import { checkOptions } from '../check-options.ts';
import { emulate, type Interval } from '../emulator/emulate.ts';
import { formats } from '../emulator/encode.ts';
import { ConfigError } from '../errors.ts';
import {
  choice,
  count,
  flag,
  fraction,
  labels,
  number,
  optional,
  type Param,
  path,
  seconds,
  seed,
  text,
} from '../params.ts';
import { openAnySession } from '../sources/any-session.ts';
import { speedParam } from '../sources/replay.ts';

const none = { default: 0 };

function interval(doc: string): Param<Interval | undefined> {
  return {
    ...text({ doc }),
    isOptional: true,
    default: undefined,
    expected: 'a time of the recording and a length, in seconds, such as 60,2',
    parse: (value) => {
      const [at, length, ...more] = String(value).split(',').map(Number);
      return more.length === 0 && at >= 0 && length > 0 ? { at, seconds: length } : undefined;
    },
  };
}

const params = {
  session: path({ doc: 'Folder of the recording that is published.' }),
  format: choice({ of: formats, default: 'broadcaster', doc: 'Which plugin is emulated.' }),
  address: text({ default: 'tcp://127.0.0.1:5557', doc: 'Where it publishes.' }),
  speed: speedParam(),
  rate: number({
    min: 1,
    max: 1e7,
    default: 30_000,
    what: 'samples per second',
    doc: 'Of the rig.',
  }),
  brainRegion: optional(labels({ doc: 'Which regions are published.' })),
  cellType: optional(labels({ doc: 'Which cell types are published.' })),
  from: seconds({ ...none, doc: 'Where in the recording it begins.' }),
  to: optional(seconds({ doc: 'Where in the recording it ends.' })),
  wait: flag({ default: true, doc: 'Whether it begins when someone subscribes.' }),
  seed: seed({ default: 1, doc: 'Of what goes wrong.' }),
  drop: fraction({ ...none, doc: 'Share of messages that are lost.' }),
  duplicate: fraction({ ...none, doc: 'Share of messages that come twice.' }),
  reorder: seconds({ ...none, max: 60, doc: 'How much later than others a message may come.' }),
  garbage: fraction({ ...none, doc: 'Share of messages that damaged ones precede.' }),
  pause: interval('When nothing comes for how long.'),
  restart: optional(seconds({ doc: 'When the counter of samples begins again.' })),
  reconnect: interval('When the connection is lost for how long.'),
  load: count({ min: 1, max: 1000, default: 1, doc: 'How many times every spike comes.' }),
};

/** Options as they are typed. */
export type EmulateOptions = Readonly<Record<string, string | boolean | undefined>> & {
  readonly json?: true;
};

/** `rekindle emulate open-ephys`: the exit code, or throws what `cli.ts` prints. */
export async function emulateCommand(rig: string, options: EmulateOptions): Promise<number> {
  if (rig !== 'open-ephys') {
    const expected = 'open-ephys';
    throw new ConfigError({ code: 'UNKNOWN_RIG', where: 'emulate', found: rig, expected });
  }
  const settings = readOptions(options);
  const { session: folder, brainRegion, cellType, rate, wait, to, ...others } = settings;
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const wanted = new Set(['spikes', 'ripples']);
  const session = await openAnySession(folder, { brainRegion, cellType }, { wanted });
  try {
    process.stderr.write(`publishing ${folder} on ${settings.address} ...\n`);
    const counts = await emulate(session, {
      ...others,
      sampleRate: rate,
      isWaiting: wait,
      to: to ?? Number.POSITIVE_INFINITY,
      signal: abort.signal,
    });
    const shown = Object.entries(counts).map(([name, n]) => `${name} ${n}`);
    process.stdout.write(options.json ? `${JSON.stringify(counts)}\n` : `${shown.join(', ')}\n`);
    return 0;
  } finally {
    await session.close?.();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** @throws ConfigError for the first option that is refused */
function readOptions({ json: _, ...typed }: EmulateOptions) {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(typed)) {
    const isNumber = typeof value === 'string' && /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(value);
    options[key] = isNumber && key !== 'address' ? Number(value) : value;
  }
  const { values, problems } = checkOptions(params, options);
  const [problem] = problems;
  if (problem) throw problem.error.at(`option "--${problem.key}"`);
  return values;
}
