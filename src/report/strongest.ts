import type { ActivationBlock } from '../results/run-results.ts';

/** A moment at which an assembly was active: bin centre in seconds, and the strength there. */
export interface Peak {
  readonly time: number;
  readonly strength: number;
}

export interface PeakFinder {
  readonly add: (block: ActivationBlock) => void;
  /** Per assembly, what has been found so far: the strongest first, and last one that may still be displaced. */
  readonly current: () => Peak[][];
  /** Per assembly, the strongest first. */
  readonly finish: () => Peak[][];
}

/**
 * Finds the strongest activations of each assembly, each the highest of its neighbourhood: where two lie nearer than
 * `apart` seconds the higher one stands for both. Memory: `nPeaks` per assembly.
 */
export function createPeakFinder(nAssemblies: number, nPeaks: number, apart: number): PeakFinder {
  const found = Array.from({ length: nAssemblies }, () => new PeakList(nPeaks, apart));
  return {
    add: ({ time, columns }) => {
      columns.forEach((values, k) => {
        const list = found[k];
        let { least } = list;
        for (let row = 0; row < values.length; row++) {
          if (values[row] > least) least = list.offer(time[row], values[row]);
        }
      });
    },
    current: () => found.map((list) => list.current()),
    finish: () => found.map((list) => list.close()),
  };
}

class PeakList {
  /** What a strength must exceed to be worth looking at. */
  least = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  readonly #apart: number;
  readonly #peaks: Peak[] = [];
  #open: Peak | undefined;

  constructor(limit: number, apart: number) {
    this.#limit = limit;
    this.#apart = apart;
  }

  /** @returns what the next strength must exceed */
  offer(time: number, strength: number): number {
    if (this.#open && time - this.#open.time < this.#apart) {
      if (strength > this.#open.strength) this.#open = { time, strength };
      return this.least;
    }
    this.#settle();
    this.#open = { time, strength };
    return this.least;
  }

  current(): Peak[] {
    return this.#open ? [...this.#peaks, this.#open] : [...this.#peaks];
  }

  close(): Peak[] {
    this.#settle();
    return this.#peaks;
  }

  /** Keeps the peak that no later bin can displace any more, in its place by strength. */
  #settle(): void {
    const peak = this.#open;
    this.#open = undefined;
    if (!peak || peak.strength <= this.least || this.#limit === 0) return;
    let at = this.#peaks.length;
    while (at > 0 && this.#peaks[at - 1].strength < peak.strength) at--;
    this.#peaks.splice(at, 0, peak);
    if (this.#peaks.length > this.#limit) this.#peaks.pop();
    if (this.#peaks.length === this.#limit) {
      this.least = this.#peaks[this.#limit - 1].strength;
    }
  }
}
