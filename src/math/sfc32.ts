import type { RandomSource } from './random.ts';

/**
 * The generator sfc32 ("small fast counting"), of 128 bits of state and integer arithmetic alone. Streams of one seed
 * are independent of each other: each thing that is drawn may have its own.
 * @param seed a whole number from 0 to 2³² - 1
 * @param stream what is drawn, from 0 to 2³² - 1
 * @param index for which one of several, from 0 to 2³² - 1
 * Source: Doty-Humphrey 2010, PractRand, sfc32 with 15 rounds of mixing after seeding
 */
export function createSfc32(seed: number, stream: number, index = 0): RandomSource {
  let a = seed | 0;
  let b = stream | 0;
  let c = index | 0;
  let counter = 1;

  function uint32(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }

  function double(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  for (let round = 0; round < 15; round++) uint32();
  return { uint32, double };
}
