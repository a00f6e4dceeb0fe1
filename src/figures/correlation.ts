import type { CorrelationMatrix } from '../results/correlation.ts';
import type { RunResults } from '../results/run-results.ts';
import {
  groupNamer,
  groupsOfMatrix,
  type SortedUnits,
  sortByGroup,
} from '../results/unit-groups.ts';
import type { Canvas } from './canvas.ts';
import { borderColor, diverging } from './colors.ts';
import { heatImage } from './heat-image.ts';
import { addColorBar, addLegend, colorBarSpace, type LegendItem } from './legend.ts';
import { createPage, defaultWidth, drawMessage, type Page, sizes } from './page.ts';
import { addPanel, axisSpace, type Frame, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { fixed } from './svg.ts';
import { fitText } from './text-width.ts';
import { unitTicks } from './weights-layout.ts';

export interface CorrelationData {
  readonly matrix: CorrelationMatrix;
  readonly sorted: SortedUnits;
}

export function correlationData(results: RunResults, matrix: CorrelationMatrix): CorrelationData {
  return { matrix, sorted: sortByGroup(groupsOfMatrix(matrix, groupNamer(results))) };
}

const constant = '#f3e8b0';

/**
 * The correlation matrix, units sorted by group and the first on top and left, with borders and names of the groups. Pairs
 * that were not asked for are white. Limits are those of the tutorial: the 99th percentile of absolute values, or a fifth
 * of the largest if that is more. `data-units` has the ids in order.
 */
export function drawCorrelation(
  { matrix, sorted }: CorrelationData,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const n = matrix.units.length;
  if (n === 0) return drawMessage(canvas, 'Correlation of units', 'no units', { width });
  const page = createPage(canvas, 'Correlation of units', width);
  const hasNames = sorted.groups.length > 1;
  const left = axisSpace.numbers + axisSpace.label + (hasNames ? 22 : 0);
  const top = 10;
  const side = Math.max(
    160,
    Math.min(width - left - colorBarSpace - 50, (height ?? 520) - 90, Math.max(240, n * 16)),
  );
  const frame = { x: left, y: top, width: side, height: side };
  const values = new Float64Array(n * n);
  const isMasked = new Uint8Array(n * n);
  sorted.order.forEach((first, a) => {
    sorted.order.forEach((second, b) => {
      values[a * n + b] = matrix.values[first * n + second];
      isMasked[a * n + b] = matrix.isMasked[first * n + second];
    });
  });
  const limit = limitOf(values);
  const scale = { map: diverging, domain: [-limit, limit], missing: constant } as const;
  const image = heatImage(page, frame, { nRows: n, nColumns: n, values, isMasked }, scale);
  const ids = Array.from(sorted.order, (unit) => matrix.units[unit]?.id ?? -1);
  image.setAttribute('data-units', ids.join(' '));
  page.add(image);
  const x = { domain: [-0.5, n - 0.5], ...unitTicks(n) } as const;
  const y = { domain: [n - 0.5, -0.5], ...unitTicks(n) } as const;
  const panel = addPanel(page, frame, { name: 'correlation', x, y, marks: [] });
  addFrame(page, panel, frame);
  if (hasNames) addGroups(page, panel, frame, sorted, positionOn(x, frame.x, frame.x + side));
  const bottom = frame.y + side + axisSpace.bottomNumbers + (hasNames ? 16 : 0);
  const label = { size: sizes.label, anchor: 'middle' } as const;
  page.add(page.text(frame.x + side / 2, bottom + 9, 'Neurons #', label));
  const middle = frame.y + side / 2;
  page.add(page.text(12, middle, 'Neurons #', { ...label, rotate: -90 }));
  const bar = { x: frame.x + side + 16, y: frame.y, width: 10, height: Math.min(side, 220) };
  addColorBar(page, bar, scale, 'correlation');
  const items: LegendItem[] = [];
  if (isMasked.includes(1))
    items.push({ label: 'pair within a group', color: '#ffffff', shape: 'box' });
  if (values.some((value, cell) => Number.isNaN(value) && isMasked[cell] !== 1)) {
    items.push({ label: 'a unit that does not vary', color: constant, shape: 'box' });
  }
  if (hasNames) items.push({ label: 'border of groups', color: borderColor, shape: 'line' });
  const right = bar.x + bar.width + colorBarSpace;
  const room = Math.max(right, 380) - 20;
  const legend = addLegend(page, items, {
    x: 10,
    y: bottom + 18,
    width: Math.min(room, width - 20),
  });
  return page.finish(legend.bottom + 4, Math.max(right, legend.right + 10));
}

/** Source: the notebook's limits, max(99th percentile of |v|, max|v| / 5) over the values that are not zero. */
function limitOf(values: Float64Array): number {
  const sizes = values
    .filter((value) => Math.abs(value) > 1e-8)
    .map(Math.abs)
    .sort();
  // A unit's correlation with itself says nothing of the others.
  const others = sizes.filter((value) => value < 1);
  const shown = others.length > 0 ? others : sizes;
  if (shown.length === 0) return 1;
  const percentile = shown[Math.floor(0.99 * (shown.length - 1))];
  return Math.max(percentile, shown[shown.length - 1] / 5);
}

function addFrame(page: Page, panel: Element, { x, y, width, height }: Frame): void {
  const style = { fill: 'none', stroke: '#1a1a1a', 'stroke-width': 0.8 };
  panel.appendChild(page.element('rect', { x, y, width, height, ...style }));
}

function addGroups(
  page: Page,
  panel: Element,
  frame: Frame,
  { groups }: SortedUnits,
  along: (place: number) => number,
): void {
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  const style = { stroke: borderColor, 'stroke-width': 1.2 };
  for (const { name, from, to } of groups) {
    const [start, end] = [along(from - 0.5), along(to - 0.5)];
    const [middle, room] = [(start + end) / 2, end - start];
    const text = fitText(name, sizes.label, Math.max(24, room - 4));
    const label = { anchor: 'middle', size: sizes.label, isBold: true } as const;
    page.add(page.text(middle, bottom + axisSpace.bottomNumbers + 8, text, label));
    const down = frame.y + middle - frame.x;
    page.add(page.text(frame.x - axisSpace.numbers, down, text, { ...label, rotate: -90 }));
    if (from === 0) continue;
    const level = frame.y + start - frame.x;
    const d = `M${fixed(start)},${fixed(frame.y)}V${fixed(bottom)}M${fixed(frame.x)},${fixed(level)}H${fixed(right)}`;
    panel.appendChild(page.element('path', { d, ...style, 'data-border': String(from) }));
  }
}
