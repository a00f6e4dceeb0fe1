import type { Detection } from '../results/run-json.ts';
import type { RunResults } from '../results/run-results.ts';
import type { Canvas } from './canvas.ts';
import { borderColor, memberColor } from './colors.ts';
import { addLegend } from './legend.ts';
import { createPage, defaultWidth, drawMessage } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { decadeFormat, wholeTicks } from './ticks.ts';

export interface ConvergenceData {
  /** The stopping statistic after each iteration; none where patterns were not found by ICA. */
  readonly limits: readonly number[];
  readonly isConverged: boolean;
  /** Below which iterations end; undefined where the run does not say. */
  readonly tolerance: number | undefined;
  readonly method: string;
}

export function convergenceData(detection: Detection, { run }: RunResults): ConvergenceData {
  const { node, ica, method } = detection;
  const tolerance = run.nodes.find(({ id }) => id === node)?.options.get('tolerance');
  return {
    limits: ica?.limits ?? [],
    isConverged: ica?.isConverged ?? true,
    tolerance: typeof tolerance === 'number' ? tolerance : undefined,
    method,
  };
}

/** How ICA came to rest: its stopping statistic after each iteration, on a logarithmic scale, and the tolerance. */
export function drawConvergence(
  { limits, isConverged, tolerance, method }: ConvergenceData,
  canvas: Canvas,
  { width = defaultWidth, height = 250 }: FigureSize = {},
): string {
  const n = limits.length;
  if (n === 0) {
    const why =
      method === 'ica' ? 'no assemblies found' : `patterns found by ${method}, not by ICA`;
    return drawMessage(canvas, 'Convergence of ICA', why, { width });
  }
  const page = createPage(canvas, 'Convergence of ICA', width);
  const positive = [...limits, tolerance ?? Number.NaN].filter((value) => value > 0);
  const hasZeros = limits.some((value) => !(value > 0));
  // What reached 0 has no place on a logarithmic scale: it lies below all of it, at the bottom.
  const least = Math.min(1, ...positive) * (hasZeros ? 0.1 : 1);
  const bottom = 10 ** Math.floor(Math.log10(least * 0.999));
  const top = 10 ** Math.ceil(Math.log10(Math.max(bottom * 10, ...positive)));
  const left = axisSpace.numbers + axisSpace.label + 8;
  const frame = {
    x: left,
    y: 22,
    width: Math.min(480, width - left - 16),
    height: Math.max(110, height - 86),
  };
  const x = { domain: [0.5, n + 0.5], ticks: wholeTicks(n), label: 'iteration' } as const;
  const y = {
    domain: [bottom, top],
    scale: 'log',
    ticks: decades(bottom, top),
    format: decadeFormat,
    label: 'change of patterns',
  } as const;
  const shown = limits.map((value) => Math.max(value, bottom));
  const iterations = limits.map((_, index) => index + 1);
  const panel = addPanel(page, frame, {
    name: 'convergence',
    title: `${isConverged ? 'converged after' : 'not converged in'} ${n} iteration${n === 1 ? '' : 's'}`,
    x,
    y,
    marks: [
      ...(tolerance === undefined
        ? []
        : [canvas.plot.ruleY([tolerance], { stroke: borderColor, strokeDasharray: '5 3' })]),
      canvas.plot.lineY(shown, { x: iterations, y: shown, stroke: memberColor, strokeWidth: 1.5 }),
    ],
  });
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  limits.forEach((value, index) => {
    const attributes = { cx: xOf(index + 1), cy: yOf(shown[index]), r: 2.8, fill: memberColor };
    const data = { 'data-iteration': String(index + 1), 'data-limit': String(value) };
    panel.appendChild(page.element('circle', { ...attributes, ...data }));
  });
  const legendTop = frame.y + frame.height + axisSpace.bottomNumbers + axisSpace.bottomLabel + 10;
  const legend = addLegend(
    page,
    [
      {
        label: `largest change of a pattern${hasZeros ? '; 0 is at the bottom' : ''}`,
        color: memberColor,
        shape: 'line',
      },
      ...(tolerance === undefined
        ? []
        : [{ label: `tolerance ${tolerance}`, color: borderColor, shape: 'dash' } as const]),
    ],
    { x: 10, y: legendTop, width: width - 20 },
  );
  return page.finish(legend.bottom + 4, Math.max(frame.x + frame.width, legend.right) + 16);
}

function decades(low: number, high: number): number[] {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.max(1, Math.ceil((to - from) / 6));
  const ticks: number[] = [];
  for (let power = from; power <= to; power += step) ticks.push(10 ** power);
  return ticks;
}
