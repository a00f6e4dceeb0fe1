import { drawEpochs } from './bands.ts';
import { type Box, drawBottomScale, ink, prepare } from './canvas.ts';
import { colourOf, whiteToBlue } from './colours.ts';
import { formatTime, timeTicks } from './format.ts';
import type { PageModel, Projection } from './page-model.ts';
import type { View } from './state.ts';

export interface OverviewLayout {
  readonly rows: Box;
  readonly rowHeight: number;
}

/** The whole recording at a glance: a row per assembly, the stronger its activation the darker. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  model: PageModel,
  projection: Projection,
  assembly: number,
  view: View,
  marked: View | undefined,
): OverviewLayout | undefined {
  const { activations } = projection;
  const isNarrow = (canvas.parentElement?.clientWidth ?? 0) < 560;
  const nRows = Math.max(1, activations.length);
  const rowHeight = Math.max(5, Math.min(nRows < 4 ? 30 : 20, Math.floor(300 / nRows)));
  const top = model.epochs.length > 0 ? 24 : 2;
  const surface = prepare(canvas, top + rowHeight * activations.length + 28);
  if (!surface) return undefined;
  const { pen, width } = surface;
  const left = isNarrow ? 50 : 68;
  const rows: Box = {
    left,
    top,
    width: Math.max(10, width - left - 10),
    height: rowHeight * activations.length,
  };
  const { span } = model;
  const place = (time: number): number =>
    rows.left + ((time - span.start) / (span.end - span.start)) * rows.width;
  drawEpochs(pen, { ...rows, top: 1, height: 20 }, model, span, place);
  drawRows(pen, rows, rowHeight, projection, span);
  nameRows(pen, rows, rowHeight, activations.length, assembly);
  if (activations.length > 1) {
    pen.strokeStyle = ink.strong;
    pen.lineWidth = 1.5;
    pen.strokeRect(left - 1, top + assembly * rowHeight - 0.5, rows.width + 2, rowHeight);
  }
  drawWindow(pen, rows, place, view, span, marked);
  const { step, times } = timeTicks(span.start, span.end, rows.width / 110);
  drawBottomScale(pen, rows, times, place, (time) => formatTime(time, step));
  return { rows, rowHeight };
}

function drawRows(
  pen: CanvasRenderingContext2D,
  rows: Box,
  rowHeight: number,
  { activations }: Projection,
  span: View,
): void {
  const perPixel = (span.end - span.start) / rows.width;
  pen.fillStyle = ink.faint;
  pen.fillRect(rows.left, rows.top, rows.width, rows.height);
  activations.forEach((activation, k) => {
    const gap = rowHeight > 7 ? 1 : 0;
    for (let x = 0; x < rows.width; x++) {
      const from = span.start + x * perPixel;
      const { high } = activation.extremes(from, from + perPixel);
      if (Number.isNaN(high)) continue;
      const share = Math.sqrt(Math.max(0, high) / Math.max(1e-9, activation.range.high));
      pen.fillStyle = colourOf(whiteToBlue, share);
      pen.fillRect(rows.left + x, rows.top + k * rowHeight, 1, rowHeight - gap);
    }
  });
}

function nameRows(
  pen: CanvasRenderingContext2D,
  rows: Box,
  rowHeight: number,
  nRows: number,
  chosen: number,
): void {
  const every = Math.ceil(12 / rowHeight);
  pen.textAlign = 'right';
  for (let k = 0; k < nRows; k++) {
    const isNear = Math.abs(k - chosen) < every;
    if (k !== chosen && (k % every !== 0 || isNear)) continue;
    pen.fillStyle = k === chosen ? ink.strong : ink.muted;
    pen.fillText(String(k + 1), rows.left - 6, rows.top + (k + 0.5) * rowHeight);
  }
}

/** What is looked at below, and the span that is being chosen. */
function drawWindow(
  pen: CanvasRenderingContext2D,
  rows: Box,
  place: (time: number) => number,
  view: View,
  span: View,
  marked: View | undefined,
): void {
  const isWhole = view.end - view.start >= (span.end - span.start) * 0.999;
  if (!isWhole) {
    const left = place(view.start);
    const width = Math.max(2, place(view.end) - left);
    pen.fillStyle = 'rgba(255, 255, 255, 0.55)';
    pen.fillRect(rows.left, rows.top, Math.max(0, left - rows.left), rows.height);
    const right = left + width;
    pen.fillRect(right, rows.top, Math.max(0, rows.left + rows.width - right), rows.height);
    pen.strokeStyle = ink.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(left, rows.top - 1, width, rows.height + 2);
  }
  if (!marked) return;
  const left = Math.max(rows.left, place(marked.start));
  const right = Math.min(rows.left + rows.width, place(marked.end));
  pen.fillStyle = ink.band;
  pen.fillRect(left, rows.top, Math.max(0, right - left), rows.height);
}
