import { type Box, drawBottomScale, drawLeftScale, fitText, ink, line, prepare } from './canvas.ts';
import { formatNumber, roundTicks } from './format.ts';
import type { Averages } from './page-model.ts';

/** Colours of event sets, told apart by the colour-blind too; the sets are named beside their lines. */
export const setColours = ['#0072b2', '#d55e00', '#009e73', '#a3508f', '#7a5c00', '#2b4a5e'];

export interface LinesLayout {
  readonly box: Box;
  readonly lagAt: (x: number) => number;
}

/** Draws the mean of one assembly around each set of events, within a band of one standard error to either side. */
export function drawLines(
  canvas: HTMLCanvasElement,
  sets: readonly Averages[],
  assembly: number,
  hovered: number | undefined,
): LinesLayout | undefined {
  const surface = prepare(canvas, 330);
  if (!surface) return undefined;
  const { pen, width } = surface;
  const left = width < 560 ? 50 : 68;
  const top = drawLegend(pen, left, width - left - 14, sets) + 8;
  const box: Box = { left, top, width: width - left - 14, height: 330 - top - 50 };
  const range = rangeOf(sets, assembly);
  const pad = (range.high - range.low) * 0.05;
  const level = (value: number): number =>
    box.top + box.height * (1 - (value - range.low + pad) / (range.high - range.low + 2 * pad));
  const place = (lag: number): number =>
    box.left + ((lag - range.first) / Math.max(1e-12, range.last - range.first)) * box.width;
  drawLeftScale(pen, box, roundTicks(range.low, range.high, 5), level, formatNumber);
  pen.strokeStyle = ink.line;
  line(pen, box.left, level(0), box.left + box.width, level(0));
  if (range.first <= 0 && range.last >= 0) {
    pen.strokeStyle = ink.muted;
    pen.setLineDash([3, 3]);
    line(pen, place(0), box.top, place(0), box.top + box.height);
    pen.setLineDash([]);
  }
  sets.forEach((set, index) => {
    drawSet(pen, set, assembly, setColours[index % setColours.length], place, level);
  });
  if (hovered !== undefined) {
    pen.strokeStyle = ink.muted;
    pen.lineWidth = 1;
    line(pen, place(hovered), box.top, place(hovered), box.top + box.height);
  }
  const ticks = roundTicks(range.first, range.last, box.width / 80);
  drawBottomScale(pen, box, ticks, place, formatNumber);
  pen.fillStyle = ink.muted;
  pen.textAlign = 'center';
  pen.fillText(sets[0]?.lagLabel ?? '', box.left + box.width / 2, box.top + box.height + 34);
  const lagAt = (x: number): number =>
    range.first + ((x - box.left) / box.width) * (range.last - range.first);
  return { box, lagAt };
}

function rangeOf(sets: readonly Averages[], assembly: number) {
  let [low, high, first, last] = [0, 1e-6, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { lags, mean, sem } of sets) {
    lags.forEach((lag, i) => {
      const value = mean[assembly * lags.length + i];
      const error = sem[assembly * lags.length + i];
      const reach = Number.isNaN(error) ? 0 : error;
      if (value - reach < low) low = value - reach;
      if (value + reach > high) high = value + reach;
      first = Math.min(first, lag);
      last = Math.max(last, lag);
    });
  }
  return first <= last ? { low, high, first, last } : { low, high, first: -0.5, last: 0.5 };
}

function drawSet(
  pen: CanvasRenderingContext2D,
  { lags, mean, sem }: Averages,
  assembly: number,
  colour: string,
  place: (lag: number) => number,
  level: (value: number) => number,
): void {
  const at = assembly * lags.length;
  pen.fillStyle = colour;
  pen.globalAlpha = 0.2;
  for (const [from, to] of runsOf(sem.subarray(at, at + lags.length))) {
    pen.beginPath();
    for (let i = from; i < to; i++) pen.lineTo(place(lags[i]), level(mean[at + i] + sem[at + i]));
    for (let i = to - 1; i >= from; i--) {
      pen.lineTo(place(lags[i]), level(mean[at + i] - sem[at + i]));
    }
    pen.fill();
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  for (const [from, to] of runsOf(mean.subarray(at, at + lags.length))) {
    pen.beginPath();
    for (let i = from; i < to; i++) pen.lineTo(place(lags[i]), level(mean[at + i]));
    pen.stroke();
  }
  pen.lineWidth = 1;
}

/** Stretches of values that exist. */
function runsOf(values: Float64Array): [number, number][] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= values.length; i++) {
    const exists = i < values.length && !Number.isNaN(values[i]);
    if (exists && from < 0) from = i;
    if (!exists && from >= 0) {
      runs.push([from, i]);
      from = -1;
    }
  }
  return runs;
}

/** Names the sets above the plot, in as many lines as they need. @returns the height of those */
function drawLegend(
  pen: CanvasRenderingContext2D,
  left: number,
  width: number,
  sets: readonly Averages[],
): number {
  let [x, y] = [left, 12];
  pen.textAlign = 'left';
  sets.forEach(({ name, nUsed }, index) => {
    const text = `${name} (n = ${nUsed})`;
    const needed = pen.measureText(text).width + 24;
    if (x > left && x + needed > left + width) {
      x = left;
      y += 20;
    }
    pen.fillStyle = setColours[index % setColours.length];
    pen.fillRect(x, y - 1, 18, 3);
    pen.fillStyle = ink.text;
    pen.fillText(fitText(pen, text, width - 24), x + 24, y + 1);
    x += needed + 20;
  });
  return y + 14;
}
