import type { RandomSource } from '../math/random.ts';
import { createSfc32 } from '../math/sfc32.ts';
import type { PlantedAssembly } from './assemblies.ts';
import { behaviour } from './behaviour.ts';
import type { Phase } from './schedule.ts';
import type { BlockSchedule } from './segments.ts';
import { streams } from './streams.ts';
import { ticksPerSecond } from './ticks.ts';
import { between, exponential, uniform } from './variates.ts';

/** Members fire within 20 ms, most of them in the middle. */
export const activationTicks = 400;
const halfJitter = activationTicks / 2;
/** From one activation of an assembly in theta to the next, at least. */
const restTicks = 1000;
/** Activations of each assembly per second of theta. */
const thetaRateHz = 0.8;

/** How often an assembly comes along with a ripple, and how strongly. */
const reactivation: Readonly<Record<Phase, { chance: number; strength: number }>> = {
  pre: { chance: 0.02, strength: 0.6 },
  task: { chance: 0.1, strength: 0.8 },
  post: { chance: 0.2, strength: 1 },
};
/** Of many assemblies, fewer come along: this many with each ripple after the task, on average. */
const mostPerRipple = 4;

/** When assemblies were active: ascending times in ticks of the recording, and which assembly (from 1) it was. */
export interface Activation {
  readonly tick: number;
  readonly assembly: number;
}

/** Takes a spike of a unit, in ticks from the start of the block; it may lie behind the end of the block. */
export type Plant = (unit: number, tick: number) => void;

/** Makes the activations that begin in a block, plants their spikes, and says when they were, one assembly after another. */
export type Activator = (start: number, schedule: BlockSchedule, plant: Plant) => Activation[];

/** Assemblies that become active in the task's theta and again in ripples, each on its own. */
export function createActivator(assemblies: readonly PlantedAssembly[], seed: number): Activator {
  const crowding = Math.min(1, mostPerRipple / (assemblies.length * reactivation.post.chance));
  const processes = assemblies.map((assembly) => {
    return createProcess(
      assembly,
      createSfc32(seed, streams.activations, assembly.assembly),
      crowding,
    );
  });
  return (start, schedule, plant) =>
    processes.flatMap((activate) => activate(start, schedule, plant));
}

function createProcess(
  { assembly, members, participation }: PlantedAssembly,
  random: RandomSource,
  crowding: number,
): Activator {
  const ratePerTick = thetaRateHz / ticksPerSecond;
  let waiting = exponential(random);
  let restUntil = 0;

  return (start, { segments, ripples }, plant) => {
    const activations: Activation[] = [];
    const activate = (onset: number, strength: number): void => {
      activations.push({ tick: start + onset + halfJitter, assembly });
      for (let m = 0; m < members.length; m++) {
        if (uniform(random) >= participation[m] * strength) continue;
        const jitter = (uniform(random) + uniform(random)) * halfJitter;
        plant(members[m], onset + Math.floor(jitter));
      }
    };
    for (const { behaviour: now, start: from, end, boutEnd } of segments) {
      if (now !== behaviour.theta) continue;
      const last = Math.min(end, boutEnd - activationTicks);
      let at = Math.max(from, restUntil - start);
      while (at < last) {
        const needed = waiting / ratePerTick;
        if (at + needed >= last) {
          waiting = Math.max(0, waiting - (last - at) * ratePerTick);
          break;
        }
        const onset = Math.floor(at + needed);
        activate(onset, 1);
        waiting = exponential(random);
        at = onset + restTicks;
        restUntil = start + at;
      }
    }
    for (const { start: from, end, phase } of ripples) {
      const { chance, strength } = reactivation[phase];
      if (uniform(random) >= chance * crowding) continue;
      activate(Math.floor(between(random, from, end - activationTicks)) - start, strength);
    }
    return activations;
  };
}
