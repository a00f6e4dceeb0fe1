import { type Box, fitText, ink, line } from './canvas.ts';
import { firstFrom } from './decode.ts';
import type { PageModel, StateBand } from './page-model.ts';
import type { View } from './state.ts';

type Place = (time: number) => number;

/** The epochs as a band with their names. */
export function drawEpochs(
  pen: CanvasRenderingContext2D,
  box: Box,
  { epochs }: PageModel,
  view: View,
  place: Place,
): void {
  for (const { start, end, name, colour } of epochs) {
    if (end <= view.start || start >= view.end) continue;
    const left = Math.max(box.left, place(start));
    const right = Math.min(box.left + box.width, place(end));
    pen.fillStyle = colour;
    pen.fillRect(left, box.top, right - left, box.height);
    pen.strokeStyle = ink.paper;
    pen.lineWidth = 1;
    line(pen, left, box.top, left, box.top + box.height);
    const text = fitText(pen, name, right - left - 8);
    pen.fillStyle = ink.text;
    pen.textAlign = 'left';
    if (text) pen.fillText(text, left + 4, box.top + box.height / 2 + 0.5);
  }
}

/** Brain states, each in its own row so that colour is not all that tells them apart. */
export function drawStates(
  pen: CanvasRenderingContext2D,
  box: Box,
  { states }: PageModel,
  view: View,
  place: Place,
): void {
  const row = box.height / Math.max(1, states.length);
  states.forEach(({ colour, spans }, index) => {
    const top = box.top + index * row;
    pen.fillStyle = ink.faint;
    pen.fillRect(box.left, top, box.width, row - 1);
    pen.fillStyle = colour;
    for (let i = 0; i < spans.length; i += 2) {
      if (spans[i + 1] <= view.start || spans[i] >= view.end) continue;
      const left = Math.max(box.left, place(spans[i]));
      const right = Math.min(box.left + box.width, place(spans[i + 1]));
      pen.fillRect(left, top, Math.max(0.5, right - left), row - 1);
    }
  });
}

export function statesAt(states: readonly StateBand[], time: number): string[] {
  return states
    .filter(({ spans }) => {
      for (let i = 0; i < spans.length; i += 2) {
        if (time >= spans[i] && time < spans[i + 1]) return true;
      }
      return false;
    })
    .map(({ name }) => name);
}

/** A tick per event; where they are crowded, the more of them the darker. */
export function drawEvents(
  pen: CanvasRenderingContext2D,
  box: Box,
  times: Float64Array,
  view: View,
  place: Place,
): void {
  const first = firstFrom(times, view.start);
  const last = firstFrom(times, view.end);
  const columns = new Map<number, number>();
  let most = 1;
  for (let i = first; i < last; i++) {
    const x = Math.round(place(times[i]));
    const n = (columns.get(x) ?? 0) + 1;
    columns.set(x, n);
    most = Math.max(most, n);
  }
  pen.fillStyle = ink.strong;
  for (const [x, n] of columns) {
    pen.globalAlpha = 0.3 + (0.7 * n) / most;
    pen.fillRect(x, box.top, 1, box.height);
  }
  pen.globalAlpha = 1;
}
