import type { FittedPatterns } from '../results/patterns.ts';
import type { SortedUnits } from '../results/unit-groups.ts';
import { borderColor } from './colors.ts';
import type { Page } from './page.ts';
import { type Axis, axisSpace, type Frame } from './panel.ts';
import { fixed } from './svg.ts';

interface StemLayout {
  readonly frames: readonly Frame[];
  readonly nColumns: number;
  readonly height: number;
  /** Of the lines with counts, above each panel. */
  readonly countsHeight: number;
  /** Panels too narrow for long labels. */
  readonly isNarrow: boolean;
}

/** Panels in rows of as many as there is room for; the more rows, the lower each. */
export function layOutStems(
  n: number,
  options: { nUnits: number; nCounts: number; width: number; height?: number | undefined },
): StemLayout {
  const { nUnits, nCounts, width, height: given } = options;
  const left = axisSpace.numbers + axisSpace.label + 4;
  const countsHeight = nCounts * 11;
  const nFitting = Math.max(1, Math.floor((width - left - 8) / 78));
  const nRows = Math.ceil(n / nFitting);
  const nColumns = Math.ceil(n / nRows);
  const panelWidth = Math.min(180, (width - left - 8) / nColumns - 10);
  const head = 24 + countsHeight;
  const natural = Math.min(620 / Math.sqrt(nRows), Math.max(140, nUnits * 8.5));
  const foot = axisSpace.bottomNumbers + axisSpace.bottomLabel + 4;
  const wanted = given === undefined ? natural : (given - 40 - foot) / nRows - head;
  const panelHeight = Math.max(90, wanted);
  const frames = Array.from({ length: n }, (_, k): Frame => {
    const [row, column] = [Math.floor(k / nColumns), k % nColumns];
    return {
      x: left + column * (panelWidth + 10),
      y: head + row * (panelHeight + head),
      width: panelWidth,
      height: panelHeight,
    };
  });
  const height = nRows * (panelHeight + head) + foot;
  return { frames, nColumns, height, countsHeight, isNarrow: panelWidth < 100 };
}

/** Dashed lines half way between the last unit of a group and the first of the next. */
export function addBorders(
  page: Page,
  panel: Element,
  frame: Frame,
  { groups }: SortedUnits,
  yOf: (place: number) => number,
): void {
  for (const { from } of groups.slice(1)) {
    panel.appendChild(
      page.element('path', {
        d: `M${fixed(frame.x)},${fixed(yOf(from - 0.5))}H${fixed(frame.x + frame.width)}`,
        stroke: borderColor,
        'stroke-width': 1,
        'stroke-dasharray': '5 3',
        'data-border': String(from),
      }),
    );
  }
}

/** Ids of units as they are sorted. */
export function orderedIds({ units }: FittedPatterns, { order }: SortedUnits): number[] {
  return Array.from(order, (unit) => units[unit]?.id ?? -1);
}

/** Ticks at whole units, as many as there is room for. */
export function unitTicks(n: number): Pick<Axis, 'ticks'> {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const step = steps.find((one) => n / one <= 11) ?? 2000;
  return { ticks: Array.from({ length: Math.ceil(n / step) }, (_, index) => index * step) };
}

export function weightTicks(most: number, isNarrow: boolean): number[] {
  const step = most >= 0.35 ? 0.5 : most >= 0.1 ? 0.2 : 0.1;
  return isNarrow ? [0, step] : [-step, 0, step];
}
