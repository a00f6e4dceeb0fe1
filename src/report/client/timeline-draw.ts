import { drawEpochs, drawEvents, drawStates } from './bands.ts';
import { type Box, drawBottomScale, drawLeftScale, fitText, ink, line, prepare } from './canvas.ts';
import { firstFrom } from './decode.ts';
import { drawActivation, extremesIn } from './envelope.ts';
import { formatNumber, formatTime, roundTicks, timeTicks } from './format.ts';
import type { EventSet, PageModel, Projection } from './page-model.ts';
import { drawRaster, rasterHeight } from './raster.ts';
import type { Selected, View } from './state.ts';

export interface TimelineOptions {
  readonly showEpochs: boolean;
  readonly showStates: boolean;
  readonly showEvents: boolean;
  readonly showSpikes: boolean;
  readonly isFixedScale: boolean;
}

/** Where the parts of the timeline are, in CSS pixels. */
export interface TimelineLayout {
  readonly epochs: Box;
  readonly states: Box;
  readonly events: Box;
  readonly activation: Box;
  readonly raster: Box;
  readonly height: number;
}

export function layOutTimeline(
  model: PageModel,
  nMembers: number,
  width: number,
  options: TimelineOptions,
): TimelineLayout {
  const isNarrow = width < 560;
  const left = isNarrow ? 50 : 68;
  let top = 2;
  const take = (height: number, gap: number): Box => {
    const box = { left, top, width: Math.max(10, width - left - 10), height };
    if (height > 0) top += height + gap;
    return box;
  };
  const epochs = take(options.showEpochs && model.epochs.length > 0 ? 20 : 0, 3);
  const states = take(options.showStates ? model.states.length * 9 : 0, 3);
  const events = take(options.showEvents && model.events.length > 0 ? 12 : 0, 4);
  top += 6;
  const activation = take(isNarrow ? 150 : 210, 10);
  const raster = take(options.showSpikes ? rasterHeight(nMembers, model) : 0, 2);
  return { epochs, states, events, activation, raster, height: top + 24 };
}

/** Draws everything about one assembly within a view. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  model: PageModel,
  projection: Projection,
  { assembly }: Selected,
  view: View,
  events: EventSet | undefined,
  options: TimelineOptions,
): TimelineLayout | undefined {
  const members = projection.members[assembly] ?? [];
  const width = canvas.parentElement?.clientWidth ?? 0;
  const layout = layOutTimeline(model, members.length, width, options);
  const surface = prepare(canvas, layout.height);
  if (!surface) return undefined;
  const { pen } = surface;
  const box = layout.activation;
  const place = (time: number): number =>
    box.left + ((time - view.start) / (view.end - view.start)) * box.width;

  if (layout.epochs.height > 0) drawEpochs(pen, layout.epochs, model, view, place);
  if (layout.states.height > 0) drawStates(pen, layout.states, model, view, place);
  if (layout.events.height > 0 && events) {
    pen.fillStyle = ink.faint;
    pen.fillRect(box.left, layout.events.top, box.width, layout.events.height);
    drawEvents(pen, layout.events, events.times, view, place);
  }
  nameBands(pen, layout, model);
  drawStrengths(pen, box, projection, assembly, view, options);
  if (options.showEvents && events) drawEventLines(pen, box, layout, events, view, place);
  if (layout.raster.height > 0 && model.spikes) {
    drawRaster(pen, layout.raster, members, model.spikes, view);
  }
  const wanted = Math.max(2, box.width / 110);
  const { step, times } = timeTicks(view.start, view.end, wanted);
  const lowest = { ...box, height: layout.height - 26 - box.top };
  drawBottomScale(pen, lowest, times, place, (time) => formatTime(time, step));
  return layout;
}

function nameBands(
  pen: CanvasRenderingContext2D,
  { states, events }: TimelineLayout,
  model: PageModel,
): void {
  pen.fillStyle = ink.muted;
  pen.textAlign = 'right';
  const font = pen.font;
  pen.font = font.replace('12px', '9px');
  model.states.forEach(({ name }, index) => {
    if (states.height === 0) return;
    const text = fitText(pen, name, states.left - 7);
    pen.fillText(text, states.left - 6, states.top + index * 9 + 4.5);
  });
  if (events.height > 0) pen.fillText('events', events.left - 6, events.top + 6);
  pen.font = font;
}

function drawStrengths(
  pen: CanvasRenderingContext2D,
  box: Box,
  projection: Projection,
  assembly: number,
  view: View,
  { isFixedScale }: TimelineOptions,
): void {
  const activation = projection.activations[assembly];
  const seen = activation
    ? isFixedScale
      ? activation.range
      : extremesIn(activation, view)
    : { low: Number.NaN, high: Number.NaN };
  const low = Math.min(0, Number.isNaN(seen.low) ? 0 : seen.low);
  const high = Math.max(low + 1e-6, Number.isNaN(seen.high) ? 1 : seen.high);
  const pad = (high - low) * 0.04;
  const level = (value: number): number =>
    box.top + box.height * (1 - (value - low + pad) / (high - low + 2 * pad));
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top - 2, box.width, box.height + 4);
  pen.clip();
  pen.fillStyle = ink.accent;
  if (activation) drawActivation(pen, box, activation, view, level);
  pen.restore();
  // Behind what was drawn, some of which clears its ground first.
  pen.globalCompositeOperation = 'destination-over';
  pen.strokeStyle = ink.line;
  line(pen, box.left, level(0), box.left + box.width, level(0));
  drawLeftScale(pen, box, roundTicks(low, high, box.height / 45), level, formatNumber);
  pen.globalCompositeOperation = 'source-over';
  pen.fillStyle = ink.muted;
  pen.textAlign = 'left';
  if (!activation || Number.isNaN(seen.high)) {
    pen.fillText('no activation here', box.left + 8, box.top + box.height / 2);
  }
}

function drawEventLines(
  pen: CanvasRenderingContext2D,
  box: Box,
  { raster }: TimelineLayout,
  { times }: EventSet,
  view: View,
  place: (time: number) => number,
): void {
  const first = firstFrom(times, view.start);
  const last = firstFrom(times, view.end);
  if (last - first > box.width / 12) return;
  pen.strokeStyle = ink.strong;
  pen.setLineDash([3, 3]);
  pen.globalAlpha = 0.8;
  const bottom = raster.height > 0 ? raster.top + raster.height : box.top + box.height;
  for (let i = first; i < last; i++) {
    const x = Math.round(place(times[i])) + 0.5;
    line(pen, x, box.top, x, bottom);
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}
