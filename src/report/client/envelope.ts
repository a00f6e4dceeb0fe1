import type { Box } from './canvas.ts';
import type { Activation, Extremes, Trace } from './levels.ts';
import type { View } from './state.ts';

/** Lowest and highest activation within a view; NaN where there is none. */
export function extremesIn(activation: Activation, view: View): Extremes {
  const whole = activation.traces.find(
    ({ start, end, width }) => start <= view.start + width && end >= view.end - width,
  );
  if (!whole) return activation.extremes(view.start, view.end);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  whole.values.forEach((value, bin) => {
    const start = whole.start + bin * whole.width;
    if (Number.isNaN(value) || start >= view.end || start + whole.width <= view.start) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN };
}

/** The value of the bin at a time, where every bin is known; else NaN. */
export function tracedAt({ traces }: Activation, time: number): number {
  const trace = traces.find(({ start, end }) => time >= start && time < end);
  return trace ? trace.values[Math.floor((time - trace.start) / trace.width)] : Number.NaN;
}

/**
 * Draws activation over a view. From far, each pixel column reaches from its lowest to its highest value, so that no peak
 * is lost; from near, each bin is a step. Where only buckets of many bins are known, a pale block reaches as far as they do.
 */
export function drawActivation(
  pen: CanvasRenderingContext2D,
  box: Box,
  activation: Activation,
  view: View,
  level: (value: number) => number,
): void {
  const perPixel = (view.end - view.start) / box.width;
  if (perPixel * 2 >= activation.width) {
    drawColumns(pen, box, activation, view, level, perPixel);
    return;
  }
  const place = (time: number): number =>
    Math.min(box.left + box.width, Math.max(box.left, box.left + (time - view.start) / perPixel));
  const { origin, width, nBuckets, isExact } = activation;
  const first = Math.max(0, Math.floor((view.start - origin) / width));
  const last = Math.min(nBuckets, Math.ceil((view.end - origin) / width));
  const buckets = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (isExact) {
    const values = Float64Array.from(buckets, (bucket) => activation.bucket(bucket).high);
    drawSteps(pen, { start: origin + first * width, width, values }, place, level);
    return;
  }
  for (const bucket of buckets) {
    const { low, high } = activation.bucket(bucket);
    if (Number.isNaN(high)) continue;
    const left = place(origin + bucket * width);
    const right = place(origin + (bucket + 1) * width);
    pen.globalAlpha = 0.35;
    pen.fillRect(left, level(high), right - left, Math.max(1, level(low) - level(high)));
    pen.globalAlpha = 1;
  }
  const shown = activation.traces.filter(({ start, end }) => start < view.end && end > view.start);
  for (const { start, end } of shown) {
    pen.clearRect(place(start), box.top - 2, place(end) - place(start), box.height + 4);
  }
  for (const trace of shown) drawSteps(pen, trace, place, level);
}

function drawColumns(
  pen: CanvasRenderingContext2D,
  box: Box,
  activation: Activation,
  view: View,
  level: (value: number) => number,
  perPixel: number,
): void {
  let previous: Extremes | undefined;
  for (let x = 0; x < box.width; x++) {
    const from = view.start + x * perPixel;
    const { low, high } = activation.extremes(from, from + perPixel);
    if (Number.isNaN(high)) {
      previous = undefined;
      continue;
    }
    // A column joins the one before it, so that a steep flank leaves no gap.
    const bottom = level(previous ? Math.min(low, previous.high) : low);
    const top = level(previous ? Math.max(high, previous.low) : high);
    pen.fillRect(box.left + x, top - 0.6, 1, bottom - top + 1.2);
    previous = { low, high };
  }
}

/** A line that keeps to each value as long as its bin lasts. */
function drawSteps(
  pen: CanvasRenderingContext2D,
  { start, width, values }: Pick<Trace, 'start' | 'width' | 'values'>,
  place: (time: number) => number,
  level: (value: number) => number,
): void {
  pen.lineWidth = 1.5;
  pen.strokeStyle = pen.fillStyle;
  pen.beginPath();
  let isOpen = false;
  values.forEach((value, bin) => {
    if (Number.isNaN(value)) {
      isOpen = false;
      return;
    }
    const left = place(start + bin * width);
    if (isOpen) pen.lineTo(left, level(value));
    else pen.moveTo(left, level(value));
    pen.lineTo(place(start + (bin + 1) * width), level(value));
    isOpen = true;
  });
  pen.stroke();
}
