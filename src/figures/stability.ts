import type { FittedPatterns } from '../results/patterns.ts';
import type { Canvas } from './canvas.ts';
import { areaColor } from './colors.ts';
import { addLegend } from './legend.ts';
import { createPage, defaultWidth, drawMessage } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { wholeTicks } from './ticks.ts';

const series = [
  { key: 'stability', label: 'in two halves of the bins', color: areaColor(0), shift: -0.12 },
  { key: 'restartStability', label: 'from other starts of ICA', color: areaColor(5), shift: 0.12 },
] as const;

/** Whether the run asked for any of it. */
export function hasStability(patterns: FittedPatterns): boolean {
  return series.some(({ key }) => patterns[key].some((value) => !Number.isNaN(value)));
}

/** How surely each assembly is found again: the cosine between its pattern and the matching one. */
export function drawStability(
  patterns: FittedPatterns,
  canvas: Canvas,
  { width = defaultWidth, height = 240 }: FigureSize = {},
): string {
  const n = patterns.weights.length;
  if (n === 0) return drawMessage(canvas, 'Stability', 'no assemblies found', { width });
  const shown = series.filter(({ key }) => patterns[key].some((value) => !Number.isNaN(value)));
  if (shown.length === 0) {
    const why = 'not asked for: fit-patterns has the options stability and restarts';
    return drawMessage(canvas, 'Stability', why, { width });
  }
  const page = createPage(canvas, 'Stability of assemblies', width);
  const left = axisSpace.numbers + axisSpace.label;
  const frame = {
    x: left,
    y: 14,
    width: Math.min(Math.max(200, n * 40), width - left - 16),
    height: Math.max(100, height - 78),
  };
  const x = { domain: [0.5, n + 0.5], ticks: wholeTicks(n), label: 'assembly' } as const;
  const y = { domain: [0, 1.02], label: '|cosine|' } as const;
  const panel = addPanel(page, frame, { name: 'stability', x, y, marks: [], hasGrid: true });
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  for (const { key, color, shift } of shown) {
    patterns[key].forEach((value, k) => {
      if (Number.isNaN(value)) return;
      const attributes = {
        cx: xOf(k + 1 + (shown.length > 1 ? shift : 0)),
        cy: yOf(value),
        r: Math.min(3.5, frame.width / n / 4),
        fill: color,
        'data-assembly': String(k + 1),
        'data-series': key,
        'data-value': String(value),
      };
      panel.appendChild(page.element('circle', attributes));
    });
  }
  const top = frame.y + frame.height + axisSpace.bottomNumbers + axisSpace.bottomLabel + 10;
  const items = shown.map(({ label, color }) => ({ label, color, shape: 'dot' as const }));
  const legend = addLegend(page, items, { x: 10, y: top, width: width - 20, title: 'found again' });
  return page.finish(legend.bottom + 4, Math.max(frame.x + frame.width, legend.right) + 16);
}
