import { type Intervals, mergeIntervals } from '../model/epochs.ts';
import { type Behaviour, behaviour } from './behaviour.ts';
import type { SimulatedSession } from './session.ts';
import { toSeconds } from './ticks.ts';

const { quiet, theta, nrem, rem } = behaviour;

/** What each state is made of; theta goes along with REM sleep too. */
const states: ReadonlyMap<string, readonly Behaviour[]> = new Map([
  ['WAKEstate', [quiet, theta]],
  ['NREMstate', [nrem]],
  ['REMstate', [rem]],
  ['THETA', [theta, rem]],
  ['nonTHETA', [quiet, nrem]],
]);

/** States by name as a sleep scorer gives them: in seconds, sorted, those that touch made one. */
export function statesOf({ schedule }: SimulatedSession): Map<string, Intervals> {
  return new Map(
    [...states].map(([name, parts]) => {
      const bouts = schedule.bouts.filter((bout) => parts.includes(bout.behaviour));
      const spans = bouts.map(({ start, end }) => ({
        start: toSeconds(start),
        end: toSeconds(end),
      }));
      return [name, mergeIntervals(spans)];
    }),
  );
}

/** Spikes to expect: planted ones are left out, which are few. */
export function expectSpikes({ schedule, units }: SimulatedSession): number {
  const seconds = [0, 0, 0, 0];
  for (const { behaviour, start, end } of schedule.bouts)
    seconds[behaviour] += toSeconds(end - start);
  return units.reduce(
    (sum, { rates }) => sum + rates.reduce((part, rate, at) => part + rate * seconds[at], 0),
    0,
  );
}
