import { followWidth, oncePerFrame } from './canvas.ts';
import { element, onChange, say } from './elements.ts';
import { drawEventRaster } from './event-raster.ts';
import type { PageModel } from './page-model.ts';
import type { Selected, Shared } from './state.ts';

/** The spikes of the chosen assembly's members around events, or around its strongest activations. */
export function startEventSpikes(model: PageModel, selected: Shared<Selected>): void {
  const canvas = element('event-raster', HTMLCanvasElement);
  const choice = element('raster-events', HTMLSelectElement);
  const { spikes } = model;
  if (!canvas || !choice || !spikes) return;
  const redraw = oncePerFrame(() => {
    const { projection, assembly } = selected.get();
    const shown = model.projections[projection];
    const set = model.events[Number(choice.value)];
    const peaks = (shown.strongest[assembly] ?? []).map(({ time }) => time);
    const times = set ? set.times : peaks;
    const { nCarried, nRows } = drawEventRaster(canvas, spikes, shown, assembly, times);
    const of = set ? set.nEvents : peaks.length;
    const what = set ? `events of ${set.name}` : 'strongest activations, the strongest on top';
    const nMembers = shown.members[assembly]?.length ?? 0;
    const drawn = nRows < nCarried ? `; a row for ${nRows} of them` : '';
    say(
      'raster-status',
      `Assembly ${assembly + 1}, ${nMembers} members: spikes around ${nCarried} of ${of} ${what}${drawn}`,
    );
  });
  onChange('raster-events', redraw);
  selected.watch(redraw);
  followWidth(canvas, redraw);
}
