/** How far behind the highest a number may still come. */
const window = 4096;

/**
 * Counts the messages that a sender numbered and that never came. Numbers may come in another order, within a window;
 * a number far below the others is a sender that began again.
 * Memory: the numbers that are missing within the window.
 */
export class MessageCounter {
  lost = 0;
  #highest = Number.NaN;
  readonly #missing = new Set<number>();

  see(number: number): void {
    if (Number.isNaN(this.#highest) || number < this.#highest - window) {
      this.finish();
      this.#highest = number;
      return;
    }
    if (number <= this.#highest) {
      this.#missing.delete(number);
      return;
    }
    const nSkipped = number - this.#highest - 1;
    this.lost += Math.max(0, nSkipped - window);
    for (let skipped = number - Math.min(nSkipped, window); skipped < number; skipped++) {
      this.#missing.add(skipped);
    }
    this.#highest = number;
    for (const missing of this.#missing) {
      if (missing >= number - window) break;
      this.#missing.delete(missing);
      this.lost++;
    }
  }

  /** What has not come so far never will. */
  finish(): void {
    this.lost += this.#missing.size;
    this.#missing.clear();
    this.#highest = Number.NaN;
  }
}
