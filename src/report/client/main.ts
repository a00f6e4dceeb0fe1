import type { PageData } from '../page-data.ts';
import { startAverages } from './averages.ts';
import { element } from './elements.ts';
import { startEventSpikes } from './event-spikes.ts';
import { startExplorer } from './explorer.ts';
import { followScrolling, followTitles } from './figures.ts';
import { type PageModel, readPage } from './page-model.ts';
import { type Selected, type Shared, shared, type View } from './state.ts';
import { createTooltip, type Tooltip } from './tooltip.ts';
import { startWeightsHover } from './weights-hover.ts';

function start(): void {
  const text = document.getElementById('page-data')?.textContent;
  if (!text) return;
  const data = JSON.parse(text) as PageData;
  const model = readPage(data);
  const tooltip = createTooltip();
  for (const svg of document.querySelectorAll<SVGSVGElement>('figure svg')) {
    followTitles(svg, tooltip);
  }
  startWeightsHover(data, tooltip);
  startTabs();
  followScrolling();
  const first = model.projections.findIndex(({ nAssemblies }) => nAssemblies > 0);
  if (first >= 0) startPlots(model, first, tooltip);
  document.documentElement.dataset.ready = 'yes';
}

/** The plots of assemblies, where there are any. */
function startPlots(model: PageModel, first: number, tooltip: Tooltip): void {
  const selected = shared<Selected>({ projection: first, assembly: 0 });
  const view = shared<View>(model.span);
  startChooser(model, selected);
  startExplorer(model, selected, view, tooltip);
  startEventSpikes(model, selected);
  startAverages(model, selected, tooltip);
}

/** The list of assemblies that stays on the screen. */
function startChooser(model: PageModel, selected: Shared<Selected>): void {
  const chooser = element('assembly', HTMLSelectElement);
  if (!chooser) return;
  chooser.addEventListener('change', () => {
    const [projection = 0, assembly = 0] = chooser.value.split(':').map(Number);
    if (model.projections[projection]) selected.set({ projection, assembly });
  });
  selected.watch(({ projection, assembly }) => {
    chooser.value = `${projection}:${assembly}`;
  });
}

/** Radio buttons that say which of several figures is shown. */
function startTabs(): void {
  for (const tab of document.querySelectorAll('input[data-shows]')) {
    if (!(tab instanceof HTMLInputElement)) continue;
    const show = (): void => {
      for (const other of document.querySelectorAll(`input[name="${tab.name}"]`)) {
        if (!(other instanceof HTMLInputElement)) continue;
        const panel = document.getElementById(other.dataset.shows ?? '');
        if (panel) panel.hidden = !other.checked;
      }
    };
    tab.addEventListener('change', show);
    if (tab.checked) show();
  }
}

start();
