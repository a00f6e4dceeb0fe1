import type { Recording } from '../results/recording.ts';
import type { Canvas } from './canvas.ts';
import { areaColor, faint, ink } from './colors.ts';
import { createPage, defaultWidth, drawMessage, type Page, sizes } from './page.ts';
import { addPanel, axisSpace, type Frame, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { addUnits } from './session-units.ts';
import { fixed } from './svg.ts';
import { fitText, textWidth } from './text-width.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';

const gutter = 104;
const bandHeight = 22;
const stateHeight = 13;
const rateHeight = 56;

/** Sets of events that get a panel of their own. */
const maxSets = 6;
const maxStates = 12;

/**
 * The session at a glance: its epochs and states as bands over time, how often events come, and the units that were kept
 * and left out, by region and type. Rate panels carry `data-events`, and the counts behind them in `data-counts`, one per
 * window of `data-window` seconds from the start of the recording.
 */
export function drawSession(
  recording: Recording,
  canvas: Canvas,
  { width = defaultWidth }: FigureSize = {},
): string {
  const { start, end, epochs, states, events } = recording;
  if (!(end > start)) return drawMessage(canvas, 'Session', 'no epochs', { width });
  const page = createPage(canvas, 'The session: epochs, states, events and units', width);
  const x0 = gutter;
  const room = width - gutter - 16;
  const time = timeAxis(start, end, room);
  let y = 10;
  addEpochs(page, { x: x0, y, width: room, height: bandHeight }, epochs, time);
  y += bandHeight + 6;
  const names = [...new Set(states.map(({ name }) => name))];
  for (const [index, name] of names.slice(0, maxStates).entries()) {
    const own = states.filter((state) => state.name === name);
    addState(page, { x: x0, y, width: room, height: stateHeight - 3 }, name, own, time, index);
    y += stateHeight;
  }
  if (names.length > maxStates) {
    page.add(page.text(x0, y + 9, `and ${names.length - maxStates} more states`, { color: faint }));
    y += stateHeight;
  }
  const sets = events.filter(({ kind, starts }) => kind === 'recorded' && starts.length > 0);
  y += 8;
  for (const { name, starts } of sets.slice(0, maxSets)) {
    addRate(
      page,
      { x: x0, y, width: room, height: rateHeight },
      { name, starts, start, end },
      time,
    );
    y += rateHeight + 10;
  }
  if (sets.length === 0) {
    page.add(page.text(x0, y + 8, 'no events', { color: '#595959' }));
    y += 16;
  }
  addPanel(
    page,
    { x: x0, y, width: room, height: 0.01 },
    {
      name: 'time',
      x: time.axis,
      y: { domain: [0, 1], hasNumbers: false, hasTicks: false },
      marks: [],
    },
  );
  y += axisSpace.bottomNumbers + axisSpace.bottomLabel + 22;
  y += addUnits(page, recording.units, { x: x0, y, width: room });
  return page.finish(y + 4);
}

/** Colours of epochs by what they are for, else by what they are in. */
function epochColor(role: string, environment: string): string {
  const known = { pre: '#c6dbef', task: '#fdd0a2', post: '#9ecae1' }[role];
  return known ?? (/sleep/i.test(environment) ? '#deebf7' : '#fee6ce');
}

export function addEpochs(
  page: Page,
  frame: Frame,
  epochs: Recording['epochs'],
  { axis, unit }: TimeAxis,
): void {
  const xOf = positionOn(axis, frame.x, frame.x + frame.width);
  const style = { anchor: 'end', size: sizes.text } as const;
  page.add(page.text(frame.x - 8, frame.y + frame.height / 2 + 3.5, 'epochs', style));
  for (const { name, environment, role, start, end } of epochs) {
    const [from, to] = [xOf(start / unit), xOf(end / unit)];
    const box = {
      x: from,
      y: frame.y,
      width: Math.max(0.3, to - from),
      height: frame.height,
      fill: epochColor(role, environment),
      stroke: '#ffffff',
      'stroke-width': 0.6,
      'data-epoch': name,
      'data-start': String(start),
      'data-end': String(end),
    };
    page.add(
      page.element('rect', box, [page.element('title', {}, [labelOf(name, role, environment)])]),
    );
    const text = [labelOf(name, role, environment), name].find(
      (one) => textWidth(one, sizes.text) < to - from - 4,
    );
    const shown = text ?? (to - from > 26 ? fitText(name, sizes.text, to - from - 4) : '');
    if (shown === '') continue;
    const middle = frame.y + frame.height / 2 + 3.5;
    page.add(page.text((from + to) / 2, middle, shown, { anchor: 'middle' }));
  }
}

function labelOf(name: string, role: string, environment: string): string {
  const what = [environment, role].filter(Boolean).join(', ');
  return what ? `${name} (${what})` : name;
}

function addState(
  page: Page,
  frame: Frame,
  name: string,
  spans: Recording['states'],
  { axis, unit }: TimeAxis,
  index: number,
): void {
  const xOf = positionOn(axis, frame.x, frame.x + frame.width);
  const label = fitText(name, sizes.text, gutter - 14);
  page.add(page.text(frame.x - 8, frame.y + frame.height - 1.5, label, { anchor: 'end' }));
  const line = { stroke: faint, 'stroke-opacity': 0.35, 'stroke-width': 0.6 };
  const base = `M${fixed(frame.x)},${fixed(frame.y + frame.height)}h${fixed(frame.width)}`;
  page.add(page.element('path', { d: base, ...line }));
  const d = spans
    .map(({ start, end }) => {
      const [from, to] = [xOf(start / unit), xOf(end / unit)];
      const across = fixed(Math.max(0.25, to - from));
      return `M${fixed(from)},${fixed(frame.y)}h${across}v${fixed(frame.height)}h-${across}z`;
    })
    .join('');
  page.add(page.element('path', { d, fill: areaColor(index), 'data-state': name }));
}

/** Windows that events are counted in: a round number of seconds, about 150 in the recording. */
export function rateWindow(length: number): number {
  const wanted = length / 150;
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  return steps.find((step) => step >= wanted) ?? Math.ceil(wanted / 3600) * 3600;
}

function addRate(
  page: Page,
  frame: Frame,
  { name, starts, start, end }: { name: string; starts: Float64Array; start: number; end: number },
  { axis, unit }: TimeAxis,
): void {
  const window = rateWindow(end - start);
  const n = Math.max(1, Math.ceil((end - start) / window));
  const counts = new Float64Array(n);
  for (const time of starts) {
    const index = Math.floor((time - start) / window);
    if (index >= 0 && index < n) counts[index]++;
  }
  // The last window may be cut short by the end of the recording.
  const seconds = (index: number) =>
    Math.min(end, start + (index + 1) * window) - start - index * window;
  const rates = counts.map((count, index) => (60 * count) / Math.max(seconds(index), 1e-9));
  const most = rates.reduce((a, b) => Math.max(a, b), 0) || 1;
  const steps = Array.from(rates, (rate, index) => ({
    from: (start + index * window) / unit,
    to: Math.min(end, start + (index + 1) * window) / unit,
    rate,
  }));
  const panel = addPanel(page, frame, {
    name: 'rate',
    x: { ...{ domain: axis.domain, ticks: axis.ticks ?? [] }, hasNumbers: false },
    y: { domain: [0, most * 1.05] },
    marks: [
      page.canvas.plot.rect(steps, {
        x1: 'from',
        x2: 'to',
        y1: () => 0,
        y2: 'rate',
        fill: '#4d4d4d',
      }),
    ],
  });
  panel.setAttribute('data-events', name);
  panel.setAttribute('data-window', String(window));
  panel.setAttribute('data-counts', counts.join(' '));
  const style = { anchor: 'middle', rotate: -90 } as const;
  const middle = frame.y + frame.height / 2;
  page.add(
    page.text(frame.x - 54, middle, fitText(name, sizes.text, frame.height + 8), {
      ...style,
      color: ink,
    }),
  );
  page.add(page.text(frame.x - 42, middle, 'per min', style));
}
