/**
 * Bins a Gaussian kernel reaches to either side of its centre.
 * @param sd in bins
 * @param truncate in standard deviations
 */
export function kernelRadius(sd: number, truncate: number): number {
  return Math.trunc(truncate * sd + 0.5);
}

/**
 * Samples of a Gaussian at whole bins, divided by their sum; length 2 * radius + 1.
 * @param sd in bins, above 0
 */
export function gaussianKernel(sd: number, radius: number): Float64Array {
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp((-0.5 * (i - radius) ** 2) / (sd * sd)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** Standard deviation of a uniform distribution as wide as a bin. */
export function boxSd(binSize: number): number {
  return binSize / Math.sqrt(12);
}

/**
 * The width neuro_py derives from the bin of the templates: that of `boxSd` near 25 ms, and another
 * elsewhere.
 * @param binSize seconds, at least 0.002; infinite below
 */
export function neuroPySd(binSize: number): number {
  return binSize / Math.sqrt(Math.trunc((1000 * binSize) / 2));
}

/**
 * The place in a sequence of `length` that position `q` outside it stands for, the sequence being
 * continued by its mirror image at both ends (d c b a | a b c d | d c b a), over and over where it
 * is short.
 */
export function reflect(q: number, length: number): number {
  const period = 2 * length;
  const place = ((q % period) + period) % period;
  return place < length ? place : period - 1 - place;
}
