import { formatNumber, formatTime } from './format.ts';
import type { OverviewLayout } from './overview.ts';
import type { PageModel } from './page-model.ts';
import type { Selected, Shared, View } from './state.ts';
import type { Tooltip } from './tooltip.ts';

export interface OverviewPicking {
  readonly layout: () => OverviewLayout | undefined;
  readonly model: PageModel;
  readonly selected: Shared<Selected>;
  readonly view: Shared<View>;
  readonly clamp: (view: View) => View;
  readonly mark: (span: View | undefined) => void;
  readonly tooltip: Tooltip;
}

/** On the overview a click chooses the assembly of a row and moves the view there, a drag chooses the view. */
export function pickOnOverview(canvas: HTMLCanvasElement, picking: OverviewPicking): void {
  const { layout, model, selected, view, clamp, mark, tooltip } = picking;
  let began: number | undefined;
  const timeAt = (x: number): number => {
    const { left = 0, width = 1 } = layout()?.rows ?? {};
    const share = Math.min(1, Math.max(0, (x - left) / width));
    return model.span.start + share * (model.span.end - model.span.start);
  };
  const rowAt = (y: number): number => {
    const { rows, rowHeight = 1 } = layout() ?? {};
    const { nAssemblies } = model.projections[selected.get().projection];
    const row = Math.floor((y - (rows?.top ?? 0)) / rowHeight);
    return row >= 0 && row < nAssemblies ? row : -1;
  };
  const spanTo = (x: number): View => {
    const [a, b] = [timeAt(began ?? x), timeAt(x)];
    return { start: Math.min(a, b), end: Math.max(a, b) };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    if (event.pointerType !== 'touch') canvas.setPointerCapture(event.pointerId);
    began = event.offsetX;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (began !== undefined && Math.abs(event.offsetX - began) > 4) mark(spanTo(event.offsetX));
    const row = rowAt(event.offsetY);
    if (row < 0 || event.pointerType === 'touch') return tooltip.hide();
    const activation = model.projections[selected.get().projection].activations[row];
    const perPixel = (model.span.end - model.span.start) / (layout()?.rows.width ?? 1);
    const time = timeAt(event.offsetX);
    const high = activation?.extremes(time, time + perPixel).high ?? Number.NaN;
    const lines = [`assembly ${row + 1}`, formatTime(time), `up to ${formatNumber(high)}`];
    tooltip.show(lines, event.clientX, event.clientY);
  });
  canvas.addEventListener('pointerup', (event) => {
    if (began === undefined) return;
    const isDrag = Math.abs(event.offsetX - began) > 4;
    if (isDrag) view.set(clamp(spanTo(event.offsetX)));
    else {
      const row = rowAt(event.offsetY);
      const { projection, assembly } = selected.get();
      if (row >= 0 && row !== assembly) selected.set({ projection, assembly: row });
      const { start, end } = view.get();
      const middle = timeAt(event.offsetX);
      view.set(clamp({ start: middle - (end - start) / 2, end: middle + (end - start) / 2 }));
    }
    began = undefined;
    mark(undefined);
  });
  canvas.addEventListener('pointercancel', () => {
    began = undefined;
    mark(undefined);
  });
  canvas.addEventListener('pointerleave', () => tooltip.hide());
}
