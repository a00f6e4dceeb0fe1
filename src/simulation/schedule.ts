import type { RandomSource } from '../math/random.ts';
import { createSfc32 } from '../math/sfc32.ts';
import { type Behaviour, behaviour } from './behaviour.ts';
import type { SimulationSettings } from './presets.ts';
import { streams } from './streams.ts';
import { type TickSpan, ticksPerSecond } from './ticks.ts';
import { between, exponential, uniform, wholeBetween } from './variates.ts';

/** How far a recording has come: what was learned in the task is there in it and after it. */
export type Phase = 'pre' | 'task' | 'post';

export interface PlannedEpoch extends TickSpan {
  readonly name: string;
  readonly environment: string;
  readonly phase: Phase;
}

export interface Bout extends TickSpan {
  readonly behaviour: Behaviour;
}

/** A sharp-wave ripple, in ticks. */
export interface PlannedRipple extends TickSpan {
  readonly peak: number;
  readonly phase: Phase;
  readonly frequencyHz: number;
  readonly normedPower: number;
}

/** What happens when. Bouts follow each other without gaps; a ripple lies within one bout. */
export interface Schedule {
  readonly nTicks: number;
  readonly epochs: readonly PlannedEpoch[];
  readonly bouts: readonly Bout[];
  readonly ripples: readonly PlannedRipple[];
}

/** Seconds of a bout, from and to; those of sleep are shorter where a sleep epoch is. */
const sleepCycle = [
  { behaviour: behaviour.quiet, seconds: [30, 120] },
  { behaviour: behaviour.nrem, seconds: [240, 600] },
  { behaviour: behaviour.rem, seconds: [60, 180] },
] as const;
const taskCycle = [
  { behaviour: behaviour.quiet, seconds: [3, 10] },
  { behaviour: behaviour.theta, seconds: [10, 30] },
] as const;
/** A sleep this long has bouts of full length. */
const longSleep = 1800;

/** Mean seconds from one ripple to the next. */
const rippleGap = { nrem: 1.7, awake: 6 };

/**
 * Epochs, bouts and ripples. Epochs and bouts start at whole seconds, as a sleep scorer puts them.
 * Memory: about 100 bytes per bout and ripple.
 */
export function planSchedule({ seed, nTicks, epochs: plans }: SimulationSettings): Schedule {
  const epochs: PlannedEpoch[] = [];
  let share = 0;
  for (const [index, { name, environment, ...plan }] of plans.entries()) {
    const start = epochs.at(-1)?.end ?? 0;
    share += plan.share;
    const isLast = index === plans.length - 1;
    const end = isLast ? nTicks : wholeSecond(share * nTicks);
    const isAfter = epochs.some((epoch) => epoch.phase === 'task');
    const phase = environment !== 'sleep' ? 'task' : isAfter ? 'post' : 'pre';
    epochs.push({ name, environment, start, end, phase });
  }
  const random = createSfc32(seed, streams.bouts);
  const bouts = epochs.flatMap((epoch) => planBouts(epoch, random));
  const ripples = planRipples(epochs, bouts, createSfc32(seed, streams.ripples));
  return { nTicks, epochs, bouts, ripples };
}

function wholeSecond(ticks: number): number {
  return Math.round(ticks / ticksPerSecond) * ticksPerSecond;
}

function planBouts({ start, end, phase }: PlannedEpoch, random: RandomSource): Bout[] {
  const isTask = phase === 'task';
  const cycle = isTask ? taskCycle : sleepCycle;
  const length = (end - start) / ticksPerSecond / longSleep;
  const scale = isTask ? 1 : Math.min(1, Math.max(0.05, length));
  const bouts: Bout[] = [];
  for (let at = start, turn = 0; at < end; turn++) {
    const { behaviour, seconds } = cycle[turn % cycle.length];
    const [low, high] = seconds.map((bound) => Math.ceil(bound * scale));
    const stop = Math.min(end, at + wholeBetween(random, low, high) * ticksPerSecond);
    bouts.push({ behaviour, start: at, end: stop });
    at = stop;
  }
  return bouts;
}

function planRipples(
  epochs: readonly PlannedEpoch[],
  bouts: readonly Bout[],
  random: RandomSource,
): PlannedRipple[] {
  const ripples: PlannedRipple[] = [];
  let epoch = 0;
  for (const bout of bouts) {
    while (bout.start >= epochs[epoch].end) epoch++;
    const { phase } = epochs[epoch];
    const isAwake = bout.behaviour === behaviour.quiet && phase === 'task';
    if (!isAwake && bout.behaviour !== behaviour.nrem) continue;
    const meanGap = isAwake ? rippleGap.awake : rippleGap.nrem;
    for (let at = bout.start; ; ) {
      // 150 ms at least between two.
      const start =
        at + Math.floor((0.15 + exponential(random) * (meanGap - 0.15)) * ticksPerSecond);
      const end = start + Math.floor(between(random, 0.04, 0.11) * ticksPerSecond);
      const peak = start + Math.floor(between(random, 0.35, 0.65) * (end - start));
      const frequencyHz = Math.round(between(random, 1300, 1900)) / 10;
      // More small ripples than large ones.
      const normedPower = Math.round((3 + 12 * uniform(random) * uniform(random)) * 1000) / 1000;
      if (end > bout.end) break;
      ripples.push({ start, peak, end, phase, frequencyHz, normedPower });
      at = end;
    }
  }
  return ripples;
}
