import { expect, test } from 'vitest';
import { silent } from '../../src/model/report.ts';
import { findLiveUnits, liveUnitParams } from '../../src/sources/live-units.ts';

const none = { patterns: undefined, patternsNode: undefined };

test('a table of units: ids ascending, each electrode its own sorted ids', async () => {
  const units = [
    ['E2', 1, 30],
    ['E1', 1, 20],
    ['E1', 2, 10],
    ['E3', 9, 10],
  ] as const;
  const { table, indexOf } = await findLiveUnits({ ...none, units }, silent);
  expect(table.kept.map(({ id }) => id)).toEqual([10, 20, 30]);
  expect([indexOf('E2', 1), indexOf('E1', 1), indexOf('E1', 2), indexOf('E3', 9)]).toEqual([
    2, 1, 0, 0,
  ]);
  expect([indexOf('E1', 0), indexOf('E9', 1)]).toEqual([undefined, undefined]);
});

test('a sorted unit that stands twice is refused', async () => {
  const units = [
    ['E1', 1, 10],
    ['E1', 1, 11],
  ] as const;
  const finding = findLiveUnits({ ...none, units }, silent);
  await expect(finding).rejects.toMatchObject({ code: 'LIVE_UNIT_TWICE' });
});

test.each([
  [[], undefined],
  [[['E1', 1]], undefined],
  [[['E1', 1.5, 2]], undefined],
  [[[true, 1, 2]], undefined],
  ['E1', undefined],
  [[[7, 1, 2]], [['7', 1, 2]]],
])('%j as it is written in YAML', (written, expected) => {
  const parsed = liveUnitParams.units.parse(written);
  expect(parsed).toEqual(expected);
  if (parsed) expect(liveUnitParams.units.parse(parsed)).toEqual(parsed);
});
