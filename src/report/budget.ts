/** Parts of the bytes that are left for them. */
export const shares = { pyramids: 0.435, traces: 0.19, spikes: 0.375 };

/** What pyramids, traces and spikes get together, at most and at least. */
const mostBytes = 3.85e6;
const leastBytes = 1.2e6;

/** What there is for pyramids, traces and spikes where so much is left of the page. */
export function bytesOf(left: number): number {
  return Math.max(leastBytes, Math.min(mostBytes, left));
}

/** Bytes that the activation of one projection may take as base64, which is 4/3 of what it holds. */
export interface ActivationBytes {
  readonly pyramid: number;
  readonly traces: number;
}

/** The share of one of several projections in the bytes there are; the most there can be where that is not known yet. */
export function activationBytes(nProjections: number, bytes = mostBytes): ActivationBytes {
  return {
    pyramid: (bytes * shares.pyramids) / nProjections,
    traces: (bytes * shares.traces) / nProjections,
  };
}
