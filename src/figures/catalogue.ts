import { ConfigError } from '../errors.ts';
import { readCorrelation } from '../results/correlation.ts';
import { readSpectrum } from '../results/patterns.ts';
import { readRecording } from '../results/recording.ts';
import type { RunResults } from '../results/run-results.ts';
import { drawActivation, readActivationOverview } from './activation.ts';
import type { Canvas } from './canvas.ts';
import { each, eachFit, expectAssembly, ofSets, setsOf } from './choose.ts';
import { convergenceData, drawConvergence } from './convergence.ts';
import { correlationData, drawCorrelation } from './correlation.ts';
import { drawGraph } from './graph.ts';
import { graphData } from './graph-data.ts';
import { drawMembers } from './members.ts';
import { defaultWidth } from './page.ts';
import { drawPeaks, peaksData } from './peaks.ts';
import { drawPsth } from './psth.ts';
import { drawPsthMap } from './psth-map.ts';
import { psthData } from './psth-panels.ts';
import type { DrawnFigure, FigureName, FigureRequest } from './request.ts';
import { drawSession } from './session.ts';
import { drawSpectrum, spectrumData } from './spectrum.ts';
import { drawStability, hasStability } from './stability.ts';
import { drawWeights, weightsData } from './weights.ts';
import { drawWeightsMap } from './weights-map.ts';

type Draw = (
  results: RunResults,
  canvas: Canvas,
  request: FigureRequest,
) => Promise<readonly DrawnFigure[]>;

interface Figure {
  readonly summary: string;
  readonly uses: readonly ('events' | 'assembly' | 'node')[];
  /** What a run must have for it, in words. */
  readonly needs: string;
  readonly draw: Draw;
}

/** How each figure is drawn. */
export const figures = {
  session: {
    summary: 'epochs, states, rates of events, units kept and left out',
    uses: ['node'],
    needs: 'a recording with epochs',
    draw: (results, canvas, request) =>
      each(results.recordings, 'session', request, async (prefix) => {
        const recording = await readRecording(results, prefix);
        return recording && drawSession(recording, canvas, request);
      }),
  },
  spectrum: {
    summary: 'eigenvalues against the bound',
    uses: ['node'],
    needs: 'a fit-patterns node',
    draw: (results, canvas, request) =>
      eachFit(results, 'spectrum', request, async (patterns) => {
        const spectrum = await readSpectrum(results, patterns.fit);
        return spectrum && drawSpectrum(spectrumData(spectrum, patterns), canvas, request);
      }),
  },
  convergence: {
    summary: 'how ICA came to rest',
    uses: ['node'],
    needs: 'a fit-patterns node with method: ica',
    draw: (results, canvas, request) =>
      eachFit(results, 'convergence', request, async ({ detection }) =>
        detection?.method === 'ica'
          ? drawConvergence(convergenceData(detection, results), canvas, request)
          : undefined,
      ),
  },
  stability: {
    summary: 'how surely each assembly is found again',
    uses: ['node'],
    needs: 'a fit-patterns node with the option stability or restarts',
    draw: (results, canvas, request) =>
      eachFit(results, 'stability', request, async (patterns) =>
        hasStability(patterns) ? drawStability(patterns, canvas, request) : undefined,
      ),
  },
  weights: {
    summary: 'weights of units as stems, one panel per assembly',
    uses: ['node'],
    needs: 'a fit-patterns node',
    draw: (results, canvas, request) =>
      eachFit(results, 'weights', request, async (patterns) =>
        drawWeights(weightsData(results, patterns), canvas, request),
      ),
  },
  'weights-map': {
    summary: 'weights of units as a heat map',
    uses: ['node'],
    needs: 'a fit-patterns node',
    draw: (results, canvas, request) =>
      eachFit(results, 'weights-map', request, async (patterns) =>
        drawWeightsMap(weightsData(results, patterns), canvas, request),
      ),
  },
  members: {
    summary: 'members of each assembly by region',
    uses: ['node'],
    needs: 'a fit-patterns node',
    draw: (results, canvas, request) =>
      eachFit(results, 'members', request, async (patterns) =>
        drawMembers(weightsData(results, patterns), canvas, request),
      ),
  },
  activation: {
    summary: 'activation over the whole recording',
    uses: ['node', 'assembly'],
    needs: 'a project node',
    draw: (results, canvas, request) =>
      each(results.activations, 'activation', request, async (prefix) => {
        const { assembly, width = defaultWidth } = request;
        expectAssembly(assembly, await results.nAssemblies(prefix));
        const nParts = Math.max(100, Math.round(width));
        const overview = await readActivationOverview(results, prefix, { nParts, assembly });
        return drawActivation(overview, canvas, request);
      }),
  },
  psth: {
    summary: 'averages around events as lines',
    uses: ['node', 'events', 'assembly'],
    needs: 'an event-align node',
    draw: async (results, canvas, request) =>
      ofSets(await setsOf(results, request), 'psth', (sets) =>
        drawPsth(psthData(sets, results, request), canvas, request),
      ),
  },
  'psth-map': {
    summary: 'averages around events as heat maps',
    uses: ['node', 'events', 'assembly'],
    needs: 'an event-align node',
    draw: async (results, canvas, request) =>
      ofSets(await setsOf(results, request), 'psth-map', (sets) =>
        drawPsthMap(psthData(sets, results, request), canvas, request),
      ),
  },
  peaks: {
    summary: 'highest average of each assembly, set beside set',
    uses: ['node'],
    needs: 'an event-align node',
    draw: async (results, canvas, request) =>
      ofSets(await setsOf(results, request), 'peaks', (sets) =>
        drawPeaks(peaksData(sets), canvas, request),
      ),
  },
  correlation: {
    summary: 'correlation matrix of units',
    uses: ['node'],
    needs: 'a correlate node',
    draw: (results, canvas, request) =>
      each(results.correlations, 'correlation', request, async (prefix) => {
        const matrix = await readCorrelation(results, prefix);
        return matrix && drawCorrelation(correlationData(results, matrix), canvas, request);
      }),
  },
  graph: {
    summary: 'the pipeline',
    uses: [],
    needs: 'a pipeline',
    draw: async ({ run }, canvas, request) => [
      {
        name: 'graph',
        svg: drawGraph(graphData(run.name, run.nodes, run.passes), canvas, request),
      },
    ],
  },
} satisfies Readonly<Record<FigureName, Figure>>;

/**
 * Draws a figure of a run, once for each fit, projection, correlation or recording it has.
 * @returns none where the run has nothing of that sort; no assemblies is something, and the figure says so
 * @throws ConfigError for a node, set of events or assembly that the run does not have; InputError when its files are
 *   not readable
 */
export async function drawFigure(
  name: FigureName,
  results: RunResults,
  canvas: Canvas,
  request: FigureRequest = {},
): Promise<readonly DrawnFigure[]> {
  const figure: Figure = figures[name];
  for (const key of ['events', 'assembly', 'node'] as const) {
    if (request[key] === undefined || figure.uses.includes(key)) continue;
    const found = `--${key} ${request[key]} with the figure ${name}`;
    const expected = figure.uses.map((one) => `--${one}`).join(', ') || 'none of these options';
    throw new ConfigError({ code: 'OPTION_UNUSED', found, expected });
  }
  return figure.draw(results, canvas, request);
}
