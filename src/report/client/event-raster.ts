import { type Box, drawBottomScale, drawLeftScale, ink, line, prepare } from './canvas.ts';
import { firstFrom } from './decode.ts';
import { formatNumber, roundTicks } from './format.ts';
import type { Projection, Spikes } from './page-model.ts';

/** How many events the page has the spikes of, and how many of those have a row. */
export interface RasterContent {
  readonly nCarried: number;
  readonly nRows: number;
}

const binsPerSide = 25;
const mostRows = 300;

/**
 * Draws the spikes of an assembly's members around events: above the mean rate of a member around all events whose spikes the
 * page carries, below it a row per event, or per every so many where there is no room for all, in the order of `times`.
 */
export function drawEventRaster(
  canvas: HTMLCanvasElement,
  spikes: Spikes,
  projection: Projection,
  assembly: number,
  times: ArrayLike<number>,
): RasterContent {
  const { halfWidth } = spikes;
  const members = new Set(
    (projection.members[assembly] ?? []).map(({ unit }) => spikes.placeOf(unit)),
  );
  const carried = Array.from(times).filter((time) =>
    spikes.isCarried({ start: time - halfWidth, end: time + halfWidth }),
  );
  const all = carried.map((time) => spikesAround(spikes, members, time));
  const every = Math.ceil(all.length / mostRows);
  const rows = all.filter((_, index) => index % every === 0);
  const rowHeight = Math.max(1.7, Math.min(8, 300 / Math.max(1, rows.length)));
  const height = Math.max(40, rows.length * rowHeight);
  const surface = prepare(canvas, 84 + height + 40);
  const content = { nCarried: carried.length, nRows: rows.length };
  if (!surface) return content;
  const { pen, width } = surface;
  const left = width < 560 ? 50 : 68;
  const rates: Box = { left, top: 10, width: width - left - 14, height: 64 };
  const raster: Box = { ...rates, top: 84, height };
  const place = (lag: number): number =>
    left + ((lag + halfWidth) / (2 * halfWidth)) * raster.width;
  drawRates(pen, rates, all, members.size, halfWidth);
  pen.fillStyle = ink.text;
  rows.forEach((lags, index) => {
    for (const lag of lags) {
      pen.fillRect(
        place(lag) - 0.6,
        raster.top + index * rowHeight,
        1.2,
        Math.max(1, rowHeight - 0.5),
      );
    }
  });
  pen.strokeStyle = ink.strong;
  pen.setLineDash([3, 3]);
  line(pen, place(0), rates.top, place(0), raster.top + height);
  pen.setLineDash([]);
  const ticks = roundTicks(-halfWidth, halfWidth, raster.width / 90);
  drawBottomScale(pen, raster, ticks, place, formatNumber);
  pen.fillStyle = ink.muted;
  pen.textAlign = 'center';
  pen.fillText('time from the event (s)', left + raster.width / 2, raster.top + height + 31);
  pen.textAlign = 'right';
  pen.fillText(rows.length === 0 ? '' : '1', left - 6, raster.top + 5);
  if (rows.length > 1) pen.fillText(String(rows.length), left - 6, raster.top + height - 5);
  return content;
}

function spikesAround(spikes: Spikes, members: ReadonlySet<number>, time: number): number[] {
  const lags: number[] = [];
  const last = firstFrom(spikes.times, time + spikes.halfWidth);
  for (let i = firstFrom(spikes.times, time - spikes.halfWidth); i < last; i++) {
    if (members.has(spikes.unitOf[i])) lags.push(spikes.times[i] - time);
  }
  return lags;
}

function drawRates(
  pen: CanvasRenderingContext2D,
  box: Box,
  rows: readonly (readonly number[])[],
  nMembers: number,
  halfWidth: number,
): void {
  const nBins = 2 * binsPerSide;
  const counts = new Float64Array(nBins);
  for (const lag of rows.flat()) {
    const bin = Math.floor(((lag + halfWidth) / (2 * halfWidth)) * nBins);
    if (bin >= 0 && bin < nBins) counts[bin]++;
  }
  const unitSeconds = rows.length * nMembers * ((2 * halfWidth) / nBins);
  const rates = counts.map((count) => (unitSeconds > 0 ? count / unitSeconds : 0));
  const most = Math.max(1e-9, ...rates);
  const level = (rate: number): number => box.top + box.height * (1 - rate / most);
  const ticks = roundTicks(0, most, 2);
  drawLeftScale(pen, box, most > 1e-6 ? ticks : [0], level, formatNumber);
  pen.fillStyle = ink.accent;
  const wide = box.width / nBins;
  rates.forEach((rate, bin) => {
    pen.fillRect(
      box.left + bin * wide,
      level(rate),
      Math.max(0.5, wide - 1),
      box.top + box.height - level(rate),
    );
  });
  pen.fillStyle = ink.muted;
  pen.textAlign = 'left';
  pen.fillText('spikes/s of a member', box.left + 6, box.top + 2);
}
