import { panView, type Shared, type View, zoomView } from './state.ts';

/** What pointer, wheel and keys do to a view; the plot says which time a place on it stands for. */
export interface Steering {
  readonly view: Shared<View>;
  /** Keeps a view within the recording. */
  readonly clamp: (view: View) => View;
  /** Left and right edge of the plot, from the left of the canvas. */
  readonly edges: () => { readonly left: number; readonly right: number };
  /** Shows the span that is being chosen, or none. */
  readonly mark: (span: View | undefined) => void;
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
}

/**
 * Lets a canvas be steered: drag over a span to zoom into it, hold shift to move instead; on a touch screen one finger
 * moves and two zoom. The wheel zooms once the plot has the focus, or with ctrl, so that a page can be scrolled past it.
 */
export function steer(canvas: HTMLCanvasElement, steering: Steering): void {
  const { view, clamp, edges, mark } = steering;
  const timeAt = (x: number, of = view.get()): number => {
    const { left, right } = edges();
    return of.start + ((x - left) / (right - left)) * (of.end - of.start);
  };
  const pointers = new Map<number, number>();
  let began: { x: number; view: View; pans: boolean } | undefined;
  let pinch: { a: number; b: number; view: View } | undefined;

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event.offsetX);
    const [a, b] = [...pointers.values()];
    pinch = b === undefined ? undefined : { a, b, view: view.get() };
    const pans = event.pointerType === 'touch' || event.shiftKey;
    began = pinch ? undefined : { x: event.offsetX, view: view.get(), pans };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event.offsetX);
    const [a, b] = [...pointers.values()];
    if (pinch && b !== undefined) view.set(clamp(pinched(pinch, a, b, timeAt)));
    else if (began?.pans) {
      const shift = timeAt(began.x, began.view) - timeAt(event.offsetX, began.view);
      view.set(clamp({ start: began.view.start + shift, end: began.view.end + shift }));
    } else if (began) mark(spanOf(began.x, event.offsetX, timeAt));
    if (event.pointerType !== 'touch') steering.hover(event.offsetX, event.offsetY);
  });
  const release = (event: PointerEvent): void => {
    const isTaken = event.type === 'pointerup' && began !== undefined && !began.pans;
    if (isTaken && began && Math.abs(event.offsetX - began.x) > 4) {
      view.set(clamp(spanOf(began.x, event.offsetX, timeAt)));
    }
    pointers.delete(event.pointerId);
    began = undefined;
    pinch = undefined;
    mark(undefined);
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', steering.leave);
  canvas.addEventListener(
    'wheel',
    (event) => {
      const mayZoom = document.activeElement === canvas || event.ctrlKey || event.metaKey;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!mayZoom && !isSideways) return;
      event.preventDefault();
      const next = isSideways
        ? panView(view.get(), event.deltaX / 600)
        : zoomView(view.get(), Math.exp(event.deltaY / 400), timeAt(event.offsetX));
      view.set(clamp(next));
    },
    { passive: false },
  );
}

function spanOf(from: number, to: number, timeAt: (x: number) => number): View {
  return { start: timeAt(Math.min(from, to)), end: timeAt(Math.max(from, to)) };
}

/** The view in which the times under two fingers are again under them. */
function pinched(
  pinch: { readonly a: number; readonly b: number; readonly view: View },
  a: number,
  b: number,
  timeAt: (x: number, of?: View) => number,
): View {
  const factor = Math.min(20, Math.abs(pinch.b - pinch.a) / Math.max(1, Math.abs(b - a)));
  const anchor = timeAt((pinch.a + pinch.b) / 2, pinch.view);
  const zoomed = zoomView(pinch.view, factor, anchor);
  const shift = anchor - timeAt((a + b) / 2, zoomed);
  return { start: zoomed.start + shift, end: zoomed.end + shift };
}
