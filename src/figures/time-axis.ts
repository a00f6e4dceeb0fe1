import type { Axis } from './panel.ts';

/** Time in a unit that people read. */
export interface TimeAxis {
  readonly axis: Axis;
  /** Seconds in one unit. */
  readonly unit: number;
}

const units = [
  { name: 's', seconds: 1, most: 1200, steps: [1, 2, 5, 10, 20, 50, 100, 200] },
  { name: 'min', seconds: 60, most: 3 * 3600, steps: [1, 2, 5, 10, 15, 20, 30, 60] },
  { name: 'h', seconds: 3600, most: Number.POSITIVE_INFINITY, steps: [0.5, 1, 2, 3, 6, 12, 24] },
] as const;

/** An axis over a span in seconds: in seconds up to 20 minutes, in minutes up to 3 hours, else in hours. */
export function timeAxis(start: number, end: number, width: number): TimeAxis {
  const length = end - start;
  const unit = units.find(({ most }) => length <= most) ?? units[2];
  const domain = [start / unit.seconds, end / unit.seconds] as const;
  const nTicks = Math.max(2, Math.floor(width / 60));
  const step =
    unit.steps.find((one) => length / unit.seconds / one <= nTicks) ??
    Math.ceil(length / unit.seconds / nTicks);
  const ticks: number[] = [];
  for (let tick = Math.ceil(domain[0] / step); tick * step <= domain[1]; tick++) {
    ticks.push(tick * step);
  }
  const label = `time (${unit.name})`;
  return { axis: { domain, ticks, format: String, label }, unit: unit.seconds };
}
