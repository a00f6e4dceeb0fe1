/** A message whose time lies far from the recording's clock. */
export interface FarMessage {
  readonly time: number;
  readonly unit: number | undefined;
}

/** Messages of the known clock that one is held for. */
const maxAge = 8;

/**
 * Holds messages far from the clock until another far one agrees with them: one damaged number is no new clock, two that
 * fit together are. Memory: one message.
 */
export class FarMessages {
  readonly #maxSilence: number;
  readonly #maxLate: number;
  #held: FarMessage | undefined;
  #age = 0;

  constructor({ maxSilence, maxLate }: { maxSilence: number; maxLate: number }) {
    this.#maxSilence = maxSilence;
    this.#maxLate = maxLate;
  }

  /** A message of the known clock has come. @returns how many strays that makes */
  age(): number {
    if (!this.#held || ++this.#age < maxAge) return 0;
    return this.drop();
  }

  /** Adds one. @returns the messages that agree, in the order they came, and how many became strays */
  hold(message: FarMessage): { agreed?: readonly FarMessage[]; nStrays: number } {
    const held = this.#held;
    const step = held ? message.time - held.time : Number.NaN;
    if (held && step <= this.#maxSilence && step >= -this.#maxLate) {
      this.#held = undefined;
      return { agreed: [held, message], nStrays: 0 };
    }
    this.#held = message;
    this.#age = 0;
    return { nStrays: held ? 1 : 0 };
  }

  /** @returns how many were held */
  drop(): number {
    const nStrays = this.#held ? 1 : 0;
    this.#held = undefined;
    return nStrays;
  }
}
