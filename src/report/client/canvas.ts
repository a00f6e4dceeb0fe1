/** Colours of everything that is drawn here and not data. */
export const ink = {
  text: '#1b2733',
  muted: '#52606d',
  line: '#d3dae1',
  faint: '#eef1f4',
  accent: '#1f5c99',
  band: 'rgba(31, 92, 153, 0.16)',
  strong: '#b3470f',
  paper: '#ffffff',
};

export const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly pen: CanvasRenderingContext2D;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Makes a canvas as sharp as the screen and clears it; undefined while it is not on the screen. */
export function prepare(canvas: HTMLCanvasElement, height: number): Surface | undefined {
  const width = canvas.parentElement?.clientWidth ?? 0;
  const pen = canvas.getContext('2d');
  if (!pen || width < 20) return undefined;
  const scale = Math.max(1, globalThis.devicePixelRatio || 1);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = font;
  pen.textBaseline = 'middle';
  return { canvas, pen, width, height };
}

/** A text cut to fit, with an ellipsis; nothing where not even that fits. */
export function fitText(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const cut = `${text.slice(0, length)}…`;
    if (pen.measureText(cut).width <= width) return cut;
  }
  return '';
}

export function line(
  pen: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

/** Draws a scale at the left of a box: a tick, a faint line and a label for each value. */
export function drawLeftScale(
  pen: CanvasRenderingContext2D,
  box: Box,
  ticks: readonly number[],
  place: (value: number) => number,
  label: (value: number) => string,
): void {
  pen.textAlign = 'right';
  pen.lineWidth = 1;
  for (const tick of ticks) {
    const y = Math.round(place(tick)) + 0.5;
    pen.strokeStyle = ink.faint;
    line(pen, box.left, y, box.left + box.width, y);
    pen.fillStyle = ink.muted;
    pen.fillText(label(tick), box.left - 6, y);
  }
}

export function drawBottomScale(
  pen: CanvasRenderingContext2D,
  box: Box,
  ticks: readonly number[],
  place: (value: number) => number,
  label: (value: number) => string,
): void {
  const bottom = box.top + box.height;
  pen.strokeStyle = ink.muted;
  pen.lineWidth = 1;
  line(pen, box.left, bottom + 0.5, box.left + box.width, bottom + 0.5);
  pen.fillStyle = ink.muted;
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const x = place(tick);
    const text = label(tick);
    const half = pen.measureText(text).width / 2;
    line(pen, Math.round(x) + 0.5, bottom, Math.round(x) + 0.5, bottom + 5);
    const centre = Math.min(box.left + box.width - half, Math.max(half, x));
    if (centre - half < free) continue;
    pen.textAlign = 'center';
    pen.fillText(text, centre, bottom + 14);
    free = centre + half + 8;
  }
}

/** Calls `draw` once per frame at most, however often it is asked to. */
export function oncePerFrame(draw: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      draw();
    });
  };
}

/** Calls `draw` now, and when the width that the canvas may have changes. */
export function followWidth(canvas: HTMLCanvasElement, draw: () => void): void {
  const parent = canvas.parentElement;
  if (!parent) return;
  let last = -1;
  new ResizeObserver(() => {
    if (parent.clientWidth === last) return;
    last = parent.clientWidth;
    draw();
  }).observe(parent);
}
