const word = 2 ** 32;
const poolSize = 4;

/** The generator PCG64 with the draws of NumPy's `Generator`: the same seed gives the same numbers. */
export interface Pcg64 {
  /** High and low half of the next 64 bits. */
  readonly uint64: () => readonly [number, number];
  /** The next number in [0, 1), of 53 random bits. */
  readonly double: () => number;
  /** The next whole number from 0 to `end` - 1, without bias; `end` is at most 2³² - 1. */
  readonly integer: (end: number) => number;
  /** 0 to n - 1 in random order. */
  readonly permutation: (n: number) => Int32Array;
}

/**
 * Words that seed a generator, made of a seed and of the place of a child among its siblings.
 * @param seed a whole number from 0 to 2³² - 1
 * @param child the index of a spawned sequence; undefined for the sequence itself
 * Source: NumPy's SeedSequence, after O'Neill 2015, "Developing a seed_seq alternative"
 */
export function seedWords(seed: number, child: number | undefined, nWords: number): Uint32Array {
  // Whatever stands for a child comes after as many words as the pool has.
  const entropy = child === undefined ? [seed] : [seed, 0, 0, 0, child];
  const pool = new Uint32Array(poolSize);
  let factor = 0x43b0d7e5;
  const hash = (value: number): number => {
    let hashed = value ^ factor;
    factor = Math.imul(factor, 0x931e8875);
    hashed = Math.imul(hashed, factor);
    return hashed ^ (hashed >>> 16);
  };
  const mixInto = (at: number, value: number): void => {
    const mixed = (Math.imul(0xca01f9dd, pool[at]) - Math.imul(0x4973f715, value)) | 0;
    pool[at] = mixed ^ (mixed >>> 16);
  };
  for (let i = 0; i < poolSize; i++) pool[i] = hash(entropy[i] ?? 0);
  for (let from = 0; from < poolSize; from++) {
    for (let to = 0; to < poolSize; to++) if (from !== to) mixInto(to, hash(pool[from]));
  }
  for (const extra of entropy.slice(poolSize)) {
    for (let to = 0; to < poolSize; to++) mixInto(to, hash(extra));
  }
  factor = 0x8b51f9dd;
  return Uint32Array.from({ length: nWords }, (_, i) => {
    let mixed = pool[i % poolSize] ^ factor;
    factor = Math.imul(factor, 0x58f38ded);
    mixed = Math.imul(mixed, factor);
    return mixed ^ (mixed >>> 16);
  });
}

/** A seed for the `index`-th of several generators that one seed stands for. */
export function spawnedSeed(seed: number, index: number): number {
  return seedWords(seed, index, 1)[0];
}

/**
 * The permuted congruential generator PCG64 (XSL-RR), seeded and read as NumPy does.
 * @param seed a whole number from 0 to 2³² - 1
 * Source: O'Neill 2014, "PCG: a family of simple fast space-efficient statistically good algorithms"
 */
export function createPcg64(seed: number): Pcg64 {
  // Limbs of 32 bits, the lowest first, of the state to start from and of the increment, which is made odd.
  const words = seedWords(seed, undefined, 8);
  const start = [words[2], words[3], words[0], words[1]];
  const stream = [words[6], words[7], words[4], words[5]];
  const increment = Uint32Array.from(stream, (limb, i) => (limb << 1) | (stream[i - 1] >>> 31));
  increment[0] = (stream[0] << 1) | 1;
  const state = new Uint32Array(4);
  let spare = 0;
  let hasSpare = false;

  function step(): void {
    const s0 = state[0];
    const s1 = state[1];
    const s2 = state[2];
    const c0 = low(s0, m0) + increment[0];
    const r0 = c0 >>> 0;
    const c1 = (c0 - r0) / word + high(s0, m0) + low(s0, m1) + low(s1, m0) + increment[1];
    const r1 = c1 >>> 0;
    const c2Low = low(s0, m2) + low(s1, m1) + low(s2, m0) + increment[2];
    const c2 = (c1 - r1) / word + high(s0, m1) + high(s1, m0) + c2Low;
    const r2 = c2 >>> 0;
    const c3Low = low(s0, m3) + low(s1, m2) + low(s2, m1) + low(state[3], m0) + increment[3];
    const c3 = (c2 - r2) / word + high(s0, m2) + high(s1, m1) + high(s2, m0) + c3Low;
    state[0] = r0;
    state[1] = r1;
    state[2] = r2;
    state[3] = c3 >>> 0;
  }

  step();
  let carry = 0;
  for (let i = 0; i < 4; i++) {
    const sum = state[i] + start[i] + carry;
    state[i] = sum >>> 0;
    carry = sum >= word ? 1 : 0;
  }
  step();

  /** The high half of the next 64 bits; the low half is left in `lowHalf`. */
  let lowHalf = 0;
  function next(): number {
    step();
    const folded0 = state[2] ^ state[0];
    const folded1 = state[3] ^ state[1];
    const rotation = state[3] >>> 26;
    const by = rotation & 31;
    const [from, onto] = rotation < 32 ? [folded0, folded1] : [folded1, folded0];
    if (by === 0) {
      lowHalf = from >>> 0;
      return onto >>> 0;
    }
    lowHalf = ((from >>> by) | (onto << (32 - by))) >>> 0;
    return ((onto >>> by) | (from << (32 - by))) >>> 0;
  }

  function double(): number {
    const highHalf = next();
    return (highHalf * 2097152 + (lowHalf >>> 11)) / 9007199254740992;
  }

  /** 32 bits: the low half of 64, and the high half when asked again. */
  function uint32(): number {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    spare = next();
    hasSpare = true;
    return lowHalf;
  }

  function integer(end: number): number {
    if (end <= 1) return 0;
    // Lemire's method: the high word of a product, of whose low words some are refused.
    let bits = uint32();
    if (low(bits, end) < end) {
      const refused = (word - end) % end;
      while (low(bits, end) < refused) bits = uint32();
    }
    return high(bits, end);
  }

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      // Not by `integer`: NumPy masks here the bits that are too many, and draws again while the number is too large.
      const mask = 0xffffffff >>> Math.clz32(i);
      let other = (uint32() & mask) >>> 0;
      while (other > i) other = (uint32() & mask) >>> 0;
      const held = order[i];
      order[i] = order[other];
      order[other] = held;
    }
    return order;
  }

  return { uint64: () => [next(), lowHalf], double, integer, permutation };
}

// The multiplier 0x2360ed051fc65da44385df649fccf645, from its lowest 32 bits up.
const m0 = 0x9fccf645;
const m1 = 0x4385df64;
const m2 = 0x1fc65da4;
const m3 = 0x2360ed05;

/** Low word of the product of two words. */
function low(a: number, b: number): number {
  return Math.imul(a, b) >>> 0;
}

/** High word of the product of two words: what the product in doubles loses is less than half a high word. */
function high(a: number, b: number): number {
  return Math.round((a * b - low(a, b)) / word);
}
