import { statesAt } from './bands.ts';
import { tracedAt } from './envelope.ts';
import { formatLength, formatNumber, formatTime } from './format.ts';
import type { Activation } from './levels.ts';
import type { PageModel } from './page-model.ts';
import { describeMember } from './raster.ts';
import { isWithin, type Selected, type View } from './state.ts';
import type { TimelineLayout } from './timeline-draw.ts';

/** What is looked at, in words. */
export function describeView(
  model: PageModel,
  { projection, assembly }: Selected,
  view: View,
): string {
  const length = view.end - view.start;
  const step = length / 100;
  const title = model.projections[projection].title;
  const which = `Assembly ${assembly + 1}${title ? ` (${title})` : ''}`;
  return `${which}, ${formatTime(view.start, step)} to ${formatTime(view.end, step)}: ${formatLength(length)}`;
}

/** What is at a time, and at a height of the timeline. */
export function describeTime(
  model: PageModel,
  { projection, assembly }: Selected,
  time: number,
  perPixel: number,
  { raster }: TimelineLayout,
  y: number,
): string[] {
  const { activations, members } = model.projections[projection];
  const activation = activations[assembly];
  const strength = describeStrength(activation, time, perPixel);
  const epoch = model.epochs.find((one) => isWithin(one, time));
  const where = [epoch?.name, ...statesAt(model.states, time)].filter(Boolean).join(', ');
  const lines = [formatTime(time, Math.max(perPixel, 1e-3)), `activation ${strength}`];
  if (where) lines.push(where);
  const shown = members[assembly] ?? [];
  if (model.spikes && y >= raster.top && y < raster.top + raster.height) {
    const member = shown[Math.floor(((y - raster.top) / raster.height) * shown.length)];
    if (member) lines.push(describeMember(member, model.spikes, time));
  }
  return lines;
}

function describeStrength(
  activation: Activation | undefined,
  time: number,
  perPixel: number,
): string {
  if (!activation) return '–';
  const traced = perPixel < activation.width ? tracedAt(activation, time) : Number.NaN;
  if (!Number.isNaN(traced)) return formatNumber(traced);
  const wide = Math.max(perPixel, activation.isExact ? 0 : activation.width);
  const { low, high } = activation.extremes(time - wide / 2, time + wide / 2);
  const isOne = formatNumber(low) === formatNumber(high);
  return isOne ? formatNumber(high) : `${formatNumber(low)} to ${formatNumber(high)}`;
}
