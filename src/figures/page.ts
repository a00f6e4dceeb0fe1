import type { Canvas } from './canvas.ts';
import { faint, ink } from './colors.ts';
import type { FigureSize } from './request.ts';
import { type Attributes, element, serialize } from './svg.ts';

/** What a figure is drawn on. */
export interface Page {
  readonly canvas: Canvas;
  readonly width: number;
  readonly add: (...parts: readonly Element[]) => void;
  readonly element: (
    name: string,
    attributes: Attributes,
    children?: readonly (Node | string)[],
  ) => SVGElement;
  readonly text: (x: number, y: number, text: string, style?: TextStyle) => SVGElement;
  /** The whole as SVG, as high as was drawn on it, and as wide, where that is less than the page. */
  readonly finish: (height: number, width?: number) => string;
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
  readonly color?: string;
  /** Degrees, clockwise around the point. */
  readonly rotate?: number;
}

/** Type sizes in pixels: 9.6 are 7.2 points in print, where a page is 7.5 inches wide. */
export const sizes = { text: 9.6, label: 10.5, title: 11.5 } as const;
export const defaultWidth = 720;

/** @param title what the figure shows, for people who cannot see it */
export function createPage(canvas: Canvas, title: string, width: number): Page {
  const { document } = canvas;
  const make: Page['element'] = (name, attributes, children) =>
    element(document, name, attributes, children);
  const parts: Element[] = [];
  return {
    canvas,
    width,
    element: make,
    add: (...more) => parts.push(...more),
    text: (x, y, text, { size = sizes.text, anchor = 'start', isBold, color, rotate } = {}) =>
      make(
        'text',
        {
          transform: `translate(${place(x)},${place(y)})${rotate ? ` rotate(${rotate})` : ''}`,
          'font-size': size,
          'text-anchor': anchor,
          'font-weight': isBold ? 'bold' : undefined,
          fill: color ?? ink,
        },
        [text],
      ),
    finish: (height, used = width) => {
      const [w, h] = [Math.ceil(Math.min(width, used)), Math.ceil(height)];
      const root = make(
        'svg',
        {
          xmlns: 'http://www.w3.org/2000/svg',
          viewBox: `0 0 ${w} ${h}`,
          width: w,
          height: h,
          role: 'img',
          'font-family': "'DejaVu Sans', Verdana, 'Segoe UI', Helvetica, Arial, sans-serif",
          'font-size': sizes.text,
          color: ink,
          fill: ink,
        },
        [
          make('title', {}, [title]),
          make('rect', { width: w, height: h, fill: '#ffffff' }),
          ...parts,
        ],
      );
      return serialize(root);
    },
  };
}

/** A figure that says in words why there is nothing to draw. */
export function drawMessage(
  canvas: Canvas,
  title: string,
  message: string,
  { width = defaultWidth }: FigureSize = {},
): string {
  const page = createPage(canvas, `${title}: ${message}`, width);
  page.add(
    page.element('rect', {
      x: 0.5,
      y: 0.5,
      width: width - 1,
      height: 95,
      fill: 'none',
      stroke: faint,
    }),
    page.text(width / 2, 42, title, { size: sizes.title, anchor: 'middle', isBold: true }),
    page.text(width / 2, 62, message, { size: sizes.label, anchor: 'middle' }),
  );
  return page.finish(96);
}

function place(value: number): string {
  return String(Number(value.toFixed(2)));
}
