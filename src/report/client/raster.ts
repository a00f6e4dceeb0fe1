import type { PageMember } from '../page-data.ts';
import { type Box, ink } from './canvas.ts';
import { firstFrom } from './decode.ts';
import { formatNumber } from './format.ts';
import type { PageModel, Spikes } from './page-model.ts';
import type { View } from './state.ts';

/** Fewer pixels than this across a carried span, and single spikes could not be told apart. */
const leastPixels = 24;

/**
 * Draws a row per member: each spike as a tick where the page carries them, on a tinted ground, and elsewhere how many
 * there are, the more the darker.
 */
export function drawRaster(
  pen: CanvasRenderingContext2D,
  box: Box,
  members: readonly PageMember[],
  spikes: Spikes,
  view: View,
): void {
  if (members.length === 0) return;
  const row = box.height / members.length;
  const perSecond = box.width / (view.end - view.start);
  const place = (time: number): number => box.left + (time - view.start) * perSecond;
  const isNear = perSecond * 2 * spikes.halfWidth >= leastPixels;
  const every = Math.ceil(11 / row);
  members.forEach(({ unit }, index) => {
    const top = box.top + index * row;
    const height = Math.max(1, row - 1);
    pen.fillStyle = ink.muted;
    pen.textAlign = 'right';
    if (index % every === 0) {
      const name = `unit ${unit}`;
      const isWide = pen.measureText(name).width > box.left - 8;
      pen.fillText(isWide ? String(unit) : name, box.left - 6, top + row / 2);
    }
    drawDensity(pen, { ...box, top, height }, spikes, spikes.placeOf(unit), view, place);
  });
  if (!isNear) return;
  const { spans } = spikes;
  for (let i = 0; i < spans.length; i += 2) {
    if (spans[i + 1] <= view.start || spans[i] >= view.end) continue;
    const left = Math.max(box.left, place(spans[i]));
    const right = Math.min(box.left + box.width, place(spans[i + 1]));
    pen.fillStyle = ink.paper;
    pen.fillRect(left, box.top, right - left, box.height);
    pen.fillStyle = 'rgba(31, 92, 153, 0.07)';
    pen.fillRect(left, box.top, right - left, box.height);
  }
  const rows = new Map(members.map(({ unit }, index) => [spikes.placeOf(unit), index]));
  const wide = perSecond > 2000 ? 2 : 1.2;
  pen.fillStyle = ink.text;
  const last = firstFrom(spikes.times, view.end);
  for (let i = firstFrom(spikes.times, view.start); i < last; i++) {
    const index = rows.get(spikes.unitOf[i]);
    if (index === undefined) continue;
    pen.fillRect(place(spikes.times[i]) - wide / 2, box.top + index * row + 0.5, wide, row - 2);
  }
}

function drawDensity(
  pen: CanvasRenderingContext2D,
  box: Box,
  { density }: Spikes,
  unit: number,
  view: View,
  place: (time: number) => number,
): void {
  const { origin, width, nBuckets, count, most } = density;
  pen.fillStyle = ink.faint;
  pen.fillRect(box.left, box.top, box.width, box.height);
  if (unit < 0 || !(most[unit] > 0)) return;
  const first = Math.max(0, Math.floor((view.start - origin) / width));
  const last = Math.min(nBuckets, Math.ceil((view.end - origin) / width));
  const bucketsPerPixel = Math.max(1, (last - first) / box.width);
  pen.fillStyle = ink.accent;
  for (let from = first; from < last; from += bucketsPerPixel) {
    let sum = 0;
    const [a, b] = [
      Math.floor(from),
      Math.max(Math.floor(from) + 1, Math.floor(from + bucketsPerPixel)),
    ];
    for (let bucket = a; bucket < Math.min(b, last); bucket++) sum += count(unit, bucket);
    const share = sum / (b - a) / most[unit];
    if (share <= 0) continue;
    const left = Math.max(box.left, place(origin + a * width));
    const right = Math.min(box.left + box.width, place(origin + b * width));
    pen.globalAlpha = Math.sqrt(share);
    pen.fillRect(left, box.top, right - left, box.height);
  }
  pen.globalAlpha = 1;
}

/** What a place in the raster says. */
export function describeMember(
  { unit, region, weight }: PageMember,
  spikes: Spikes,
  time: number,
): string {
  const { origin, width, nBuckets, count } = spikes.density;
  const bucket = Math.floor((time - origin) / width);
  const place = spikes.placeOf(unit);
  const rate = place >= 0 && bucket >= 0 && bucket < nBuckets ? count(place, bucket) / width : 0;
  const where = region ? `, ${region}` : '';
  return `unit ${unit}${where}, weight ${formatNumber(weight)}, ${formatNumber(rate)} spikes/s`;
}

/** Height that gives each member a row that can be read, within reason. */
export function rasterHeight(nMembers: number, model: PageModel): number {
  if (!model.spikes || nMembers === 0) return 0;
  return Math.min(320, Math.max(nMembers * 13, 26));
}
