import { createSfc32 } from '../math/sfc32.ts';
import { type AssemblyKind, assemblyKinds, assemblySizes } from './assembly-kinds.ts';
import { behaviour } from './behaviour.ts';
import { streams } from './streams.ts';
import { pyramidalUnits, type SimulatedUnit } from './units.ts';
import { shuffled, wholeBetween } from './variates.ts';

/** Units that fire together, put into a recording for an analysis to find. */
export interface PlantedAssembly {
  /** Counts from 1. */
  readonly assembly: number;
  readonly kind: AssemblyKind;
  /** Places in the list of units, ascending. No unit is a member of two. */
  readonly members: readonly number[];
  /** How probably each member fires in an activation of full strength. */
  readonly participation: readonly number[];
}

/** Assemblies of units drawn without return. */
export function planAssemblies(
  units: readonly SimulatedUnit[],
  { seed, nAssemblies }: { readonly seed: number; readonly nAssemblies: number },
): PlantedAssembly[] {
  const random = createSfc32(seed, streams.members);
  const ca1 = shuffled(random, pyramidalUnits(units, 'CA1'));
  const pfc = shuffled(random, pyramidalUnits(units, 'PFC'));
  return assemblyKinds(nAssemblies).map((kind, index) => {
    const size = assemblySizes[kind];
    const members = [
      ...ca1.splice(0, wholeBetween(random, ...size.ca1)),
      ...pfc.splice(0, wholeBetween(random, ...size.pfc)),
    ].sort((a, b) => a - b);
    const participation = members.map((member) => participationOf(units[member]));
    return { assembly: index + 1, kind, members, participation };
  });
}

/** In proportion to the spread of the unit's counts, so that slow and fast members weigh alike in z-scores. */
function participationOf({ rates }: SimulatedUnit): number {
  return Math.min(0.95, Math.max(0.25, 0.6 * Math.sqrt(rates[behaviour.theta] / 1.3)));
}
