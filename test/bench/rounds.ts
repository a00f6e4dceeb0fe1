import { measure, type Workshop } from './child.ts';
import type { Reading } from './figure.ts';
import type { ChosenFigure } from './suite.ts';

interface Listener {
  readonly tell: (text: string) => void;
  /** Called with what is known when a round is over, so that nothing is lost when a later one is not finished. */
  readonly roundDone: (readings: ReadonlyMap<string, readonly Reading[]>, nDone: number) => void;
}

/**
 * Measures every figure once in each round, in their order, so that what the machine does besides touches all alike.
 * @returns readings by name, one per round
 */
export async function measureRounds(
  figures: readonly ChosenFigure[],
  nRounds: number,
  workshop: Workshop,
  { tell, roundDone }: Listener,
): Promise<Map<string, Reading[]>> {
  for (const { name, verify } of figures) {
    if (!verify) continue;
    tell(`verifying ${name}`);
    await measure(verify, workshop);
  }
  const readings = new Map(figures.map(({ name }) => [name, [] as Reading[]]));
  for (let round = 1; round <= nRounds; round++) {
    for (const { name, work } of figures) {
      tell(`round ${round} of ${nRounds}: ${name}`);
      const reading = await measure(work, workshop);
      readings.get(name)?.push(reading);
    }
    roundDone(readings, round);
  }
  return readings;
}
