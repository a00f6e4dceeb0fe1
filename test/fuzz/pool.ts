import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A case that failed, and how. */
export interface Finding {
  readonly seed: number;
  readonly what: string;
}

/** What became of the cases of one target. */
export interface Tally {
  readonly name: string;
  nCases: number;
  /** How many cases ended so: `accepted run`, `refused YAML_SYNTAX`. */
  readonly outcomes: Record<string, number>;
  slowest: { seed: number; ms: number };
  readonly failures: Finding[];
}

export interface Block {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly job: number;
  readonly root: string;
}

/** Milliseconds that one case may take; the first one of a process waits for its modules too. */
const mostMs = 10_000;

/** Runs a block of cases in a process of its own, and in another one after each case that ends its process. */
export async function runBlock(block: Block, tally: Tally): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rekindle-fuzz-log-'));
  try {
    let from = block.from;
    for (let part = 0; from < block.to; part++) {
      const log = join(folder, `${part}.log`);
      const { last, begun, end } = await watch({ ...block, from }, log, tally);
      if (begun === undefined && last === undefined) {
        throw new Error(`the process that runs the cases does not start: ${end}`);
      }
      if (begun !== undefined) {
        tally.nCases++;
        count(tally, 'failed');
        tally.failures.push({ seed: begun, what: end });
      }
      from = (begun ?? last ?? from) + 1;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface End {
  /** The last case that ended. */
  readonly last: number | undefined;
  /** The case at hand when the process ended. */
  readonly begun: number | undefined;
  readonly end: string;
}

/** Starts a process and follows its log; one whose case takes too long is ended. */
async function watch(block: Block, log: string, tally: Tally): Promise<End> {
  await (await open(log, 'w')).close();
  const follower = new Follower(log, tally);
  const { name, from, to, root } = block;
  const args = ['--max-old-space-size=1024', join(root, 'test', 'fuzz', 'run.mjs'), '--worker'];
  const child = spawn(process.execPath, [...args, name, String(from), String(to), log], {
    cwd: root,
    // What an ended process leaves behind goes with its log.
    env: { ...process.env, TMPDIR: dirname(log), TEMP: dirname(log) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (text: Buffer) => {
    stderr = `${stderr}${text}`.slice(-4000);
  });
  let isHung = false;
  let [seen, since] = [follower.begun, performance.now()];
  const timer = setInterval(() => {
    void follower.read().then(() => {
      if (follower.begun !== seen) [seen, since] = [follower.begun, performance.now()];
      const limit = seen === undefined ? 3 * mostMs : mostMs;
      if (performance.now() - since < limit || child.exitCode !== null) return;
      isHung = true;
      child.kill('SIGKILL');
    });
  }, 250);
  const how = await ending(child);
  clearInterval(timer);
  await follower.read();
  const end = isHung ? `no end within ${mostMs / 1000} s` : `${how}: ${tail(stderr)}`;
  return { last: follower.last, begun: follower.begun, end };
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function tail(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines
    .filter((line) => !/^\s*\d+: 0x/.test(line))
    .slice(-8)
    .join(' | ')
    .slice(0, 900);
}

/** Reads a log as it grows. */
class Follower {
  /** The case at hand. */
  begun: number | undefined;
  last: number | undefined;
  #log: string;
  #tally: Tally;
  #position = 0;
  #rest = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(log: string, tally: Tally) {
    this.#log = log;
    this.#tally = tally;
  }

  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOn());
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    const file = await open(this.#log, 'r');
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(size - this.#position);
      await file.read(bytes, 0, bytes.length, this.#position);
      this.#position = size;
      const lines = `${this.#rest}${bytes.toString('latin1')}`.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    } finally {
      await file.close();
    }
  }

  #take(line: string): void {
    const [what, text, ms, kind, ...detail] = line.split(' ');
    const seed = Number(text);
    if (what === 'begin') {
      this.begun = seed;
      return;
    }
    this.begun = undefined;
    this.last = seed;
    const tally = this.#tally;
    tally.nCases++;
    if (Number(ms) > tally.slowest.ms) tally.slowest = { seed, ms: Number(ms) };
    if (kind === 'failed') {
      tally.failures.push({ seed, what: detail.join(' ') });
    } else
      for (const word of kind === 'refused' ? detail : [detail.join(' ')]) {
        count(tally, `${kind} ${word}`);
      }
    count(tally, kind);
  }
}

function count(tally: Tally, outcome: string): void {
  tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
}
