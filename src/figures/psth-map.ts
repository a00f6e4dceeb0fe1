import type { Canvas } from './canvas.ts';
import { diverging, ink, magma } from './colors.ts';
import { type ColorScale, heatImage } from './heat-image.ts';
import { addColorBar, addLegend } from './legend.ts';
import { createPage, defaultWidth, drawMessage } from './page.ts';
import { addPanel, positionOn } from './panel.ts';
import { addTitles, lagLimits } from './psth.ts';
import { barSpace, barWidth, lagTicks, placeRows } from './psth-layout.ts';
import { type PsthData, type PsthPanel, type PsthRow, whyNothing } from './psth-panels.ts';
import type { FigureSize } from './request.ts';
import { fixed } from './svg.ts';

export interface HeatLimits {
  /** Activity that the ends of the scale stand for. */
  readonly activity?: readonly [number, number];
  /** Difference that they stand for, to both sides of 0. */
  readonly difference?: number;
}

const missing = '#bdbdbd';

/**
 * The averages as heat maps, one row per assembly and the first on top, with the tutorial's limits: 0 to 5, and -5 to 5 for
 * the difference. What lies beyond has the colour of the end.
 */
export function drawPsthMap(
  { rows, xLabel }: PsthData,
  canvas: Canvas,
  { width = defaultWidth, height, activity = [0, 5], difference = 5 }: FigureSize & HeatLimits = {},
): string {
  const why = whyNothing({ rows, xLabel });
  if (why) return drawMessage(canvas, 'Averages around events', why, { width });
  const page = createPage(canvas, 'Activation of assemblies around events, as heat maps', width);
  const heightOf = ({ numbers }: PsthRow): number =>
    height === undefined
      ? Math.min(420, Math.max(110, numbers.length * 18))
      : Math.max(60, height / rows.length - 100);
  const hasDifference = rows.some(({ panels }) => panels.some((panel) => panel.isDifference));
  const rightSpace = hasDifference ? 2 * barSpace : barSpace;
  const { placed, height: used } = placeRows(rows, { width, heightOf, rightSpace });
  const scaleOf = ({ isDifference }: PsthPanel): ColorScale =>
    isDifference
      ? { map: diverging, domain: [-difference, difference], missing }
      : { map: magma, domain: activity, missing };
  for (const { panel, row, frame, isFirst, hasOwnRows, isLastRow } of placed) {
    const n = row.numbers.length;
    const x = { domain: cellLimits(panel.lags) } as const;
    page.add(heatImage(page, frame, matrixOf(panel, n), scaleOf(panel)));
    const zero = positionOn(x, frame.x, frame.x + frame.width)(0);
    const group = addPanel(page, frame, {
      name: 'psth-map',
      x: {
        ...x,
        ...lagTicks(x.domain, frame.width),
        ...(isLastRow && isFirst ? { label: xLabel } : {}),
      },
      y: {
        domain: [n + 0.5, 0.5],
        ticks: rowTicks(n),
        format: (place) => String(row.numbers[place - 1] ?? ''),
        hasNumbers: hasOwnRows,
        ...(isFirst ? { label: 'assembly' } : {}),
      },
      marks: [],
    });
    group.setAttribute('data-set', panel.title);
    group.appendChild(
      page.element('path', {
        d: `M${fixed(zero)},${fixed(frame.y)}V${fixed(frame.y + frame.height)}`,
        stroke: panel.isDifference ? ink : '#ffffff',
        'stroke-width': 1,
        'stroke-dasharray': '4 3',
      }),
    );
    addTitles(page, group, frame, panel);
  }
  const right = Math.max(...placed.map(({ frame }) => frame.x + frame.width)) + 14;
  const top = placed[0]?.frame.y ?? 0;
  const bar = {
    x: right,
    y: top,
    width: barWidth,
    height: Math.max(90, placed[0]?.frame.height ?? 0),
  };
  addColorBar(page, bar, { map: magma, domain: activity }, 'assembly activity');
  if (hasDifference) {
    const domain = [-difference, difference] as const;
    const second = { ...bar, x: right + barSpace };
    addColorBar(page, second, { map: diverging, domain }, 'difference of activity');
  }
  let bottom = Math.max(used, top + bar.height + 20);
  if (rows.some(({ panels }) => panels.some(hasGaps))) {
    const items = [{ label: 'no event has a bin', color: missing, shape: 'box' }] as const;
    bottom = addLegend(page, items, { x: 10, y: bottom + 4, width: width - 20 }).bottom;
  }
  return page.finish(bottom + 6, right + (hasDifference ? 2 : 1) * barSpace);
}

function hasGaps({ mean }: PsthPanel): boolean {
  return mean.some((column) => column.some(Number.isNaN));
}

function matrixOf({ mean, lags }: PsthPanel, nRows: number) {
  const nColumns = lags.length;
  const values = new Float64Array(nRows * nColumns).fill(Number.NaN);
  mean.forEach((column, row) => {
    values.set(column, row * nColumns);
  });
  return { nRows, nColumns, values };
}

/** Lags stand in the middle of their cells. */
function cellLimits(lags: Float64Array): [number, number] {
  const [first, last] = lagLimits(lags);
  const half = lags.length > 1 ? (last - first) / (lags.length - 1) / 2 : 0;
  return [first - half, last + half];
}

function rowTicks(n: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((one) => n / one <= 12) ?? 100;
  return Array.from({ length: n }, (_, k) => k + 1).filter((k) => k === 1 || k % step === 0);
}
