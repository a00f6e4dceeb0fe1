import { openCanvas } from '../figures/canvas.ts';
import { drawFigure } from '../figures/catalogue.ts';
import { nodeOf } from '../results/lineage.ts';
import type { RunResults } from '../results/run-results.ts';
import type { Draw } from './sections/context.ts';

/** Pixels that a figure gets on the page, where two may stand side by side. */
const widths = { whole: 1100, half: 540 } as const;

/**
 * Draws the figures of a run as they are drawn for files.
 * @throws ConfigError FIGURES_NOT_INSTALLED
 */
export async function openFigures(results: RunResults): Promise<Draw> {
  const canvas = await openCanvas();
  return async (name, { prefix = '', size = 'whole' } = {}) => {
    const node = nodeOf(prefix);
    const request = { width: widths[size], ...(node === '' ? {} : { node }) };
    const [drawn] = await drawFigure(name, results, canvas, request);
    return drawn?.svg;
  };
}
