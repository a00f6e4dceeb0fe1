const size = 624;
const shift = 397;

/** A source of random numbers that a seed determines. */
export interface RandomSource {
  /** The next whole number from 0 to 2³² - 1. */
  readonly uint32: () => number;
  /** The next number in [0, 1), of 53 random bits. */
  readonly double: () => number;
}

/**
 * The Mersenne Twister MT19937, initialised by one integer (not by an array), with doubles made as NumPy's legacy
 * generator makes them: the same seed gives the same numbers.
 * @param seed a whole number from 0 to 2³² - 1
 * Source: Matsumoto & Nishimura 1998, ACM TOMACS, doi 10.1145/272991.272995
 */
export function createMersenneTwister(seed: number): RandomSource {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let next = size;

  function twist(): void {
    for (let i = 0; i < size; i++) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % size] & 0x7fffffff);
      state[i] = state[(i + shift) % size] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    next = 0;
  }

  function uint32(): number {
    if (next === size) twist();
    let bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    bits ^= bits >>> 18;
    return bits >>> 0;
  }

  function double(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  return { uint32, double };
}

/**
 * Standard normal numbers, the same that NumPy's legacy generator draws from this seed.
 * Of each pair the polar method makes, the one of the second coordinate comes first.
 * @param seed a whole number from 0 to 2³² - 1
 * Source: Marsaglia & Bray 1964, SIAM Review, doi 10.1137/1006063
 */
export function standardNormals(seed: number, n: number): Float64Array {
  const { double } = createMersenneTwister(seed);
  const normals = new Float64Array(n);
  for (let i = 0; i < n; i += 2) {
    let u: number;
    let v: number;
    let square: number;
    do {
      u = 2 * double() - 1;
      v = 2 * double() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    normals[i] = factor * v;
    if (i + 1 < n) normals[i + 1] = factor * u;
  }
  return normals;
}
