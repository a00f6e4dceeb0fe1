import { drawLines, type LinesLayout } from './averages-lines.ts';
import {
  drawMaps,
  type Limits,
  type MapLayout,
  type MapPanel,
  mapPanels,
} from './averages-maps.ts';
import { followWidth, oncePerFrame } from './canvas.ts';
import { element, numberIn, onChange, onClick, say } from './elements.ts';
import { formatNumber } from './format.ts';
import type { Averages, PageModel } from './page-model.ts';
import type { Selected, Shared } from './state.ts';
import type { Tooltip } from './tooltip.ts';

/** The heat maps of averages around events, with a colour scale to be chosen, and the lines of one assembly. */
export function startAverages(
  model: PageModel,
  selected: Shared<Selected>,
  tooltip: Tooltip,
): void {
  const maps = element('average-maps', HTMLCanvasElement);
  const lines = element('average-lines', HTMLCanvasElement);
  if (!maps || !lines) return;
  // What can be acted on takes the place of what cannot.
  element('average-plots', HTMLElement)?.removeAttribute('hidden');
  element('average-still', HTMLElement)?.setAttribute('hidden', '');
  let panels: MapPanel[] = [];
  let layout: MapLayout | undefined;
  let linesLayout: LinesLayout | undefined;
  let hovered: number | undefined;
  const sets = (): Averages[] =>
    model.psths.filter(({ projection }) => projection === selected.get().projection);
  const nAssemblies = (): number => model.projections[selected.get().projection].nAssemblies;
  const limits = (low: string, high: string, usual: Limits): Limits => {
    const found = { low: numberIn(low) ?? usual.low, high: numberIn(high) ?? usual.high };
    return found.low < found.high ? found : usual;
  };
  const redraw = oncePerFrame(() => {
    const { assembly, projection } = selected.get();
    panels = mapPanels(model, projection);
    const hasDifference = panels.some(({ isDifference }) => isDifference);
    element('difference-scale', HTMLElement)?.toggleAttribute('hidden', !hasDifference);
    const shown = limits('scale-low', 'scale-high', { low: 0, high: 5 });
    const reach = Math.abs(numberIn('difference-high') ?? 5) || 5;
    const difference = { low: -reach, high: reach };
    layout = drawMaps(maps, panels, nAssemblies(), assembly, shown, difference, model.colours);
    linesLayout = drawLines(lines, sets(), assembly, hovered);
    const { title } = model.projections[projection];
    say('average-title', `Assembly ${assembly + 1}${title ? ` (${title})` : ''}`);
  });
  maps.addEventListener('pointermove', (event) => {
    const cell = cellAt(event.offsetX, event.offsetY, panels, layout, nAssemblies());
    if (!cell) return tooltip.hide();
    const { panel, assembly, index } = cell;
    const value = panel.values[assembly * panel.lags.length + index];
    const { title, lags } = panel;
    const text = [
      title,
      `assembly ${assembly + 1}, ${formatNumber(lags[index])} s`,
      formatNumber(value),
    ];
    tooltip.show(text, event.clientX, event.clientY);
  });
  maps.addEventListener('pointerleave', () => tooltip.hide());
  maps.addEventListener('click', (event) => {
    const cell = cellAt(event.offsetX, event.offsetY, panels, layout, nAssemblies());
    if (cell) selected.set({ projection: selected.get().projection, assembly: cell.assembly });
  });
  maps.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const { projection, assembly } = selected.get();
    const next = Math.min(nAssemblies() - 1, Math.max(0, assembly + step));
    if (next !== assembly) selected.set({ projection, assembly: next });
  });
  lines.addEventListener('pointermove', (event) => {
    if (!linesLayout) return;
    const { box, lagAt } = linesLayout;
    const isInside = event.offsetX >= box.left && event.offsetX <= box.left + box.width;
    hovered = isInside ? lagAt(event.offsetX) : undefined;
    if (hovered === undefined) tooltip.hide();
    else tooltip.show(describeLag(sets(), selected.get(), hovered), event.clientX, event.clientY);
    redraw();
  });
  lines.addEventListener('pointerleave', () => {
    hovered = undefined;
    tooltip.hide();
    redraw();
  });
  for (const id of ['scale-low', 'scale-high', 'difference-high']) {
    element(id, HTMLInputElement)?.addEventListener('input', redraw);
  }
  onClick('scale-reset', () => setScale(0, 5, 5, redraw));
  onClick('scale-fit', () => {
    const highest = (isDifference: boolean): number =>
      panels
        .filter((panel) => panel.isDifference === isDifference)
        .flatMap(({ values }) => [...values])
        .reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 5;
    const round = (value: number): number => Number(value.toPrecision(2));
    setScale(0, round(highest(false)), round(highest(true)), redraw);
  });
  onChange('projection', redraw);
  selected.watch(redraw);
  followWidth(maps, redraw);
}

function setScale(low: number, high: number, reach: number, redraw: () => void): void {
  const values = { 'scale-low': low, 'scale-high': high, 'difference-high': reach };
  for (const [id, value] of Object.entries(values)) {
    const input = element(id, HTMLInputElement);
    if (input) input.value = String(value);
  }
  redraw();
}

function cellAt(
  x: number,
  y: number,
  panels: readonly MapPanel[],
  layout: MapLayout | undefined,
  nAssemblies: number,
) {
  if (!layout) return undefined;
  for (const [index, box] of layout.panels.entries()) {
    const panel = panels[index];
    const assembly = Math.floor((y - box.top) / layout.rowHeight);
    const lag = Math.floor(((x - box.left) / box.width) * (panel?.lags.length ?? 0));
    if (!panel || assembly < 0 || assembly >= nAssemblies) continue;
    if (lag >= 0 && lag < panel.lags.length) return { panel, assembly, index: lag };
  }
  return undefined;
}

function describeLag(sets: readonly Averages[], { assembly }: Selected, lag: number): string[] {
  const told = sets.map(({ name, lags, mean, sem, n }) => {
    let nearest = 0;
    lags.forEach((one, i) => {
      if (Math.abs(one - lag) < Math.abs(lags[nearest] - lag)) nearest = i;
    });
    const at = assembly * lags.length + nearest;
    return `${name}: ${formatNumber(mean[at])} ± ${formatNumber(sem[at])}, n = ${n[nearest]}`;
  });
  return [`${formatNumber(Number(lag.toFixed(3)))} s`, ...told];
}
