import { createPcg64, spawnedSeed } from './pcg64.ts';
import { createSfc32 } from './sfc32.ts';
import type { CountColumns } from './shuffle-columns.ts';
import type { Placement, ShuffleGenerator } from './shuffle-placement.ts';

/**
 * `group-shuffle` moves the bins of a whole group alike, each group in an order of its own; `group-shift` turns each
 * group by a time of its own. Both keep what the units of a group have in common and destroy what groups have.
 */
export const groupShuffleKinds = ['group-shuffle', 'group-shift'] as const;
export type GroupShuffleKind = (typeof groupShuffleKinds)[number];

export function isGroupShuffle(kind: string): kind is GroupShuffleKind {
  return (groupShuffleKinds as readonly string[]).includes(kind);
}

/** Sets the draws apart from others that are made of the same seed. */
const stream = 0x67726f75;
const uint32Range = 2 ** 32;

/**
 * Where the entries of units go when their group is moved. A shuffle depends on the seed and its index alone.
 * @param groupOf group of each column, counted from 0
 * @param generator `numpy` draws the permutations that neuro_py draws for `cross_svd`; it has no shifts of groups
 * Memory: 4 bytes per bin; twice that with `numpy`.
 */
export function createGroupPlacement(
  { nBins, offsets, bins }: CountColumns,
  kind: GroupShuffleKind,
  seed: number,
  groupOf: Int32Array,
  generator: ShuffleGenerator = 'fast',
): Placement {
  const nGroups = groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
  const target = new Int32Array(nBins);
  const moverOf = generator === 'numpy' ? numpyMover : fastMover;
  return (index, targets) => {
    const move = moverOf(kind, seed, index);
    for (let group = 0; group < nGroups; group++) {
      move(target);
      for (let unit = 0; unit + 1 < offsets.length; unit++) {
        if (groupOf[unit] !== group) continue;
        for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
          targets[entry] = target[bins[entry]];
        }
      }
    }
  };
}

/** Writes, for one group after the other, the bin that each bin goes to. */
type Mover = (target: Int32Array) => void;

function fastMover(kind: GroupShuffleKind, seed: number, index: number): Mover {
  const { uint32 } = createSfc32(seed, stream, index);
  const below = (n: number) => Math.floor((uint32() / uint32Range) * n);
  return kind === 'group-shift'
    ? (target) => turn(target, below(target.length))
    : (target) => mix(target, below);
}

function numpyMover(_: GroupShuffleKind, seed: number, index: number): Mover {
  const { permutation } = createPcg64(spawnedSeed(seed, index));
  return (target) => {
    // Bin `i` of the shuffled counts is bin `order[i]` of those given.
    permutation(target.length).forEach((from, to) => {
      target[from] = to;
    });
  };
}

function turn(target: Int32Array, by: number): void {
  const n = target.length;
  for (let bin = 0; bin < n; bin++) target[bin] = bin + by < n ? bin + by : bin + by - n;
}

/** A random permutation, by exchanging each place with one not after it. */
function mix(target: Int32Array, below: (n: number) => number): void {
  for (let bin = 0; bin < target.length; bin++) {
    const other = below(bin + 1);
    target[bin] = target[other];
    target[other] = bin;
  }
}
