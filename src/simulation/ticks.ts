/** Every time of a simulated recording is a whole number of ticks. */
export const ticksPerSecond = 20_000;

/** Half-open, in ticks. */
export interface TickSpan {
  readonly start: number;
  readonly end: number;
}

/** Seconds of a number of ticks: the nearest double, so that it does not depend on how it was reached. */
export function toSeconds(ticks: number): number {
  return ticks / ticksPerSecond;
}
