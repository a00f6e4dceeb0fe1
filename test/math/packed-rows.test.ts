import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReusedRoom, createUnpacker, packRows, shapeOf } from '../../src/math/packed-rows.ts';
import type { SparseRows } from '../../src/math/sparse-covariance.ts';

function rowsOf(rows: readonly (readonly [number, number][])[], lead = 0): SparseRows {
  const entries = rows.flat();
  const offsets = new Int32Array(rows.length + 1).fill(lead);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r] + row.length;
  });
  const before = Array<number>(lead).fill(-1);
  return {
    nBins: rows.length,
    offsets,
    units: Int32Array.from([...before, ...entries.map(([unit]) => unit)]),
    values: Float64Array.from([...before, ...entries.map(([, value]) => value)]),
  };
}

function listOf({ nBins, offsets, units, values }: SparseRows) {
  return Array.from({ length: nBins }, (_, row) => {
    const [from, to] = [offsets[row], offsets[row + 1]];
    return Array.from(units.subarray(from, to), (unit, i) => [unit, values[from + i]]);
  });
}

const value = fc.oneof(
  fc.integer({ min: 1, max: 255 }),
  fc.constantFrom(0, -0, 256, 255.5, -1, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
);
const unit = fc.oneof(fc.nat(255), fc.nat(70_000));
const rows = fc.array(fc.array(fc.tuple(unit, value), { maxLength: 6 }), { maxLength: 8 });

describe('packed rows', () => {
  test('come back to the bit, whatever was unpacked before', () => {
    const unpack = createUnpacker();
    fc.assert(
      fc.property(rows, fc.nat(3), (given, lead) => {
        expect(listOf(unpack(packRows(rowsOf(given, lead))))).toEqual(given);
      }),
    );
  });

  test.each([
    { what: 'spikes of few units', unit: 255, value: 255, bytes: 1 + 1 },
    { what: 'of more', unit: 256, value: 1, bytes: 2 + 1 },
    { what: 'of very many', unit: 65_536, value: 1, bytes: 4 + 1 },
    { what: 'values that are no counts', unit: 1, value: 0.5, bytes: 1 + 8 },
    { what: 'large counts', unit: 1, value: 256, bytes: 1 + 8 },
  ])('$what take $bytes bytes each', ({ unit, value, bytes }) => {
    const packed = packRows(rowsOf([[[unit, value]], []]));
    expect(packed.units.byteLength + packed.values.byteLength).toBe(bytes);
    expect(packed.lengths.byteLength).toBe(2);
  });

  test('rows of many entries keep their lengths', () => {
    const long = Array.from({ length: 300 }, (_, unit): [number, number] => [unit, 1]);
    const longest = Array.from({ length: 70_000 }, (_, unit): [number, number] => [unit, 2]);
    expect(listOf(createUnpacker()(packRows(rowsOf([long, []]))))).toEqual([long, []]);
    expect(listOf(createUnpacker()(packRows(rowsOf([[], longest]))))).toEqual([[], longest]);
  });

  test('a copy: what is done to the rows afterwards does not show', () => {
    const given = rowsOf([[[3, 1]], [[2, 0.5]]]);
    const packed = packRows(given);
    given.units.fill(9);
    given.values.fill(9);
    expect(listOf(createUnpacker()(packed))).toEqual([[[3, 1]], [[2, 0.5]]]);
  });

  test('the room of a shape is like the rows that it is of, whatever stood there before', () => {
    const roomFor = createReusedRoom();
    fc.assert(
      fc.property(rows, (given) => {
        const packed = packRows(rowsOf(given));
        const room = roomFor(shapeOf(packed));
        for (const name of ['lengths', 'units', 'values'] as const) {
          room[name].set(packed[name]);
          expect(room[name]).toEqual(packed[name]);
        }
      }),
    );
  });

  test('rooms that are no larger than those before stand in the same memory', () => {
    const roomFor = createReusedRoom();
    const [long, short] = [
      rowsOf([
        [
          [1, 1],
          [2, 1],
        ],
        [],
      ]),
      rowsOf([[[1, 1]]]),
    ].map(packRows);
    const first = roomFor(shapeOf(long));
    expect(roomFor(shapeOf(short)).units.buffer).toBe(first.units.buffer);
  });
});
