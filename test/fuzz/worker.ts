import { closeSync, openSync, writeSync } from 'node:fs';
import { judge, type Outcome, outcomeOf } from './outcome.ts';
import { Scratch } from './scratch.ts';
import { loadTarget, type TargetName } from './targets.ts';

const mostMemory = 1.5 * 2 ** 30;

/**
 * Runs the cases `from` to `to` of a target and writes a line before and after each into a file, at once, so that
 * whoever watches knows the case which was at hand when a process dies or hangs.
 */
export async function main([name, from, to, log]: readonly string[]): Promise<number> {
  const target = await loadTarget(name as TargetName);
  const file = openSync(log, 'a');
  const scratch = await Scratch.create();
  let stray: Outcome | undefined;
  const keepStray = (error: unknown): void => {
    stray = { kind: 'failed', detail: `nobody caught: ${judge(error).detail}` };
  };
  process.on('unhandledRejection', keepStray).on('uncaughtException', keepStray);
  try {
    for (let seed = Number(from); seed < Number(to); seed++) {
      writeSync(file, `begin ${seed}\n`);
      const began = performance.now();
      const memory = process.resourceUsage().maxRSS;
      stray = undefined;
      const { run } = await target.make(seed, scratch);
      const ended = await outcomeOf(run);
      // What a case left behind must speak up before the next one begins.
      await new Promise((resolve) => setImmediate(resolve));
      const peak = process.resourceUsage().maxRSS;
      const tooMuch = peak > memory && peak * 1024 > mostMemory;
      const memoryFault: Outcome = { kind: 'failed', detail: `memory: ${peak >> 10} MiB` };
      const { kind, detail } = stray ?? (tooMuch ? memoryFault : ended);
      const ms = Math.round(performance.now() - began);
      writeSync(file, `end ${seed} ${ms} ${kind} ${detail.replaceAll(/\s+/g, ' ')}\n`);
      // Peak memory never falls again: the next case deserves a process of its own.
      if (tooMuch) break;
    }
  } finally {
    closeSync(file);
    await scratch.remove();
  }
  return 0;
}
