import type { PsthSet } from '../results/psths.ts';
import type { Canvas } from './canvas.ts';
import { assemblyColor, faint, ink, maxCategories } from './colors.ts';
import { addLegend, type LegendItem } from './legend.ts';
import { createPage, defaultWidth, drawMessage, sizes } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { fixed } from './svg.ts';
import { fitText, textWidth } from './text-width.ts';

/** The highest mean of each assembly around the events of one set. */
export interface PeakSet {
  readonly name: string;
  /** Sets of one activation have the same assemblies. */
  readonly activation: string | undefined;
  readonly nUsed: number;
  /** NaN for an assembly that has no mean. */
  readonly peaks: readonly { readonly value: number; readonly lag: number }[];
}

export function peaksData(sets: readonly PsthSet[]): PeakSet[] {
  return sets.map(({ name, activation, nUsed, mean, lags }) => ({
    name,
    activation,
    nUsed,
    peaks: mean.map((column) => {
      let best = -1;
      column.forEach((value, lag) => {
        if (!Number.isNaN(value) && (best < 0 || value > column[best])) best = lag;
      });
      return { value: column[best] ?? Number.NaN, lag: lags[best] ?? Number.NaN };
    }),
  }));
}

/**
 * Peaks of the averages, set beside set: a point per assembly, a line between points of one assembly, a bar at their mean.
 * Sets that averaged different activations, those of a standard and a cross-structural detection say, stand apart.
 */
export function drawPeaks(
  sets: readonly PeakSet[],
  canvas: Canvas,
  { width = defaultWidth, height = 280 }: FigureSize = {},
): string {
  const values = sets
    .flatMap(({ peaks }) => peaks.map(({ value }) => value))
    .filter(Number.isFinite);
  if (sets.length === 0 || values.length === 0) {
    const hasAssemblies = sets.some(({ peaks }) => peaks.length > 0);
    const why = hasAssemblies ? 'no events to average over' : 'no assemblies found';
    return drawMessage(canvas, 'Peaks around events', why, { width });
  }
  const page = createPage(canvas, 'Highest average of each assembly around events', width);
  const left = axisSpace.numbers + axisSpace.label;
  const room = width - left - 16;
  const frame = {
    x: left,
    y: 14,
    width: Math.min(room, Math.max(220, sets.length * 110)),
    height: Math.max(110, height - 90),
  };
  const n = sets.length;
  const low = Math.min(0, ...values);
  const x = { domain: [0.5, n + 0.5], hasNumbers: false, hasTicks: false } as const;
  const top = values.reduce((a, b) => Math.max(a, b), 0) || 1;
  const y = { domain: [low, top * 1.06], label: 'highest average activity' } as const;
  const panel = addPanel(page, frame, { name: 'peaks', x, y, marks: [], hasGrid: true });
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  sets.forEach((set, index) => {
    const next = sets[index + 1];
    if (!next || next.activation !== set.activation) return;
    set.peaks.forEach(({ value }, k) => {
      const other = next.peaks[k]?.value ?? Number.NaN;
      if (Number.isNaN(value) || Number.isNaN(other)) return;
      const [from, to] = [index, index + 1].map((at) =>
        fixed(xOf(placeOf(at, k, set.peaks.length))),
      );
      const d = `M${from},${fixed(yOf(value))}L${to},${fixed(yOf(other))}`;
      const opacity = set.peaks.length > 20 ? 0.35 : 1;
      const style = { stroke: faint, 'stroke-width': 0.7, 'stroke-opacity': opacity };
      panel.appendChild(page.element('path', { d, ...style }));
    });
  });
  const most = Math.max(...sets.map(({ peaks }) => peaks.length));
  sets.forEach(({ name, nUsed, peaks }, index) => {
    const found = peaks.filter(({ value }) => !Number.isNaN(value));
    peaks.forEach(({ value, lag }, k) => {
      if (Number.isNaN(value)) return;
      const attributes = {
        cx: xOf(placeOf(index, k, peaks.length)),
        cy: yOf(value),
        r: 3.4,
        fill: assemblyColor(k + 1, most),
        'data-set': name,
        'data-assembly': String(k + 1),
        'data-peak': String(value),
        'data-lag': String(lag),
      };
      panel.appendChild(page.element('circle', attributes));
    });
    if (found.length > 0) {
      const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
      const [from, to] = [xOf(index + 0.76), xOf(index + 1.24)];
      const d = `M${fixed(from)},${fixed(yOf(mean))}H${fixed(to)}`;
      const bar = { d, stroke: ink, 'stroke-width': 2.2, 'data-mean': String(mean) };
      panel.appendChild(page.element('path', { ...bar, 'data-set': name }));
    }
    const bottom = frame.y + frame.height;
    const cell = frame.width / n - 4;
    const style = { anchor: 'middle' } as const;
    const shown = fitText(name, sizes.label, cell);
    page.add(page.text(xOf(index + 1), bottom + 15, shown, { ...style, size: sizes.label }));
    const count = `n = ${nUsed}`;
    if (textWidth(count, sizes.text) <= cell) {
      page.add(page.text(xOf(index + 1), bottom + 28, count, style));
    }
  });
  const legendTop = frame.y + frame.height + 38;
  const right = frame.x + frame.width + 16;
  const legendWidth = Math.min(width, Math.max(right, 460)) - 20;
  const legend = addLegend(page, legendItems(most), { x: 10, y: legendTop, width: legendWidth });
  return page.finish(legend.bottom + 4, Math.max(right, legend.right + 10));
}

/** Assemblies of a set stand a little beside one another, so that equal peaks do not hide each other. */
function placeOf(set: number, k: number, n: number): number {
  return set + 1 + (n > 1 ? 0.26 * (k / (n - 1) - 0.5) : 0);
}

function legendItems(n: number): LegendItem[] {
  const mean: LegendItem = { label: 'mean of assemblies', color: ink, shape: 'bold' };
  if (n > maxCategories) {
    const ends: LegendItem[] = [1, n].map((number) => {
      return { label: `assembly ${number}`, color: assemblyColor(number, n), shape: 'dot' };
    });
    return [mean, ...ends];
  }
  const own = Array.from({ length: n }, (_, k): LegendItem => {
    return { label: `assembly ${k + 1}`, color: assemblyColor(k + 1, n), shape: 'dot' };
  });
  return [mean, ...own];
}
