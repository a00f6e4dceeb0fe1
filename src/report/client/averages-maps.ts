import type { PageColours } from '../page-data.ts';
import { type Box, drawBottomScale, fitText, ink, line, prepare } from './canvas.ts';
import { type ColourMap, colourOf } from './colours.ts';
import { formatNumber, roundTicks } from './format.ts';
import type { PageModel } from './page-model.ts';

/** One heat map: averages of one set of events, or the difference of two. */
export interface MapPanel {
  readonly title: string;
  readonly lags: Float64Array;
  readonly values: Float64Array;
  readonly isDifference: boolean;
}

export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** Where the cells of each panel are. */
export interface MapLayout {
  readonly panels: readonly Box[];
  readonly rowHeight: number;
}

/** The panels of the averages over one projection: each set, and after minus before where both are there. */
export function mapPanels({ psths, differences }: PageModel, projection: number): MapPanel[] {
  const panels = psths
    .filter((set) => set.projection === projection)
    .map(({ name, lags, mean: values, nUsed }): MapPanel => {
      return { title: `${name}, n = ${nUsed}`, lags, values, isDifference: false };
    });
  for (const { before, after } of differences) {
    const [pre, post] = [psths[before], psths[after]];
    if (post.projection !== projection || pre.mean.length !== post.mean.length) continue;
    const values = post.mean.map((value, i) => value - pre.mean[i]);
    panels.push({
      title: `${post.name} − ${pre.name}`,
      lags: post.lags,
      values,
      isDifference: true,
    });
  }
  return panels;
}

/** Draws the panels side by side, or below one another where there is no room; the chosen assembly is framed. */
export function drawMaps(
  canvas: HTMLCanvasElement,
  panels: readonly MapPanel[],
  nAssemblies: number,
  chosen: number,
  limits: Limits,
  differenceLimits: Limits,
  colours: PageColours,
): MapLayout | undefined {
  const available = canvas.parentElement?.clientWidth ?? 0;
  const left = 34;
  const gap = 26;
  const perRow = Math.max(1, Math.min(panels.length, Math.floor(available / 250)));
  const panelWidth = Math.min(420, (available - left - 14) / perRow - gap);
  const highest = nAssemblies < 5 ? 34 : 18;
  const rowHeight = Math.max(4, Math.min(highest, Math.floor(360 / Math.max(1, nAssemblies))));
  const mapHeight = Math.max(24, rowHeight * nAssemblies);
  const blockHeight = 26 + mapHeight + 84;
  const surface = prepare(canvas, blockHeight * Math.ceil(panels.length / perRow));
  if (!surface) return undefined;
  const { pen } = surface;
  const boxes = panels.map((panel, index): Box => {
    const box = {
      left: left + (index % perRow) * (panelWidth + gap),
      top: 26 + Math.floor(index / perRow) * blockHeight,
      width: panelWidth,
      height: mapHeight,
    };
    const shown = panel.isDifference ? differenceLimits : limits;
    const map = panel.isDifference ? colours.differences : colours.averages;
    drawPanel(pen, box, panel, nAssemblies, rowHeight, shown, map);
    nameAssemblies(pen, box, nAssemblies, rowHeight, chosen);
    if (nAssemblies > 1) {
      pen.strokeStyle = ink.strong;
      pen.lineWidth = 2;
      pen.strokeRect(box.left - 1, box.top + chosen * rowHeight, box.width + 2, rowHeight);
    }
    return box;
  });
  return { panels: boxes, rowHeight };
}

function drawPanel(
  pen: CanvasRenderingContext2D,
  box: Box,
  { title, lags, values }: MapPanel,
  nAssemblies: number,
  rowHeight: number,
  { low, high }: Limits,
  map: ColourMap,
): void {
  const nLags = lags.length;
  const cell = box.width / Math.max(1, nLags);
  pen.fillStyle = '#c8ccd1';
  pen.fillRect(box.left, box.top, box.width, rowHeight * nAssemblies);
  for (let k = 0; k < nAssemblies; k++) {
    for (let i = 0; i < nLags; i++) {
      const value = values[k * nLags + i];
      if (Number.isNaN(value)) continue;
      pen.fillStyle = colourOf(map, (value - low) / (high - low));
      pen.fillRect(box.left + i * cell, box.top + k * rowHeight, cell + 0.5, rowHeight);
    }
  }
  pen.fillStyle = ink.text;
  pen.textAlign = 'left';
  pen.fillText(fitText(pen, title, box.width), box.left, box.top - 12);
  const first = lags[0] ?? 0;
  const last = lags[nLags - 1] ?? 0;
  const place = (lag: number): number =>
    box.left + cell / 2 + ((lag - first) / Math.max(1e-12, last - first)) * (box.width - cell);
  const map0 = { ...box, height: rowHeight * nAssemblies };
  if (first <= 0 && last >= 0) {
    pen.strokeStyle = 'rgba(255, 255, 255, 0.75)';
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    line(pen, place(0), box.top, place(0), box.top + map0.height);
    pen.setLineDash([]);
  }
  drawBottomScale(pen, map0, roundTicks(first, last, box.width / 70), place, formatNumber);
  drawColourBar(pen, { ...map0, top: map0.top + map0.height + 34 }, { low, high }, map);
}

function drawColourBar(
  pen: CanvasRenderingContext2D,
  box: Box,
  { low, high }: Limits,
  map: ColourMap,
): void {
  const bar = { left: box.left, top: box.top, width: Math.min(180, box.width), height: 10 };
  for (let x = 0; x < bar.width; x++) {
    pen.fillStyle = colourOf(map, x / (bar.width - 1));
    pen.fillRect(bar.left + x, bar.top, 1, bar.height);
  }
  const place = (value: number): number => bar.left + ((value - low) / (high - low)) * bar.width;
  drawBottomScale(pen, bar, roundTicks(low, high, 3), place, formatNumber);
}

function nameAssemblies(
  pen: CanvasRenderingContext2D,
  box: Box,
  nAssemblies: number,
  rowHeight: number,
  chosen: number,
): void {
  const every = Math.ceil(12 / rowHeight);
  pen.textAlign = 'right';
  for (let k = 0; k < nAssemblies; k++) {
    if (k !== chosen && (k % every !== 0 || Math.abs(k - chosen) < every)) continue;
    pen.fillStyle = k === chosen ? ink.strong : ink.muted;
    pen.fillText(String(k + 1), box.left - 6, box.top + (k + 0.5) * rowHeight);
  }
}
