import type { RunResults } from '../results/run-results.ts';
import type { DrawnFigure, FigureName, FigureRequest } from './request.ts';

/**
 * Figures of a run as SVG texts: one for each fit, projection, correlation or recording that it has.
 * @returns none where the run has nothing of that sort; no assemblies is something, and the figure says so
 * @throws ConfigError for a node, set of events or assembly that the run does not have, or FIGURES_NOT_INSTALLED;
 *   InputError when a file of the run is not readable
 */
export async function drawFigures(
  results: RunResults,
  name: FigureName,
  request: FigureRequest = {},
): Promise<readonly DrawnFigure[]> {
  const { openCanvas } = await import('./canvas.ts');
  const { drawFigure } = await import('./catalogue.ts');
  return drawFigure(name, results, await openCanvas(), request);
}
