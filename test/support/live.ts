import { setTimeout as wait } from 'node:timers/promises';
import { defineSink, type LiveStatus, type SinkContext } from '../../src/define.ts';
import { type EmulatorCounts, type EmulatorOptions, emulate } from '../../src/emulator/emulate.ts';
import { builtins } from '../../src/registry.ts';
import { openAnySession } from '../../src/sources/any-session.ts';
import { runText, type TestRun } from './run.ts';

// Below what systems give out by themselves, and 80 for each process, for neighbours run at the same time.
let nextPort = 20_000 + (process.pid % 150) * 80;

/** An address that no other test of this machine has, nor the port behind it. */
export function freeAddress(): string {
  const port = nextPort;
  nextPort += 2;
  return `tcp://127.0.0.1:${port}`;
}

export interface LiveRun extends TestRun {
  readonly sent: EmulatorCounts;
  readonly counts: LiveStatus['counts'];
  readonly notes: readonly string[];
}

/** How a rehearsal differs from a sound one. */
export type Rehearsal = Partial<EmulatorOptions> & {
  readonly session: string;
  readonly brainRegion?: readonly string[];
  readonly cellType?: readonly string[];
};

/** Nothing has come for so long that nothing will. */
const quietMs = 500;

/**
 * Runs a pipeline text while the emulator publishes a recording to it, and ends the run as an interrupt would when
 * everything sent has come. `ADDRESS` in the text stands for where it publishes.
 */
export async function rehearse(
  text: string,
  base: string,
  { session: folder, brainRegion, cellType, ...options }: Rehearsal,
): Promise<LiveRun> {
  const address = freeAddress();
  const stop = new AbortController();
  let status: SinkContext['status'];
  const watch = defineSink({
    op: 'watch',
    summary: 'Shows a test where the sources stand.',
    records: [],
    isBeside: true,
    params: {},
    open: async (_, context) => {
      status = context.status;
      const nothing = async () => {};
      return { chunk: nothing, value: nothing, finish: nothing };
    },
  });
  const registry = { ...builtins, sinks: [...builtins.sinks, watch] };
  const run = runText(
    `${text.replaceAll('ADDRESS', address)}  watch: { op: watch }\n`,
    base,
    {},
    registry,
    { stop: stop.signal },
  );
  // Nobody will subscribe any more.
  const gone = new AbortController();
  run.catch(() => gone.abort());
  const session = await openAnySession(folder, { brainRegion, cellType });
  const publish = async () => {
    try {
      return await emulate(session, {
        format: 'broadcaster',
        address,
        speed: 'max',
        seed: 1,
        isWaiting: true,
        sampleRate: 20_000,
        restart: undefined,
        load: 1,
        reorder: 0,
        from: 0,
        to: Number.POSITIVE_INFINITY,
        pause: undefined,
        reconnect: undefined,
        drop: 0,
        duplicate: 0,
        garbage: 0,
        signal: gone.signal,
        ...options,
      });
    } finally {
      let last = '';
      for (;;) {
        await wait(quietMs);
        const seen = JSON.stringify(status?.().map(({ status: { counts } }) => counts));
        if (seen === last) break;
        last = seen;
      }
      stop.abort();
      await session.close?.();
    }
  };
  const [finished, sent] = await Promise.all([run, publish()]);
  const [live] = finished.result.live;
  return {
    ...finished,
    sent,
    counts: live.status.counts,
    notes: finished.result.notes.map(({ code }) => code),
  };
}
