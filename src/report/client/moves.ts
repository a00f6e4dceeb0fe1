import { onClick } from './elements.ts';
import type { PageModel } from './page-model.ts';
import { panView, type Selected, type Shared, type View, zoomView } from './state.ts';
import type { Targets } from './targets.ts';

/** What keys and buttons do to the plots over time. */
export interface Moves {
  readonly zoom: (factor: number) => void;
  readonly pan: (part: number) => void;
  readonly whole: () => void;
  readonly chooseNext: (step: number) => void;
  readonly next: (step: number) => void;
}

export function createMoves(
  model: PageModel,
  selected: Shared<Selected>,
  view: Shared<View>,
  clamp: (view: View) => View,
  targets: Targets,
): Moves {
  return {
    zoom: (factor) => {
      const { start, end } = view.get();
      view.set(clamp(zoomView({ start, end }, factor, (start + end) / 2)));
    },
    pan: (part) => view.set(clamp(panView(view.get(), part))),
    whole: () => view.set(clamp(model.span)),
    chooseNext: (step) => {
      const { projection, assembly } = selected.get();
      const { nAssemblies } = model.projections[projection];
      const next = Math.min(nAssemblies - 1, Math.max(0, assembly + step));
      if (next !== assembly) selected.set({ projection, assembly: next });
    },
    next: targets.next,
  };
}

export function steerByButtons({ zoom, pan, whole, next }: Moves): void {
  onClick('zoom-in', () => zoom(0.5));
  onClick('zoom-out', () => zoom(2));
  onClick('pan-left', () => pan(-0.5));
  onClick('pan-right', () => pan(0.5));
  onClick('whole', whole);
  onClick('previous-target', () => next(-1));
  onClick('next-target', () => next(1));
}

/** Arrows move and choose, plus and minus zoom, 0 shows all, n and p go to the next and the previous event. */
export function steerByKeys(canvas: HTMLCanvasElement, moves: Moves): void {
  const { zoom, pan, whole, chooseNext, next } = moves;
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const part = event.shiftKey ? 0.5 : 0.1;
    const acts = new Map<string, () => void>([
      ['ArrowLeft', () => pan(-part)],
      ['ArrowRight', () => pan(part)],
      ['ArrowUp', () => chooseNext(-1)],
      ['ArrowDown', () => chooseNext(1)],
      ['PageUp', () => pan(-0.9)],
      ['PageDown', () => pan(0.9)],
      ['+', () => zoom(0.5)],
      ['=', () => zoom(0.5)],
      ['-', () => zoom(2)],
      ['_', () => zoom(2)],
      ['0', whole],
      ['Home', whole],
      ['n', () => next(1)],
      ['p', () => next(-1)],
    ]);
    const act = acts.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
