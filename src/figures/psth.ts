import type { Markish, RenderFunction } from '@observablehq/plot';
import type { Canvas } from './canvas.ts';
import { assemblyColor, ink, maxCategories, viridis } from './colors.ts';
import { addColorBar, addLegendColumn, type LegendItem } from './legend.ts';
import { createPage, defaultWidth, drawMessage, type Page, sizes } from './page.ts';
import { addPanel } from './panel.ts';
import { barWidth, lagTicks, placeRows } from './psth-layout.ts';
import {
  meanOverAssemblies,
  type PsthData,
  type PsthPanel,
  type PsthRow,
  whyNothing,
} from './psth-panels.ts';
import type { FigureSize } from './request.ts';

/**
 * Averages around events as lines: one panel per set and one for the difference, with common limits. Each assembly has its
 * colour and, where there are at most nine, a band of one standard error to both sides; black is the mean over assemblies.
 * The group of a line carries `data-assembly`, the mean's is 0; coordinates follow from the scales of the panel.
 */
export function drawPsth(
  { rows, xLabel }: PsthData,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const why = whyNothing({ rows, xLabel });
  if (why) return drawMessage(canvas, 'Averages around events', why, { width });
  const most = Math.max(...rows.map(({ numbers }) => numbers.length));
  const page = createPage(canvas, 'Activation of assemblies around events', width);
  const nAll = Math.max(...rows.map(({ nAssemblies }) => nAssemblies));
  const panelHeight = height === undefined ? 190 : Math.max(90, height / rows.length - 100);
  const rightSpace = 108;
  const layout = placeRows(rows, { width, heightOf: () => panelHeight, rightSpace });
  const panels = rows.flatMap((row) => row.panels);
  const isBanded = most <= maxCategories;
  const domain = limitsOf(panels, isBanded);
  for (const { panel, row, frame, isFirst, isLastRow } of layout.placed) {
    const group = addPanel(page, frame, {
      name: 'psth',
      x: {
        domain: lagLimits(panel.lags),
        ...lagTicks(lagLimits(panel.lags), frame.width),
        ...(isLastRow && isFirst ? { label: xLabel } : {}),
      },
      y: { domain, hasNumbers: isFirst, ...(isFirst ? { label: 'assembly activity' } : {}) },
      hasGrid: true,
      marks: [
        canvas.plot.ruleX([0], { stroke: ink, strokeDasharray: '4 3' }),
        ...lines(page, row, panel, isBanded),
      ],
    });
    group.setAttribute('data-set', panel.title);
    addTitles(page, group, frame, panel);
  }
  const x = Math.max(...layout.placed.map(({ frame }) => frame.x + frame.width)) + 16;
  const y = layout.placed[0]?.frame.y ?? 0;
  addKey(page, rows, nAll, { x, y, height: panelHeight, isBanded });
  const keyHeight = 14 * (Math.min(most, maxCategories) + 4);
  return page.finish(Math.max(layout.height + 4, y + keyHeight), x + rightSpace - 20);
}

export function addTitles(
  page: Page,
  group: Element,
  frame: { x: number; y: number; width: number },
  { title, subtitle }: PsthPanel,
): void {
  const middle = frame.x + frame.width / 2;
  const style = { anchor: 'middle' } as const;
  group.appendChild(
    page.text(middle, frame.y - 18, title, { ...style, size: sizes.label, isBold: true }),
  );
  group.appendChild(page.text(middle, frame.y - 6, subtitle, style));
}

function lines(page: Page, row: PsthRow, panel: PsthPanel, isBanded: boolean): Markish[] {
  const { plot } = page.canvas;
  const { numbers, nAssemblies } = row;
  const { mean, sem, lags } = panel;
  const marks: Markish[] = [];
  numbers.forEach((number, k) => {
    const fill = assemblyColor(number, nAssemblies);
    const [means, errors] = [mean[k], sem[k]];
    if (!isBanded || !means || !errors) return;
    const y1 = means.map((value, i) => value - errors[i]);
    const y2 = means.map((value, i) => value + errors[i]);
    marks.push(
      plot.areaY(lags, {
        x: lags,
        y1,
        y2,
        fill,
        fillOpacity: 0.18,
        render: tag('data-band', number),
      }),
    );
  });
  numbers.forEach((number, k) => {
    const stroke = assemblyColor(number, nAssemblies);
    const style = { stroke, strokeWidth: 1.3, render: tag('data-assembly', number) };
    marks.push(plot.lineY(lags, { x: lags, y: mean[k] ?? [], ...style }));
  });
  if (numbers.length > 1) {
    const y = meanOverAssemblies(mean);
    const style = { stroke: ink, strokeWidth: 2.2, render: tag('data-assembly', 0) };
    marks.push(plot.lineY(lags, { x: lags, y, ...style }));
  }
  return marks;
}

/** Names the group of a mark in the SVG. */
function tag(key: string, value: number): RenderFunction {
  return (index, scales, values, dimensions, context, next) => {
    const group = next?.(index, scales, values, dimensions, context) ?? null;
    group?.setAttribute(key, String(value));
    return group;
  };
}

function limitsOf(panels: readonly PsthPanel[], isBanded: boolean): [number, number] {
  let [low, high] = [0, 0];
  for (const { mean, sem } of panels) {
    mean.forEach((column, k) => {
      column.forEach((value, i) => {
        const error = isBanded ? (sem[k]?.[i] ?? 0) || 0 : 0;
        if (value - error < low) low = value - error;
        if (value + error > high) high = value + error;
      });
    });
  }
  const room = (high - low || 1) * 0.04;
  return [low - room, high + room];
}

export function lagLimits(lags: Float64Array): [number, number] {
  const [first = -0.5, last = 0.5] = [lags[0], lags[lags.length - 1]];
  return first < last ? [first, last] : [first - 0.5, last + 0.5];
}

function addKey(
  page: Page,
  rows: readonly PsthRow[],
  nAll: number,
  { x, y, height, isBanded }: { x: number; y: number; height: number; isBanded: boolean },
): void {
  const numbers = [...new Set(rows.flatMap((row) => row.numbers))];
  const mean: LegendItem[] =
    numbers.length > 1 ? [{ label: 'mean', color: ink, shape: 'bold', data: '0' }] : [];
  const error: LegendItem[] = isBanded
    ? [{ label: '± SEM', color: ink, shape: 'box', opacity: 0.18 }]
    : [];
  if (nAll <= maxCategories) {
    const items = numbers.map((number): LegendItem => {
      const color = assemblyColor(number, nAll);
      return { label: String(number), color, shape: 'line', data: String(number) };
    });
    addLegendColumn(page, [...items, ...mean, ...error], { x, y, title: 'assembly' });
    return;
  }
  const used = addLegendColumn(page, [...mean, ...error], { x, y });
  const frame = { x, y: y + used + 8, width: barWidth, height: Math.max(60, height - used - 8) };
  const map = (fraction: number) => viridis(0.92 * fraction);
  addColorBar(page, frame, { map, domain: [1, nAll] }, 'assembly');
}
