import { createSfc32 } from '../math/sfc32.ts';
import type { BlockSchedule } from './segments.ts';
import { streams } from './streams.ts';
import { ticksPerSecond } from './ticks.ts';
import type { SimulatedUnit } from './units.ts';
import { exponential } from './variates.ts';

/** No unit fires twice within 2 ms. */
export const refractoryTicks = 40;

/** One unit's spikes of a block, in ticks from its start; `planted` are ascending, and all within the block. */
export type SpikeTrain = (
  schedule: BlockSchedule,
  blockTicks: number,
  planted: readonly number[],
  emit: (tick: number) => void,
) => void;

/**
 * Makes the spikes of one unit, block by block: a Poisson process whose rate follows behaviour and ripples, with a dead
 * time after each spike, and the planted spikes besides. Of two spikes within the dead time the later one is left out.
 * Memory: a few numbers.
 */
export function createSpikeTrain(
  { id, rates, rippleGain }: SimulatedUnit,
  seed: number,
): SpikeTrain {
  const random = createSfc32(seed, streams.spikes, id);
  /** What is left of the exponential time to the next spike, in expected spikes. */
  let waiting = exponential(random);
  let deadUntil = 0;
  let lastTick = -refractoryTicks;

  return ({ segments }, blockTicks, planted, emit) => {
    let nextPlanted = 0;
    const keep = (tick: number): void => {
      if (tick - lastTick < refractoryTicks) return;
      lastTick = tick;
      emit(tick);
    };
    for (const { start, end, behaviour, isRipple } of segments) {
      const ratePerTick = (rates[behaviour] * (isRipple ? rippleGain : 1)) / ticksPerSecond;
      let at = Math.max(start, deadUntil);
      while (at < end) {
        const needed = waiting / ratePerTick;
        if (at + needed >= end) {
          waiting = Math.max(0, waiting - (end - at) * ratePerTick);
          break;
        }
        const tick = Math.floor(at + needed);
        while (nextPlanted < planted.length && planted[nextPlanted] <= tick) {
          keep(planted[nextPlanted++]);
        }
        keep(tick);
        waiting = exponential(random);
        at = tick + refractoryTicks;
        deadUntil = at;
      }
    }
    while (nextPlanted < planted.length) keep(planted[nextPlanted++]);
    deadUntil -= blockTicks;
    lastTick -= blockTicks;
  };
}
