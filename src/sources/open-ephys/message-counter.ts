/** What the number of a message proves of those before it. */
export interface Seen {
  /** Messages of the sender that never came, between this one and the last. */
  readonly nLost: number;
  /** The sender has begun again, and counts from 1. */
  readonly isRestart: boolean;
}

/** A longer step is believed when a second number agrees with it: more than a sender numbers in a minute. */
const maxStep = 1_000_000;
const sound: Seen = { nLost: 0, isRestart: false };

/**
 * Finds by the numbers of a sender what was lost on the way. The numbers count from 1 and by one, and ZeroMQ keeps the
 * order of a sender, so that a number which is skipped is a message that never came. A number once more is a message that
 * came twice, 1 is a sender that has begun again. Another number out of its place is believed when the next one
 * agrees with it: an old message again, or a damaged number, proves nothing.
 */
export class MessageCounter {
  lost = 0;
  #last = Number.NaN;
  #odd = Number.NaN;

  see(number: number): Seen {
    const [last, odd] = [this.#last, this.#odd];
    if (Number.isNaN(last)) return this.#believe(number, 0, false);
    if (number === last + 1) return this.#believe(number, 0, false);
    if (number > odd && number - odd <= maxStep && !isStep(last, number)) {
      const isRestart = odd < last;
      // Of a sender that has begun again the first messages are missing too.
      const nBefore = isRestart ? odd - 1 : odd - last - 1;
      return this.#believe(number, nBefore + number - odd - 1, isRestart);
    }
    if (number === last || number === odd) return sound;
    if (number === 1) return this.#believe(number, 0, true);
    if (isStep(last, number)) return this.#believe(number, number - last - 1, false);
    this.#odd = number;
    return sound;
  }

  #believe(number: number, nLost: number, isRestart: boolean): Seen {
    this.#last = number;
    this.#odd = Number.NaN;
    this.lost += nLost;
    return { nLost, isRestart };
  }
}

function isStep(last: number, number: number): boolean {
  return number > last && number - last <= maxStep;
}
