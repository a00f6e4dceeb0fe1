import type {
  AxisXOptions,
  AxisYOptions,
  Markish,
  PlotOptions,
  ScaleOptions,
} from '@observablehq/plot';
import { ink } from './colors.ts';
import { type Page, sizes } from './page.ts';
import { fixed } from './svg.ts';
import { roundTicks, tickFormat } from './ticks.ts';

/** The rectangle between the axes, in pixels of the page. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Axis {
  readonly domain: readonly [number, number];
  /** Where ticks stand; by default as many round values as there is room for. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
  readonly scale?: 'linear' | 'log';
  /** Whether ticks have numbers; they do unless a neighbour has them. */
  readonly hasNumbers?: boolean;
  readonly hasTicks?: boolean;
  readonly label?: string;
}

export interface PanelOptions {
  /** What it shows, for those who read the SVG: `data-panel`. */
  readonly name: string;
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Markish[];
  readonly hasGrid?: boolean;
}

/** How far numbers reach to the left of a vertical axis, and its label beside them. */
export const axisSpace = { numbers: 34, label: 20, bottomNumbers: 20, bottomLabel: 16 } as const;

/**
 * Draws one plot. Its group tells its scales: `data-x-domain` and `data-x-range`, and the same of y, where ranges are
 * pixels of the page. Top and right have no axis line.
 */
export function addPanel(page: Page, frame: Frame, options: PanelOptions): SVGElement {
  const { name, title, x, y, marks, hasGrid = false } = options;
  const { plot } = page.canvas;
  const right = frame.x + frame.width;
  const bottom = frame.y + frame.height;
  const spec: PlotOptions = {
    document: page.canvas.document,
    width: right,
    height: bottom,
    marginLeft: frame.x,
    marginTop: frame.y,
    marginRight: 0,
    marginBottom: 0,
    x: scaleOf(x),
    y: scaleOf(y),
    marks: [
      ...(hasGrid ? gridMarks(page, x, y, frame) : []),
      ...marks,
      plot.axisX(axisOptions(x, frame.width / 50)),
      plot.axisY(axisOptions(y, frame.height / 28)),
    ],
  };
  const drawn = plot.plot(spec);
  const group = page.element('g', {
    'data-panel': name,
    'data-x-domain': x.domain.join(' '),
    'data-x-range': `${fixed(frame.x)} ${fixed(right)}`,
    'data-x-scale': x.scale ?? 'linear',
    'data-y-domain': y.domain.join(' '),
    'data-y-range': `${fixed(bottom)} ${fixed(frame.y)}`,
    'data-y-scale': y.scale ?? 'linear',
    'text-anchor': 'middle',
  });
  for (const child of [...drawn.childNodes]) group.appendChild(child);
  group.appendChild(
    page.element('path', {
      d: `M${fixed(frame.x)},${fixed(frame.y)}V${fixed(bottom)}H${fixed(right)}`,
      fill: 'none',
      stroke: ink,
      'stroke-width': 0.8,
    }),
  );
  addLabels(page, group, frame, options);
  if (title !== undefined) {
    const middle = frame.x + frame.width / 2;
    const style = { size: sizes.label, anchor: 'middle', isBold: true } as const;
    group.appendChild(page.text(middle, frame.y - 7, title, style));
  }
  page.add(group);
  return group;
}

function addLabels(page: Page, group: Element, frame: Frame, { x, y }: PanelOptions): void {
  const style = { size: sizes.label, anchor: 'middle' } as const;
  const bottom = frame.y + frame.height;
  if (x.label !== undefined) {
    const below = bottom + axisSpace.bottomNumbers + 9;
    group.appendChild(page.text(frame.x + frame.width / 2, below, x.label, style));
  }
  if (y.label !== undefined) {
    const left = frame.x - axisSpace.numbers - 5;
    const label = page.text(left, frame.y + frame.height / 2, y.label, { ...style, rotate: -90 });
    group.appendChild(label);
  }
}

function scaleOf({ domain, scale = 'linear' }: Axis): ScaleOptions {
  return { type: scale, domain: [...domain], label: null, nice: false };
}

function axisOptions(axis: Axis, room: number): AxisXOptions & AxisYOptions {
  const { format, hasNumbers = true, hasTicks = true } = axis;
  const ticks = ticksOf(axis, room);
  return {
    label: null,
    tickSize: hasTicks ? 4 : 0,
    tickPadding: 3,
    fontSize: sizes.text,
    fontVariant: 'normal',
    strokeWidth: 0.8,
    ticks: hasTicks || hasNumbers ? ticks : [],
    // Null would mean the default; texts without letters are left out of the file.
    tickFormat: hasNumbers ? (format ?? tickFormat(ticks)) : () => '',
  };
}

function ticksOf({ domain, ticks }: Axis, room: number): number[] {
  return ticks ? [...ticks] : roundTicks(domain[0], domain[1], Math.max(1, Math.floor(room)));
}

function gridMarks(page: Page, x: Axis, y: Axis, frame: Frame): Markish[] {
  const { plot } = page.canvas;
  const style = { stroke: ink, strokeOpacity: 0.12, strokeWidth: 0.8 };
  const marks: Markish[] = [];
  if (x.hasTicks !== false)
    marks.push(plot.gridX({ ticks: ticksOf(x, frame.width / 50), ...style }));
  if (y.hasTicks !== false)
    marks.push(plot.gridY({ ticks: ticksOf(y, frame.height / 28), ...style }));
  return marks;
}

/** A value on an axis in pixels of the page. */
export function positionOn({ domain, scale = 'linear' }: Axis, from: number, to: number) {
  const map = scale === 'log' ? Math.log : (value: number) => value;
  const [low, high] = [map(domain[0]), map(domain[1])];
  return (value: number): number => from + ((map(value) - low) / (high - low)) * (to - from);
}
