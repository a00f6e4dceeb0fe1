import { firstFrom } from './decode.ts';
import { element, say } from './elements.ts';
import { formatNumber } from './format.ts';
import type { EventSet, PageModel } from './page-model.ts';
import type { Selected, Shared, View } from './state.ts';

/** What one can go to from one to the next: events of a set, or the strongest activations. */
export interface Targets {
  /** The event set that is chosen; where strong activations are, the first of the recording. */
  readonly set: () => EventSet | undefined;
  readonly next: (step: number) => void;
}

export function createTargets(
  model: PageModel,
  selected: Shared<Selected>,
  view: Shared<View>,
  clamp: (view: View) => View,
): Targets {
  const choice = element('target', HTMLSelectElement);
  const around = model.spikes?.halfWidth ?? 0.5;
  let rank = -1;
  selected.watch(() => {
    rank = -1;
  });
  const chosenSet = (): EventSet | undefined => model.events[Number(choice?.value ?? 'NaN')];
  const goTo = (time: number, text: string): void => {
    const next = clamp({ start: time - around, end: time + around });
    view.set(next);
    say('target-status', text);
  };
  const nextPeak = (step: number): void => {
    const { projection, assembly } = selected.get();
    const peaks = model.projections[projection].strongest[assembly] ?? [];
    if (peaks.length === 0) return;
    rank = Math.min(peaks.length - 1, Math.max(0, rank + step));
    const { time, strength } = peaks[rank];
    goTo(time, `Number ${rank + 1} of the ${peaks.length} strongest: ${formatNumber(strength)}`);
  };
  const nextEvent = ({ times, name }: EventSet, step: number): void => {
    const { start, end } = view.get();
    const isWhole = end - start >= (model.span.end - model.span.start) * 0.999;
    const middle = isWhole ? model.span.start - 1 : (start + end) / 2;
    const at = step > 0 ? firstFrom(times, middle + 1e-6) : firstFrom(times, middle - 1e-6) - 1;
    const time = times[at];
    if (time === undefined) say('target-status', 'No further event there');
    else goTo(time, `Event ${at + 1} of ${times.length}, ${name}`);
  };
  return {
    set: () => chosenSet() ?? model.events.find(({ isAligned }) => !isAligned) ?? model.events[0],
    next: (step) => {
      const set = chosenSet();
      if (set) nextEvent(set, step);
      else nextPeak(step);
    },
  };
}
