/** Numbers of the random streams: what is drawn from one does not move the others. */
export const streams = {
  bouts: 1,
  ripples: 2,
  rates: 3,
  members: 4,
  /** One per assembly. */
  activations: 5,
  /** One per unit. */
  spikes: 6,
} as const;
