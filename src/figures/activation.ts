import { type Recording, readRecording } from '../results/recording.ts';
import type { RunResults } from '../results/run-results.ts';
import type { Canvas } from './canvas.ts';
import { assemblyColor, faint } from './colors.ts';
import { createPage, defaultWidth, drawMessage, type Page, sizes } from './page.ts';
import { type Axis, addPanel, axisSpace, type Frame, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { addEpochs } from './session.ts';
import { fixed } from './svg.ts';
import { timeAxis } from './time-axis.ts';

/** The lowest and the highest value of each assembly in equal parts of the recording. */
export interface ActivationOverview {
  readonly start: number;
  readonly end: number;
  readonly epochs: Recording['epochs'];
  /** Numbers of the assemblies, from 1. */
  readonly numbers: readonly number[];
  /** How many there are, shown or not. */
  readonly nAssemblies: number;
  /** Per assembly, one value per part; NaN where there is no bin. */
  readonly minima: readonly Float64Array[];
  readonly maxima: readonly Float64Array[];
}

/** Reads an activation file once. Memory: one row group, and 16 bytes per part and assembly. */
export async function readActivationOverview(
  results: RunResults,
  prefix: string,
  { nParts, assembly }: { readonly nParts: number; readonly assembly?: number | undefined },
): Promise<ActivationOverview> {
  const nAssemblies = await results.nAssemblies(prefix);
  const all = Array.from({ length: nAssemblies }, (_, k) => k + 1);
  const numbers = assembly === undefined ? all : all.filter((number) => number === assembly);
  const recording = await readRecording(results, results.recordings[0] ?? '');
  const span = recording ?? (await spanOf(results, prefix));
  const { start, end } = span;
  const minima = numbers.map(() => new Float64Array(nParts).fill(Number.NaN));
  const maxima = numbers.map(() => new Float64Array(nParts).fill(Number.NaN));
  const visit = ({ time, columns }: { time: Float64Array; columns: readonly Float64Array[] }) => {
    // The last bin may reach to the very end.
    const parts = Int32Array.from(time, (at) => {
      return at === end ? nParts - 1 : Math.floor((nParts * (at - start)) / (end - start));
    });
    columns.forEach((values, k) => {
      const [low, high] = [minima[k], maxima[k]];
      if (!low || !high) return;
      for (let row = 0; row < values.length; row++) {
        const [part, value] = [parts[row], values[row]];
        if (part < 0 || part >= nParts) continue;
        if (!(value >= low[part])) low[part] = value;
        if (!(value <= high[part])) high[part] = value;
      }
    });
  };
  if (numbers.length > 0) await results.activation(prefix, visit, { assemblies: numbers });
  return { start, end, epochs: recording?.epochs ?? [], numbers, nAssemblies, minima, maxima };
}

async function spanOf(results: RunResults, prefix: string) {
  let [start, end] = [0, 0];
  let isFirst = true;
  const visit = ({ time }: { time: Float64Array }): void => {
    if (time.length === 0) return;
    if (isFirst) start = time[0];
    isFirst = false;
    end = time[time.length - 1];
  };
  await results.activation(prefix, visit, { assemblies: [] });
  return { start, end };
}

const gutter = axisSpace.numbers + axisSpace.label + 6;

/**
 * Activation over the whole recording: one strip per assembly, from the lowest to the highest value in each part, so that no
 * peak is lost. Strips have limits of their own, the highest value written at the right. The path of a strip has one line
 * `Mx,yVy` per part that has bins, from the lowest up to the highest value.
 */
export function drawActivation(
  overview: ActivationOverview,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const { start, end, epochs, numbers } = overview;
  const n = numbers.length;
  if (n === 0) return drawMessage(canvas, 'Activation', 'no assemblies found', { width });
  const page = createPage(canvas, 'Activation of assemblies over the recording', width);
  const room = width - gutter - 52;
  const time = timeAxis(start, end, room);
  const natural = n === 1 ? 150 : Math.min(44, Math.max(13, 560 / n));
  const strip = height === undefined ? natural : Math.max(10, (height - 80) / n);
  let y = 10;
  if (epochs.length > 0) {
    addEpochs(page, { x: gutter, y, width: room, height: 18 }, epochs, time);
    y += 26;
  }
  const top = y;
  numbers.forEach((number, k) => {
    const isLast = k === n - 1;
    const frame = { x: gutter, y, width: room, height: strip - 4 };
    const x: Axis = { ...time.axis, hasNumbers: isLast, hasTicks: isLast };
    addStrip(page, frame, overview, k, { ...x, ...(isLast ? {} : { label: '' }) }, n === 1);
    const label = n === 1 ? `assembly ${number}` : String(number);
    const style = { anchor: 'end', size: Math.min(sizes.text, strip) } as const;
    if (n > 1) page.add(page.text(gutter - 8, y + strip / 2 + 2, label, style));
    y += strip;
  });
  const middle = (top + y) / 2;
  const what = n === 1 ? `activation of assembly ${numbers[0]}` : 'assembly';
  const style = { anchor: 'middle', size: sizes.label, rotate: -90 } as const;
  page.add(page.text(11, middle, what, style));
  if (n > 1) page.add(page.text(width - 6, Math.max(10, top - 6), 'highest', { anchor: 'end' }));
  return page.finish(y + axisSpace.bottomNumbers + axisSpace.bottomLabel + 4);
}

function addStrip(
  page: Page,
  frame: Frame,
  { minima, maxima, numbers, nAssemblies }: ActivationOverview,
  k: number,
  x: Axis,
  hasNumbers: boolean,
): void {
  const [low, high] = [minima[k] ?? new Float64Array(0), maxima[k] ?? new Float64Array(0)];
  const least = low.reduce((a, b) => (b < a ? b : a), 0);
  const most = high.reduce((a, b) => (b > a ? b : a), 0);
  const y: Axis = {
    domain: [least, most > least ? most : least + 1],
    hasNumbers,
    hasTicks: hasNumbers,
  };
  const { label, ...axis } = x;
  const panel = addPanel(page, frame, {
    name: 'activation',
    x: label ? x : axis,
    y,
    marks: [],
  });
  panel.setAttribute('data-assembly', String(numbers[k]));
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  const step = frame.width / low.length;
  let d = '';
  low.forEach((value, part) => {
    if (Number.isNaN(value)) return;
    const at = fixed(frame.x + (part + 0.5) * step);
    const [from, to] = [yOf(value), yOf(high[part])];
    // A line without length would not be drawn.
    d += `M${at},${fixed(from)}V${fixed(from - to < 0.2 ? from - 0.2 : to)}`;
  });
  const color = assemblyColor(numbers[k] ?? 1, nAssemblies);
  const zero = fixed(yOf(0));
  panel.appendChild(
    page.element('path', {
      d: `M${fixed(frame.x)},${zero}h${fixed(frame.width)}`,
      stroke: faint,
      'stroke-width': 0.5,
    }),
  );
  panel.appendChild(
    page.element('path', {
      d,
      fill: 'none',
      stroke: color,
      'stroke-width': step,
      'data-strip': '',
    }),
  );
  const size = Math.min(sizes.text, frame.height + 2);
  const text = most >= 100 ? most.toFixed(0) : most.toPrecision(3);
  if (hasNumbers) return;
  page.add(page.text(frame.x + frame.width + 6, frame.y + frame.height / 2 + 3, text, { size }));
}
