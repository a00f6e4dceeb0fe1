import { Float64, Int32, makeVector, RecordBatchStreamWriter, Table } from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIpcDecoder } from '../../src/model/ipc-decoder.ts';

const table = (from: number, n: number) =>
  new Table({
    time: makeVector({
      type: new Float64(),
      data: Float64Array.from({ length: n }, (_, i) => from + i),
    }),
    unit_id: makeVector({ type: new Int32(), data: Int32Array.from({ length: n }, (_, i) => i) }),
  });
const batches = [table(0, 3), table(3, 1), table(4, 50)].flatMap((one) => one.batches);
const bytes = RecordBatchStreamWriter.writeAll(batches).toUint8Array(true);
const expected = Array.from({ length: 54 }, (_, i) => i);

test('any cuts give the same batches, and a stream that is cut short those that are whole', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, fc.integer({ min: 0, max: bytes.length }), (places, end) => {
      const decoder = createIpcDecoder();
      const sorted = [0, ...places.filter((place) => place < end).sort((a, b) => a - b), end];
      const times = sorted
        .slice(1)
        .flatMap((to, i) => decoder.push(bytes.subarray(sorted[i], to)))
        .flatMap((batch) => Array.from(batch.getChild('time')?.toArray() as Float64Array));
      expect([0, 3, 4, 54]).toContain(times.length);
      expect(times).toEqual(expected.slice(0, times.length));
      if (end === bytes.length) {
        expect(times).toHaveLength(54);
        expect(decoder.isOver()).toBe(true);
        expect(decoder.nWaiting()).toBe(0);
      }
    }),
  );
});

test('what is no stream is refused', () => {
  expect(() => createIpcDecoder().push(new Uint8Array(20).fill(7))).toThrow('Arrow');
});

test('damage loses nothing of what stands before it, and is told with the next bytes', () => {
  const noise = new Uint8Array(40).fill(7);
  const end = bytes.length - 8;
  const decoder = createIpcDecoder();
  const made = decoder.push(Uint8Array.from([...bytes.subarray(0, end), ...noise]));
  expect(made.map(({ numRows }) => numRows)).toEqual([3, 1, 50]);
  expect(decoder.nWaiting()).toBe(40);
  expect(() => decoder.push(new Uint8Array(1))).toThrow('Arrow');
  expect(() => decoder.push(bytes)).toThrow('Arrow');
});

test('lengths in the metadata that reach beyond it are refused, and not gone through', () => {
  const ends: string[] = [];
  for (const length of [0x7fffffff, 0xffffffff, 0x10000]) {
    for (let at = 8; at < bytes.length; at += 4) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt32LE(length, at);
      const decoder = createIpcDecoder();
      try {
        const rows = decoder.push(damaged).reduce((sum, { numRows }) => sum + numRows, 0);
        ends.push(rows === 54 ? 'whole' : 'cut');
      } catch {
        ends.push('refused');
      }
    }
  }
  expect(new Set(ends)).toEqual(new Set(['whole', 'cut', 'refused']));
});

test('more fields than any recording has are refused', () => {
  const columns = Object.fromEntries(
    Array.from({ length: 10_001 }, (_, i) => [`c${i}`, makeVector(Float64Array.of(1))]),
  );
  const wide = RecordBatchStreamWriter.writeAll(new Table(columns).batches).toUint8Array(true);
  expect(() => createIpcDecoder().push(wide)).toThrow('Arrow');
});
