import type { Markish } from '@observablehq/plot';
import type { FittedPatterns, Spectrum } from '../results/patterns.ts';
import type { Detection } from '../results/run-json.ts';
import type { Canvas } from './canvas.ts';
import { borderColor, faint, ink, memberColor } from './colors.ts';
import { addLegend, type LegendItem } from './legend.ts';
import { createPage, defaultWidth, drawMessage, type Page } from './page.ts';
import { addPanel, axisSpace, type Frame, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { wholeTicks } from './ticks.ts';

export interface SpectrumData {
  readonly spectrum: Spectrum;
  readonly detection: Detection | undefined;
}

export function spectrumData(spectrum: Spectrum, { detection }: FittedPatterns): SpectrumData {
  return { spectrum, detection };
}

/** Components beyond which the largest ones get a panel of their own. */
const maxInOnePanel = 40;

/**
 * Eigenvalues in descending order against what chance makes: the bound and, where the data were shuffled, the span of the
 * shuffles' largest eigenvalues. Those above the bound are coloured and, where there are p-values, carry theirs. Each point
 * has `data-component`, `data-eigenvalue` and `data-bound`.
 */
export function drawSpectrum(
  data: SpectrumData,
  canvas: Canvas,
  { width = defaultWidth, height = 270 }: FigureSize = {},
): string {
  const { eigenvalues } = data.spectrum;
  const n = eigenvalues.length;
  if (n === 0)
    return drawMessage(canvas, 'Eigenvalues', 'no eigenvalues: no unit varies', { width });
  const nAbove = countAbove(data.spectrum);
  const page = createPage(canvas, `Eigenvalues: ${nAbove} of ${n} above the bound`, width);
  const left = axisSpace.numbers + axisSpace.label;
  const panelHeight = Math.max(110, height - 90);
  const nShown = Math.min(n, Math.max(12, 2 * nAbove));
  const isSplit = n > maxInOnePanel && nShown < n;
  const panelWidth = isSplit ? (width - 2 * left - 32) / 2 : Math.min(480, width - left - 16);
  const first = { x: left, y: 26, width: panelWidth, height: panelHeight };
  addPoints(page, first, data, n, isSplit ? `all ${n}` : '');
  if (isSplit) {
    const second = { ...first, x: first.x + panelWidth + left + 16 };
    addPoints(page, second, data, nShown, `the largest ${nShown}`);
  }
  const top = 26 + panelHeight + axisSpace.bottomNumbers + axisSpace.bottomLabel + 10;
  const right = isSplit ? width : left + panelWidth + 16;
  const room = Math.min(width, Math.max(right, 460)) - 20;
  const legend = addLegend(page, legendItems(data), { x: 10, y: top, width: room });
  return page.finish(legend.bottom + 4, Math.max(right, legend.right + 10));
}

export function countAbove({ eigenvalues, bounds }: Spectrum): number {
  return eigenvalues.reduce((sum, value, k) => sum + (value > bounds[k] ? 1 : 0), 0);
}

function addPoints(
  page: Page,
  frame: Frame,
  { spectrum, detection }: SpectrumData,
  n: number,
  title: string,
): void {
  const { plot } = page.canvas;
  const eigenvalues = spectrum.eigenvalues.subarray(0, n);
  const bounds = spectrum.bounds.subarray(0, n);
  const components = Array.from({ length: n }, (_, k) => k + 1);
  const { least, median, most } = detection?.shuffled ?? {};
  const limits = [0, ...eigenvalues, ...bounds, most ?? 0].filter(Number.isFinite);
  const top = limits.reduce((a, b) => Math.max(a, b), 0) || 1;
  const x = { domain: [0.2, n + 0.8], ticks: wholeTicks(n), label: 'component' } as const;
  const y = {
    domain: [Math.min(0, ...eigenvalues), top * 1.08],
    label: labelOf(detection),
  } as const;
  const marks: Markish[] = [];
  if (least !== undefined && most !== undefined) {
    const band = { x1: [x.domain[0]], x2: [x.domain[1]], y1: [least], y2: [most] };
    marks.push(plot.rect([0], { ...band, fill: faint, fillOpacity: 0.3 }));
    marks.push(plot.ruleY([median ?? Number.NaN], { stroke: faint, strokeWidth: 1.2 }));
  }
  const style = { stroke: borderColor, strokeDasharray: '5 3', strokeWidth: 1.3 };
  // Where each eigenvalue has a bound of its own the line has steps.
  const edges = components.flatMap((k, i) => [
    { at: k - 0.5, bound: bounds[i] },
    { at: k + 0.5, bound: bounds[i] },
  ]);
  marks.push(plot.line(edges, { x: 'at', y: 'bound', ...style }));
  const panel = addPanel(page, frame, { name: 'spectrum', title, x, y, marks });
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  const radius = Math.min(3, Math.max(1, frame.width / n / 2.2));
  eigenvalues.forEach((value, k) => {
    const isAbove = value > bounds[k];
    const attributes = {
      cx: xOf(k + 1),
      cy: yOf(value),
      r: radius,
      fill: isAbove ? memberColor : ink,
      'data-component': String(k + 1),
      'data-eigenvalue': String(value),
      'data-bound': String(bounds[k]),
    };
    panel.appendChild(page.element('circle', attributes));
    const p = spectrum.pValues[k];
    // Only as many as can be told apart.
    if (!isAbove || Number.isNaN(p) || frame.width / n < 34) return;
    const style = { size: 8.5, anchor: 'middle' } as const;
    panel.appendChild(page.text(xOf(k + 1), yOf(value) - 7, `p ${formatP(p)}`, style));
  });
}

function labelOf(detection: Detection | undefined): string {
  return detection?.structure === 'cross-svd' ? 'singular value' : 'eigenvalue';
}

function formatP(p: number): string {
  return p < 0.001 ? p.toExponential(0) : String(Number(p.toPrecision(1)));
}

/** The largest p-value of those above the bound, in words. */
function mostP({ eigenvalues, bounds, pValues }: Spectrum): string {
  const above = pValues.filter((p, k) => eigenvalues[k] > bounds[k] && !Number.isNaN(p));
  return above.length === 0 ? '' : ` (p ≤ ${formatP(above.reduce((a, b) => Math.max(a, b)))})`;
}

function legendItems({ spectrum, detection }: SpectrumData): LegendItem[] {
  const nAbove = countAbove(spectrum);
  const bound = detection?.boundMethod ? `bound (${detection.boundMethod})` : 'bound';
  const first = spectrum.bounds.find(Number.isFinite);
  const isOne = spectrum.bounds.every((value) => value === first);
  const value = isOne && first !== undefined ? ` ${first.toPrecision(4)}` : '';
  const items: LegendItem[] = [
    { label: `${nAbove} above the bound${mostP(spectrum)}`, color: memberColor, shape: 'dot' },
    { label: 'others', color: ink, shape: 'dot' },
    { label: `${bound}${value}`, color: borderColor, shape: 'dash' },
  ];
  const { shuffled } = detection ?? {};
  if (shuffled) {
    const label = `largest of each of ${shuffled.nShuffles} shuffles: range and median`;
    items.push({ label, color: faint, shape: 'box', opacity: 0.4 });
  }
  return items;
}
