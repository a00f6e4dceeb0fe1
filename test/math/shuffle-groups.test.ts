import { expect, test } from 'vitest';
import type { CountColumns } from '../../src/math/shuffle-columns.ts';
import { createGroupPlacement } from '../../src/math/shuffle-groups.ts';

/** Three units over 12 bins: the first and the last of group 0, which fire in the same bins. */
const columns: CountColumns = {
  nBins: 12,
  offsets: Int32Array.of(0, 4, 7, 11),
  bins: Int32Array.of(0, 3, 4, 11, 0, 3, 5, 0, 3, 4, 11),
  values: new Float64Array(11).fill(1),
};
const groupOf = Int32Array.of(0, 1, 0);

function place(kind: 'group-shuffle' | 'group-shift', seed: number, index: number): Int32Array {
  const targets = new Int32Array(11);
  createGroupPlacement(columns, kind, seed, groupOf)(index, targets);
  return targets;
}

test.each(['group-shuffle', 'group-shift'] as const)('%s moves a group as one', (kind) => {
  let nApart = 0;
  for (let index = 0; index < 50; index++) {
    const targets = place(kind, 5, index);
    expect(targets.slice(7)).toEqual(targets.slice(0, 4));
    expect(new Set(targets.slice(0, 4)).size).toBe(4);
    expect(targets.every((bin) => bin >= 0 && bin < 12)).toBe(true);
    if (targets[0] !== targets[4]) nApart++;
    if (kind === 'group-shift') {
      // Distances around the ring stay.
      expect((targets[1] - targets[0] + 12) % 12).toBe(3);
    }
  }
  // In one of 12 they fall together by chance.
  expect(nApart).toBeGreaterThan(35);
});

test('a shuffle depends on seed and index alone, and all bins are as likely', () => {
  expect(place('group-shuffle', 1, 7)).toEqual(place('group-shuffle', 1, 7));
  expect(place('group-shuffle', 1, 7)).not.toEqual(place('group-shuffle', 2, 7));
  const placement = createGroupPlacement(columns, 'group-shuffle', 3, groupOf);
  const tally = new Int32Array(12);
  const targets = new Int32Array(11);
  for (let index = 0; index < 6000; index++) {
    placement(index, targets);
    tally[targets[0]]++;
  }
  for (const n of tally) expect(Math.abs(n - 500)).toBeLessThan(100);
});
