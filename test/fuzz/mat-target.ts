import { openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { Dice } from './dice.ts';
import { loadSessions } from './mat-bases.ts';
import { mutatedSession } from './mat-mutations.ts';
import { checkSpikes, checkValues } from './recording-checks.ts';
import type { Target } from './targets.ts';

let loaded: ReturnType<typeof loadSessions> | undefined;

/** CellExplorer sessions: opened, and all spikes read. */
export const mats: Target = {
  make: async (seed, scratch) => {
    loaded ??= loadSessions();
    const dice = new Dice(seed, 'mat');
    const files = mutatedSession(dice, loaded.sessions);
    const options = {
      ...(dice.chance(0.3) ? { brainRegion: ['CA1'] } : {}),
      ...(dice.chance(0.3) ? { cellType: ['Pyr'] } : {}),
      ...(dice.chance(0.3) ? { support: 'spikes' as const } : {}),
      ...(dice.chance(0.3) ? { roles: 'multitask' as const } : {}),
      ...(dice.chance(0.3) ? { manualEvents: false } : {}),
      ...(dice.chance(0.1) ? { maxBytes: 1 << 20 } : {}),
    };
    const named = new Map([...files].map(([suffix, content]) => [`case.${suffix}`, content]));
    const path = await scratch.folder('case', named);
    return {
      run: async () => {
        const { values, streams } = await openCellExplorer({ path, ...options });
        checkValues(values.units, values.epochs, [values.ripples]);
        const nSpikes = await checkSpikes(streams.spikes(), values.units);
        return nSpikes > 0 ? 'spikes' : 'no spikes';
      },
    };
  },
};
