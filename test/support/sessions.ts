import { fileURLToPath } from 'node:url';
import { findGolden } from './golden.ts';

const samples = fileURLToPath(new URL('../../data-samples/', import.meta.url));

/** Folder of a simulated session; undefined, with the reason printed, when it is not on this machine. */
export function findSession(name: string): string | undefined {
  return name === 'sim_small_11' ? `${samples}${name}` : findGolden(name);
}

export const goldenSessions = ['sim_small_11', 'sim_small_12', 'sim_medium_21'] as const;
