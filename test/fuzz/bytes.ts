import type { Dice } from './dice.ts';

/** Words that break programs when they stand for a length, a count or a type. */
export const hostileWords = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 14, 15, 16, 255, 256, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0xffffffff, 0xfffffff8, 0x40000000,
];

/** A copy with some damage: flipped bits, changed words, pieces cut out, repeated or put in. */
export function damage(bytes: Buffer, dice: Dice): Buffer {
  let made: Buffer = Buffer.from(bytes);
  for (let left = dice.few(6); left > 0 && made.length > 0; left--) made = once(made, dice);
  return made;
}

function once(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length);
  switch (dice.below(9)) {
    case 0:
    case 1:
      bytes[at] ^= 1 << dice.below(8);
      return bytes;
    case 2:
      bytes[at] = dice.below(256);
      return bytes;
    case 3:
    case 4: {
      const word = at & ~3;
      if (word + 4 <= bytes.length) bytes.writeUInt32LE(dice.pick(hostileWords), word);
      return bytes;
    }
    case 5:
      return bytes.subarray(0, at);
    case 6:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + dice.few(64))]);
    case 7: {
      const piece = bytes.subarray(at, at + dice.few(256));
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    }
    default: {
      const noise = Buffer.from(Array.from({ length: dice.few(32) }, () => dice.below(256)));
      return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
    }
  }
}
