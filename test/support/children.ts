import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const faults = fileURLToPath(new URL('faults.mjs', import.meta.url));

/** What `faults.mjs` is to do to a child: at its step `at` on files in `folder`, die, be interrupted or fail. */
export interface Fault {
  readonly folder: string;
  readonly at?: number;
  /** A signal or an error code. */
  readonly how?: string;
  /** Opened in place of the file of that step. */
  readonly instead?: string;
  /** File to which every step is appended. */
  readonly log?: string;
}

export interface Ended {
  /** Undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The exit code as a shell tells it. */
export function shellStatus({ status, signal }: Ended): number | undefined {
  return signal ? 128 + constants.signals[signal] : status;
}

/** Starts Node with a script and its arguments; `onStart` may send it signals. */
export function runNode(
  args: readonly string[],
  { fault, onStart }: { fault?: Fault; onStart?: (child: ChildProcess) => void } = {},
): Promise<Ended> {
  const [preload, env] = fault
    ? [['--import', faults], { ...process.env, REKINDLE_FAULT: JSON.stringify(fault) }]
    : [[], process.env];
  const child = spawn(process.execPath, [...preload, ...args], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) =>
      resolve({ status: status ?? undefined, signal: signal ?? undefined, stdout, stderr }),
    );
  });
}

/** Does `work` for every item, at most `limit` at a time; results in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const serve = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: limit }, serve));
  return results;
}
