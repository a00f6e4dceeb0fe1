import type UPlot from 'uplot';
import type { PsthFrame, RatesFrame } from '../frame.ts';
import { accent, axis, bars, lineColour, makeChart } from './chart.ts';
import { byId, plotElement, say } from './elements.ts';

const psthCharts = new Map<string, UPlot>();
const psthWords = new Map<string, string>();
const rateCharts = new Map<string, UPlot>();

/** Everything anew, for a page that was away. */
export function clearAverages(): void {
  psthCharts.clear();
  psthWords.clear();
  rateCharts.clear();
  byId('psths').replaceChildren();
  byId('rates').replaceChildren();
}

export function showPsths(frames: readonly PsthFrame[]): void {
  for (const frame of frames) {
    if (frame.mean.length === 0) continue;
    const chart = psthCharts.get(frame.node) ?? makePsthChart(frame);
    psthCharts.set(frame.node, chart);
    chart.setData([[...frame.lags], ...frame.mean.map((column) => [...column])]);
    psthWords.set(frame.node, `${frame.node}: ${frame.nUsed} of ${frame.nEvents} events`);
  }
  if (psthWords.size === 0) return;
  say(byId('psths-hint'), `${[...psthWords.values()].join(', ')} are complete.`);
}

function makePsthChart({ node, mean }: PsthFrame): UPlot {
  const place = plotElement(byId('psths'), node);
  place.before(colourKey(mean.length));
  return makeChart(place, 240, {
    cursor: { show: false },
    scales: { x: { time: false } },
    axes: [axis('time from the event (s)'), axis('mean activation', { size: 56 })],
    series: [
      {},
      ...mean.map((_, a) => ({ stroke: lineColour(a), width: 1.5, points: { show: false } })),
    ],
  });
}

/** Which colour is which assembly. */
function colourKey(nAssemblies: number): HTMLElement {
  const key = document.createElement('p');
  key.className = 'key';
  const numbers = Array.from({ length: nAssemblies }, (_, a) => {
    const number = document.createElement('span');
    number.textContent = String(a + 1);
    number.style.color = lineColour(a);
    return number;
  });
  const what = document.createElement('span');
  what.textContent = 'assembly';
  key.append(what, ...numbers);
  return key;
}

export function showRates(frames: readonly RatesFrame[]): void {
  for (const { node, rates } of frames) {
    if (rates.length === 0) continue;
    const chart = rateCharts.get(node) ?? makeRateChart(node);
    rateCharts.set(node, chart);
    chart.setData([rates.map((_, unit) => unit + 1), [...rates]]);
    const all = rates.reduce((sum, rate) => sum + rate, 0);
    const mean = all / rates.length;
    say(
      byId('rates-hint'),
      `${rates.length} units, ${all.toFixed(0)} spikes/s together, ${mean.toFixed(1)} each.`,
    );
  }
}

function makeRateChart(node: string): UPlot {
  const paths = bars();
  return makeChart(plotElement(byId('rates'), node), 240, {
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_, min, max) => [(min ?? 1) - 1, (max ?? 1) + 1] },
      y: { range: (_, __, max) => [0, Math.max(1, max ?? 1)] },
    },
    axes: [axis('unit'), axis('spikes/s', { size: 48 })],
    series: [
      {},
      { stroke: accent, fill: '#c6d8eb', points: { show: false }, ...(paths ? { paths } : {}) },
    ],
  });
}
