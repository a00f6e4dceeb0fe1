/** Spikes in the order of time, those of one time in the order of their units. */
export interface Spikes {
  readonly times: Float64Array;
  readonly units: Int32Array;
}

/**
 * A queue of spikes that keeps their order while they come in another. A spike that comes nearly in order costs as much
 * as there are spikes behind it. Memory: 12 bytes per spike, and as much again while it grows.
 */
export class SpikeQueue {
  #times = new Float64Array(256);
  #units = new Int32Array(256);
  #head = 0;
  #tail = 0;

  get length(): number {
    return this.#tail - this.#head;
  }

  /** Time of the spike that so many stand before. */
  timeAt(index: number): number {
    return this.#times[this.#head + index];
  }

  /** @returns false where that very spike is there already: no unit fires twice in one sample */
  insert(time: number, unit: number): boolean {
    this.#makeRoom();
    const [times, units] = [this.#times, this.#units];
    let at = this.#tail;
    while (at > this.#head && isBehind(times[at - 1], units[at - 1], time, unit)) at--;
    if (at > this.#head && times[at - 1] === time && units[at - 1] === unit) return false;
    times.copyWithin(at + 1, at, this.#tail);
    units.copyWithin(at + 1, at, this.#tail);
    times[at] = time;
    units[at] = unit;
    this.#tail++;
    return true;
  }

  /** How many spikes come before a time. */
  countBefore(time: number): number {
    let [low, high] = [this.#head, this.#tail];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low - this.#head;
  }

  /** Takes the first spikes out. */
  take(count: number): Spikes {
    const end = this.#head + count;
    const taken = {
      times: this.#times.slice(this.#head, end),
      units: this.#units.slice(this.#head, end),
    };
    this.#head = end;
    return taken;
  }

  #makeRoom(): void {
    const [head, capacity] = [this.#head, this.#times.length];
    if (this.#tail < capacity) return;
    const isHalfFree = head >= capacity / 2;
    const times = isHalfFree ? this.#times : new Float64Array(2 * capacity);
    const units = isHalfFree ? this.#units : new Int32Array(2 * capacity);
    times.set(this.#times.subarray(head, this.#tail));
    units.set(this.#units.subarray(head, this.#tail));
    [this.#times, this.#units] = [times, units];
    [this.#head, this.#tail] = [0, this.#tail - head];
  }
}

function isBehind(time: number, unit: number, newTime: number, newUnit: number): boolean {
  return time > newTime || (time === newTime && unit > newUnit);
}
