import type UPlot from 'uplot';

/** The chart library stands in the page before this script. */
declare const uPlot: typeof UPlot;

const text = '#1b2733';
const grid = '#e6ebf0';
export const accent = '#1f5c99';

/** A line colour for each of some things, far apart for neighbours. */
export function lineColour(index: number): string {
  return `hsl(${(210 + index * 137.5) % 360} 62% 38%)`;
}

/** A chart that is as wide as the element it stands in, and empty at first. */
export function makeChart(
  parent: HTMLElement,
  height: number,
  options: Pick<UPlot.Options, 'series'> & Partial<UPlot.Options>,
): UPlot {
  const empty = options.series.map((): number[] => []) as unknown as UPlot.AlignedData;
  const chart = new uPlot(
    {
      width: Math.max(120, parent.clientWidth),
      height,
      legend: { show: false },
      ...options,
    },
    empty,
    parent,
  );
  new ResizeObserver(() => {
    const width = Math.max(120, parent.clientWidth);
    if (width !== chart.width) chart.setSize({ width, height });
  }).observe(parent);
  return chart;
}

export function axis(label: string, more: Partial<UPlot.Axis> = {}): UPlot.Axis {
  const font = '12px system-ui, sans-serif';
  return {
    label,
    labelSize: 20,
    labelFont: font,
    font,
    stroke: text,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    ...more,
  };
}

/** Vertical bars, a little apart. */
export function bars(): UPlot.Series.PathBuilder | undefined {
  return uPlot.paths.bars?.({ size: [0.8, 40] });
}
