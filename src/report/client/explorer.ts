import { followWidth, ink, oncePerFrame } from './canvas.ts';
import { describeTime, describeView } from './describe.ts';
import { steer } from './drag.ts';
import { element, isChecked, onChange, say } from './elements.ts';
import { createMoves, steerByButtons, steerByKeys } from './moves.ts';
import { drawOverview, type OverviewLayout } from './overview.ts';
import type { PageModel } from './page-model.ts';
import { pickOnOverview } from './pick.ts';
import { clampView, type Selected, type Shared, type View } from './state.ts';
import { createTargets } from './targets.ts';
import { drawTimeline, type TimelineLayout } from './timeline-draw.ts';
import type { Tooltip } from './tooltip.ts';

/** The activation over the recording: an overview of all assemblies and a timeline of one that can be zoomed. */
export function startExplorer(
  model: PageModel,
  selected: Shared<Selected>,
  view: Shared<View>,
  tooltip: Tooltip,
): void {
  const overview = element('overview', HTMLCanvasElement);
  const timeline = element('timeline', HTMLCanvasElement);
  if (!overview || !timeline) return;
  let marked: View | undefined;
  let shownOverview: OverviewLayout | undefined;
  let shown: TimelineLayout | undefined;
  const projection = () => model.projections[selected.get().projection];
  const smallest = (): number => {
    const activation = projection().activations[0];
    return activation?.isExact ? activation.width * 5 : 0.05;
  };
  const clamp = (next: View): View => clampView(next, model.span, smallest());
  const targets = createTargets(model, selected, view, clamp);

  const redraw = oncePerFrame(() => {
    const { assembly } = selected.get();
    shownOverview = drawOverview(overview, model, projection(), assembly, view.get(), marked);
    shown = drawTimeline(timeline, model, projection(), selected.get(), view.get(), targets.set(), {
      showEpochs: isChecked('show-epochs'),
      showStates: isChecked('show-states'),
      showEvents: isChecked('show-events'),
      showSpikes: isChecked('show-spikes'),
      isFixedScale: isChecked('fixed-scale'),
    });
    if (marked && shown) markSpan(timeline, shown, view.get(), marked);
  });
  const hover = (x: number, y: number): void => {
    if (!shown) return;
    const { left, width } = shown.activation;
    const { start, end } = view.get();
    if (x < left || x > left + width) {
      tooltip.hide();
      return;
    }
    const time = start + ((x - left) / width) * (end - start);
    const { left: pageX, top: pageY } = timeline.getBoundingClientRect();
    const perPixel = (end - start) / width;
    const lines = describeTime(model, selected.get(), time, perPixel, shown, y);
    tooltip.show(lines, pageX + x, pageY + y);
  };
  steer(timeline, {
    view,
    clamp,
    edges: () => {
      const { left = 0, width = 1 } = shown?.activation ?? {};
      return { left, right: left + width };
    },
    mark: (span) => {
      marked = span;
      redraw();
    },
    hover,
    leave: () => tooltip.hide(),
  });
  pickOnOverview(overview, {
    layout: () => shownOverview,
    model,
    selected,
    view,
    clamp,
    mark: (span) => {
      marked = span;
      redraw();
    },
    tooltip,
  });
  const moves = createMoves(model, selected, view, clamp, targets);
  for (const canvas of [overview, timeline]) steerByKeys(canvas, moves);
  steerByButtons(moves);
  for (const name of ['epochs', 'states', 'events', 'spikes']) onChange(`show-${name}`, redraw);
  onChange('fixed-scale', redraw);
  onChange('target', redraw);
  view.watch((current) => {
    redraw();
    say('view-status', describeView(model, selected.get(), current));
  });
  selected.watch(() => {
    redraw();
    say('view-status', describeView(model, selected.get(), view.get()));
  });
  followWidth(timeline, redraw);
}

/** Shows the span that is being chosen. */
function markSpan(
  canvas: HTMLCanvasElement,
  { activation, raster }: TimelineLayout,
  view: View,
  marked: View,
): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const perSecond = activation.width / (view.end - view.start);
  const place = (time: number): number => activation.left + (time - view.start) * perSecond;
  const left = Math.max(activation.left, place(marked.start));
  const right = Math.min(activation.left + activation.width, place(marked.end));
  const bottom =
    raster.height > 0 ? raster.top + raster.height : activation.top + activation.height;
  pen.fillStyle = ink.band;
  pen.fillRect(left, activation.top, Math.max(0, right - left), bottom - activation.top);
}
