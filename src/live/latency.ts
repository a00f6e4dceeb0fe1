/** What a run says of how long results took, in milliseconds. */
export interface LatencySummary {
  readonly n: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const leastMs = 1e-3;
const step = Math.log(1.02);
const nBuckets = 1200;

/** Counts times in buckets 2 % wide, from a microsecond to hours. Memory: the buckets. */
export class LatencyCounter {
  readonly #buckets = new Float64Array(nBuckets);
  #n = 0;
  #max = 0;

  add(seconds: number): void {
    if (!(seconds >= 0)) return;
    const ms = seconds * 1000;
    const bucket = Math.floor(Math.log(Math.max(ms, leastMs) / leastMs) / step);
    this.#buckets[Math.min(bucket, nBuckets - 1)]++;
    this.#n++;
    this.#max = Math.max(this.#max, ms);
  }

  /** Undefined where nothing was counted; percentiles are the upper ends of their buckets. */
  summary(): LatencySummary | undefined {
    if (this.#n === 0) return undefined;
    return { n: this.#n, p50Ms: this.#at(0.5), p99Ms: this.#at(0.99), maxMs: this.#max };
  }

  #at(share: number): number {
    let left = Math.ceil(share * this.#n);
    const bucket = this.#buckets.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return Math.min(this.#max, leastMs * Math.exp((bucket + 1) * step));
  }
}
