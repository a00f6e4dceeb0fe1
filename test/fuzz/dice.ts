/** A small generator (splitmix32): the same seed throws the same numbers everywhere. */
export class Dice {
  #state: number;

  constructor(seed: number, salt = '') {
    this.#state = seed | 0;
    for (const character of salt) {
      this.#state = Math.imul(this.#state ^ (character.codePointAt(0) ?? 0), 0x9e3779b1);
    }
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** Small numbers are likely, large ones are not. */
  few(most: number): number {
    return 1 + Math.floor(this.next() ** 3 * most);
  }

  /** A number between two, every magnitude equally likely. */
  magnitude(from: number, to: number): number {
    return Math.exp(Math.log(from) + this.next() * (Math.log(to) - Math.log(from)));
  }
}
