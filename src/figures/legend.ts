import { ink } from './colors.ts';
import { type ColorScale, heatImage } from './heat-image.ts';
import { type Page, sizes } from './page.ts';
import { type Frame, positionOn } from './panel.ts';
import { fixed } from './svg.ts';
import { textWidth } from './text-width.ts';
import { roundTicks, tickFormat } from './ticks.ts';

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly shape: 'line' | 'dash' | 'box' | 'dot' | 'bold';
  /** For areas that let what is behind shine through. */
  readonly opacity?: number;
  /** Named in the SVG, so that a page can act on it. */
  readonly data?: string;
}

const swatch = 16;
const gap = 12;
const lineHeight = 14;

/**
 * A legend in rows of as many items as fit, the first row at `y`.
 * @returns its lower right corner
 */
export function addLegend(
  page: Page,
  items: readonly LegendItem[],
  { x, y, width, title }: { x: number; y: number; width: number; title?: string },
): { readonly right: number; readonly bottom: number } {
  const indent = title === undefined ? 0 : textWidth(title, sizes.text, true) + gap;
  if (title !== undefined) page.add(page.text(x, y + 9, title, { isBold: true }));
  let [left, top, right] = [x + indent, y, x];
  for (const item of items) {
    const needed = swatch + 4 + textWidth(item.label, sizes.text);
    if (left + needed > x + width && left > x + indent) {
      left = x + indent;
      top += lineHeight;
    }
    const mark = markOf(page, item, left, top + 5.5);
    const label = page.text(left + swatch + 4, top + 9, item.label);
    page.add(page.element('g', { 'data-legend': item.data ?? item.label }, [mark, label]));
    right = Math.max(right, left + needed);
    left += needed + gap;
  }
  return { right, bottom: top + lineHeight };
}

/** The same, one item below the other. */
export function addLegendColumn(
  page: Page,
  items: readonly LegendItem[],
  { x, y, title }: { x: number; y: number; title?: string },
): number {
  const offset = title === undefined ? 0 : lineHeight + 2;
  if (title !== undefined) page.add(page.text(x, y + 9, title, { isBold: true }));
  items.forEach((item, index) => {
    const top = y + offset + index * lineHeight;
    const mark = markOf(page, item, x, top + 5.5);
    const label = page.text(x + swatch + 4, top + 9, item.label);
    page.add(page.element('g', { 'data-legend': item.data ?? item.label }, [mark, label]));
  });
  return offset + items.length * lineHeight;
}

function markOf(page: Page, { shape, color, opacity }: LegendItem, x: number, y: number) {
  if (shape === 'box') {
    return page.element('rect', {
      x: x + 2,
      y: y - 5,
      width: swatch - 4,
      height: 10,
      fill: color,
      'fill-opacity': opacity,
      stroke: color === '#ffffff' ? ink : undefined,
      'stroke-width': 0.5,
    });
  }
  if (shape === 'dot') {
    return page.element('circle', { cx: x + swatch / 2, cy: y, r: 3, fill: color });
  }
  return page.element('line', {
    x1: x,
    x2: x + swatch,
    y1: y,
    y2: y,
    stroke: color,
    'stroke-width': shape === 'bold' ? 2.5 : 1.5,
    'stroke-dasharray': shape === 'dash' ? '4 3' : undefined,
  });
}

/** A scale of colours, upright, its numbers to the right and its label beside them. */
export function addColorBar(page: Page, frame: Frame, scale: ColorScale, label: string): void {
  const n = 254;
  const [low, high] = scale.domain;
  const values = Float64Array.from(
    { length: n },
    (_, row) => high - (row / (n - 1)) * (high - low),
  );
  page.add(heatImage(page, frame, { nRows: n, nColumns: 1, values }, scale));
  const right = frame.x + frame.width;
  const ticks = roundTicks(low, high, Math.min(6, Math.max(2, Math.floor(frame.height / 20))));
  const format = tickFormat(ticks);
  const yOf = positionOn({ domain: scale.domain }, frame.y + frame.height, frame.y);
  for (const tick of ticks) {
    const d = `M${fixed(right)},${fixed(yOf(tick))}h4`;
    page.add(page.element('path', { d, stroke: ink, 'stroke-width': 0.8 }));
    page.add(page.text(right + 7, yOf(tick) + 3.4, format(tick)));
  }
  const widest = Math.max(...ticks.map((tick) => textWidth(format(tick), sizes.text)));
  const style = { size: sizes.text, anchor: 'middle', rotate: -90 } as const;
  page.add(page.text(right + 7 + widest + 13, frame.y + frame.height / 2, label, style));
}

/** Room that a colour bar needs to the right of its own width. */
export const colorBarSpace = 58;
