import type { Canvas } from './canvas.ts';
import { diverging } from './colors.ts';
import { heatImage } from './heat-image.ts';
import { addColorBar, colorBarSpace } from './legend.ts';
import { createPage, defaultWidth, drawMessage, sizes } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { fitText, textWidth } from './text-width.ts';
import { wholeTicks } from './ticks.ts';
import type { WeightsData } from './weights.ts';
import { addBorders, unitTicks } from './weights-layout.ts';

/**
 * The weights as one heat map: a column per assembly, a row per unit, numbered as in the stem plot and sorted by group. The
 * limits are the largest weight to both sides of 0. `data-units` has the ids, from the top row down.
 */
export function drawWeightsMap(
  { patterns, sorted }: WeightsData,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const { weights, units } = patterns;
  const [n, nUnits] = [weights.length, units.length];
  if (n === 0) return drawMessage(canvas, 'Weights', 'no assemblies found', { width });
  const page = createPage(canvas, 'Weights of units in each assembly, as a heat map', width);
  const names = sorted.groups.length > 1 ? sorted.groups : [];
  const longest = Math.max(0, ...names.map(({ name }) => textWidth(name, sizes.text) + 10));
  const namesWidth = Math.min(90, longest);
  const left = axisSpace.numbers + axisSpace.label;
  const room = width - left - namesWidth - colorBarSpace - 40;
  const frame = {
    x: left,
    y: 12,
    width: Math.min(room, Math.max(120, n * 34)),
    height: Math.max(120, height === undefined ? Math.min(620, nUnits * 9) : height - 56),
  };
  const values = new Float64Array(n * nUnits);
  let most = 0;
  sorted.order.forEach((unit, place) => {
    weights.forEach((row, k) => {
      const weight = row[unit] ?? 0;
      values[(nUnits - 1 - place) * n + k] = weight;
      most = Math.max(most, Math.abs(weight));
    });
  });
  const scale = { map: diverging, domain: [-most, most] } as const;
  const image = heatImage(page, frame, { nRows: nUnits, nColumns: n, values }, scale);
  const ids = Array.from(sorted.order, (unit) => units[unit]?.id ?? -1).reverse();
  image.setAttribute('data-units', ids.join(' '));
  page.add(image);
  const y = { domain: [-0.5, nUnits - 0.5], ...unitTicks(nUnits), label: 'Neurons #' } as const;
  const x = { domain: [0.5, n + 0.5], ticks: wholeTicks(n), label: 'assembly' } as const;
  const panel = addPanel(page, frame, { name: 'weights-map', x, y, marks: [] });
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  addBorders(page, panel, frame, sorted, yOf);
  const right = frame.x + frame.width;
  for (const { name, from, to } of names) {
    const middle = yOf((from + to - 1) / 2) + 3;
    page.add(page.text(right + 6, middle, fitText(name, sizes.text, namesWidth - 8)));
  }
  const barHeight = Math.min(frame.height, 220);
  const bar = { x: right + namesWidth + 14, y: frame.y, width: 10, height: barHeight };
  addColorBar(page, bar, scale, 'Weights (a.u.)');
  const bottom = frame.y + frame.height + axisSpace.bottomNumbers + axisSpace.bottomLabel;
  return page.finish(bottom + 6, bar.x + bar.width + colorBarSpace);
}
