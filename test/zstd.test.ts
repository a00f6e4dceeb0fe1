import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openUnzstd, openZstd } from '../src/zstd.ts';

const noise = (n: number) =>
  Uint8Array.from({ length: n }, (_, i) => (i * i * 31 + (i >> 3)) % 251);

test('what was packed comes back, whatever its length', async () => {
  const pack = await openZstd(1);
  const unpack = await openUnzstd();
  for (const n of [1, 17, 255, 256, 257, 65_535, 65_791, 65_792, 524_288]) {
    const bytes = noise(n);
    const packed = pack(bytes);
    const decoded = packed.length < 18 ? bytes : unpack(packed, n);
    expect(Buffer.compare(decoded ?? noise(0), bytes)).toBe(0);
  }
});

test('a frame that says another length, none at all or too much is left to others', async () => {
  const unpack = await openUnzstd();
  const packed = (await openZstd(1))(noise(100_000));
  expect(unpack(packed, 100_000)?.length).toBe(100_000);
  expect(unpack(packed, 99_999)).toBeUndefined();
  expect(unpack(packed, 0)).toBeUndefined();
  expect(unpack(new Uint8Array(50), 50)).toBeUndefined();
  // A frame of one segment that says it holds 2^62 bytes, and one that says 4 GB less one.
  const huge = packed.slice();
  huge[4] = 0xe0;
  new DataView(huge.buffer).setBigUint64(5, 2n ** 62n, true);
  expect(unpack(huge, 2 ** 62)).toBeUndefined();
  huge[4] = 0xa0;
  new DataView(huge.buffer).setUint32(5, 2 ** 32 - 1, true);
  expect(unpack(huge, 2 ** 32 - 1)).toBeUndefined();
});

test('damaged frames are errors or other bytes, and those behind them are read as ever', async () => {
  const unpack = await openUnzstd();
  const bytes = noise(20_000);
  const packed = (await openZstd(1))(bytes);
  fc.assert(
    fc.property(fc.nat({ max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const damaged = packed.slice();
      damaged[at] = (damaged[at] + by) % 256;
      try {
        const decoded = unpack(damaged, bytes.length);
        if (decoded) expect(decoded.length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(Buffer.compare(unpack(packed, bytes.length) ?? noise(0), bytes)).toBe(0);
    }),
  );
  const cut = packed.subarray(0, packed.length - 5);
  expect(() => unpack(cut, bytes.length)).toThrow('zstd data that cannot be decoded');
});
