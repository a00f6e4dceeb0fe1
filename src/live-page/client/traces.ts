import type UPlot from 'uplot';
import type { TraceFrame, TriggerFrame } from '../frame.ts';
import { accent, axis, makeChart } from './chart.ts';
import { byId, plotElement, say } from './elements.ts';

/** Points that are shown: as many as the run keeps. */
const maxShown = 1800;

/** Pixels of a lane: a few may be high. */
function laneHeight(nAssemblies: number): number {
  return Math.max(26, Math.min(80, 320 / nAssemblies));
}

interface TracePlot {
  readonly add: (frame: TraceFrame) => void;
  readonly draw: () => void;
}

const tracePlots = new Map<string, TracePlot>();
let shownTriggers: readonly TriggerFrame[] = [];

export function addTraces(frames: readonly TraceFrame[], isStart: boolean): void {
  if (isStart) {
    tracePlots.clear();
    byId('traces').replaceChildren();
  }
  for (const frame of frames) {
    if (frame.nAssemblies === 0) continue;
    const plot = tracePlots.get(frame.node) ?? makeTracePlot(frame);
    tracePlots.set(frame.node, plot);
    plot.add(frame);
  }
}

export function drawTraces(triggers: readonly TriggerFrame[]): void {
  shownTriggers = triggers;
  for (const plot of tracePlots.values()) plot.draw();
}

/** One lane per assembly, all on the same scale: the largest strength in view fills a lane. */
function makeTracePlot({ node, nAssemblies }: TraceFrame): TracePlot {
  const place = plotElement(byId('traces'), node);
  const lanes = Array.from({ length: nAssemblies }, (_, a) => nAssemblies - 1 - a);
  const chart = makeChart(place, 70 + laneHeight(nAssemblies) * nAssemblies, {
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: [-0.2, nAssemblies + 0.05] } },
    axes: [
      axis('time of the recording (s)'),
      axis('assembly', {
        splits: () => lanes,
        values: (_, splits) => splits.map((lane) => `${nAssemblies - lane}`),
        size: 36,
      }),
    ],
    series: [{}, ...lanes.map(() => ({ stroke: accent, width: 1, points: { show: false } }))],
    hooks: { draw: [drawTriggers(nAssemblies)] },
  });
  let times: number[] = [];
  let columns: (number | null)[][] = lanes.map(() => []);
  let nBinsPerPoint = 1;

  function add(frame: TraceFrame): void {
    const startsOver = frame.times.length > 0 && frame.times[0] <= (times.at(-1) ?? -Infinity);
    if (startsOver) {
      times = [];
      columns = lanes.map(() => []);
    }
    nBinsPerPoint = frame.nBinsPerPoint;
    const nOld = Math.max(0, times.length + frame.times.length - maxShown);
    times = [...times.slice(nOld), ...frame.times];
    columns = columns.map((column, a) => [...column.slice(nOld), ...(frame.columns[a] ?? [])]);
  }

  function draw(): void {
    let largest = 0;
    for (const column of columns) {
      for (const value of column) if (value !== null && value > largest) largest = value;
    }
    const scale = largest > 0 ? 0.95 / largest : 1;
    const stacked = columns.map((column, a) =>
      column.map((value) => (value === null ? null : lanes[a] + Math.max(-0.2, value * scale))),
    );
    chart.setData([times, ...stacked]);
    const bins = nBinsPerPoint > 1 ? `; each point the largest of ${nBinsPerPoint} bins` : '';
    const full = largest > 0 ? `A lane is ${largest.toPrecision(3)} high` : 'All is zero';
    say(byId('traces-hint'), `${full}${bins}. Orange: triggers.`);
    place.dataset.points = String(times.length);
    place.dataset.last = String(times.at(-1) ?? '');
  }

  return { add, draw };
}

/** A mark in the lane of the assembly that crossed, or through all lanes. */
function drawTriggers(nAssemblies: number): (chart: UPlot) => void {
  return (chart) => {
    const { ctx, scales } = chart;
    const [from, to] = [scales.x.min ?? 0, scales.x.max ?? 0];
    ctx.save();
    ctx.strokeStyle = '#b3470f';
    ctx.lineWidth = Math.max(1, devicePixelRatio);
    ctx.beginPath();
    for (const { time, assembly, isOn } of shownTriggers) {
      if (time < from || time > to || isOn === false) continue;
      const x = chart.valToPos(time, 'x', true);
      const lane = assembly === undefined ? 0 : nAssemblies - assembly;
      const top = assembly === undefined ? nAssemblies : lane + 1;
      ctx.moveTo(x, chart.valToPos(lane, 'y', true));
      ctx.lineTo(x, chart.valToPos(top, 'y', true));
    }
    ctx.stroke();
    ctx.restore();
  };
}
