/**
 * The bin that holds time `t`: the `k` with `edge(k) <= t < edge(k + 1)`, `edge(k) = origin + k *
 * step` in doubles. The quotient alone misplaces times on an edge: with `step` 0.1 it puts 4.3,
 * which is 43 * 0.1, into bin 42. Negative before the origin.
 * @param step above 0, and large enough that neighbouring edges differ
 */
export function binIndex(t: number, origin: number, step: number): number {
  const k = Math.floor((t - origin) / step);
  // The quotient is off by one at most, as long as neighbouring edges differ; where they do not,
  // nothing must hang.
  if (t < origin + k * step) return k - 1;
  return t >= origin + (k + 1) * step ? k + 1 : k;
}

/** Bins of one run as a grid lays them out. */
export interface RunGrid {
  readonly origin: number;
  readonly step: number;
  /** Bins the whole run holds; infinite where the run's end does not matter. */
  readonly nBins: number;
  /** End of the last bin; infinite where `nBins` is. */
  readonly lastEdge: number;
}

/** Bins of exactly `binSize`, as many as have closed. */
export function plainGrid(origin: number, binSize: number): RunGrid {
  return {
    origin,
    step: binSize,
    nBins: Number.POSITIVE_INFINITY,
    lastEdge: Number.POSITIVE_INFINITY,
  };
}

/**
 * As many bins as fit between `origin` and `end` by plain division, without tolerance, and edges
 * spread evenly between the first and the last of them. A time on the last edge belongs to the last
 * bin.
 * Source: nelpy's binning, that is NumPy's linspace and histogram.
 */
export function neuroPyGrid(origin: number, end: number, binSize: number): RunGrid {
  const length = end - origin;
  const nBins = length < binSize ? 0 : Math.floor(length / binSize);
  const lastEdge = origin + nBins * binSize;
  return { origin, step: nBins === 0 ? binSize : (lastEdge - origin) / nBins, nBins, lastEdge };
}
