import { createPcg64, spawnedSeed } from './pcg64.ts';
import { createSfc32 } from './sfc32.ts';
import type { CountColumns } from './shuffle-columns.ts';

/**
 * `bin-shuffle` scatters each unit's counts over all bins and so destroys every order in time; `circular-shift` turns
 * each unit's counts by a time of its own and so keeps what a unit owes to its own past.
 */
export type ShuffleKind = 'bin-shuffle' | 'circular-shift';

/** `fast` moves only the counts that are not 0; `numpy` draws what neuro_py draws, number by number. */
export type ShuffleGenerator = 'fast' | 'numpy';

/** Writes the bin that each entry gets in the shuffle of this index; the entries of one unit get different bins. */
export type Placement = (index: number, targets: Int32Array) => void;

/** A shuffle depends on the seed and its index alone, never on the shuffles made before. */
export function createPlacement(
  columns: CountColumns,
  kind: ShuffleKind,
  generator: ShuffleGenerator,
  seed: number,
): Placement {
  if (kind === 'circular-shift') {
    const rotations: Rotations = generator === 'numpy' ? numpyRotations : fastRotations;
    return (index, targets) => rotate(columns, rotations(columns.nBins, seed, index), targets);
  }
  return generator === 'numpy'
    ? createNumpyPermutation(columns, seed)
    : createScattering(columns, seed);
}

/** Sets the draws apart from others that are made of the same seed. */
const stream = 0x73687566;
const uint32Range = 2 ** 32;

/**
 * Each entry of a unit into a bin that the unit has not yet filled. The bin is a random fraction of the number of
 * bins, uneven by less than nBins / 2³² of a bin's chance.
 */
function createScattering({ nBins, offsets }: CountColumns, seed: number): Placement {
  const filledBy = new Int32Array(nBins);
  return (index, targets) => {
    const { uint32 } = createSfc32(seed, stream, index);
    const scale = nBins / uint32Range;
    filledBy.fill(-1);
    for (let unit = 0; unit + 1 < offsets.length; unit++) {
      const end = offsets[unit + 1];
      for (let entry = offsets[unit]; entry < end; entry++) {
        let bin = (uint32() * scale) | 0;
        while (filledBy[bin] === unit) bin = (uint32() * scale) | 0;
        filledBy[bin] = unit;
        targets[entry] = bin;
      }
    }
  };
}

/** Sorts the bins of each unit by uniform random numbers: an entry moves to the rank of its bin's number. */
function createNumpyPermutation({ nBins, offsets, bins }: CountColumns, seed: number): Placement {
  const numbers = new Float64Array(nBins);
  const sorted = new Float64Array(nBins);
  const starts = new Int32Array(nBins + 1);
  return (index, targets) => {
    const { double } = createPcg64(spawnedSeed(seed, index));
    for (let unit = 0; unit + 1 < offsets.length; unit++) {
      for (let bin = 0; bin < nBins; bin++) numbers[bin] = double();
      const rank = rankAmong(numbers, sorted, starts);
      for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
        targets[entry] = rank(numbers[bins[entry]]);
      }
    }
  };
}

/** How many of the numbers, uniform in [0, 1), are less than a given one: sorted into as many classes as there are. */
function rankAmong(numbers: Float64Array, sorted: Float64Array, starts: Int32Array) {
  const n = numbers.length;
  starts.fill(0);
  for (let i = 0; i < n; i++) starts[Math.floor(numbers[i] * n)]++;
  for (let c = 0, sum = 0; c <= n; c++) {
    sum += starts[c];
    starts[c] = sum;
  }
  for (let i = n - 1; i >= 0; i--) sorted[--starts[Math.floor(numbers[i] * n)]] = numbers[i];
  return (number: number): number => {
    const group = Math.floor(number * n);
    let rank = starts[group];
    for (let at = starts[group]; at < starts[group + 1]; at++) if (sorted[at] < number) rank++;
    return rank;
  };
}

type Rotations = (nBins: number, seed: number, index: number) => () => number;

function fastRotations(nBins: number, seed: number, index: number): () => number {
  const { uint32 } = createSfc32(seed, stream, index);
  return () => Math.floor((uint32() / uint32Range) * nBins);
}

function numpyRotations(nBins: number, seed: number, index: number): () => number {
  const { integer } = createPcg64(spawnedSeed(seed, index));
  return () => integer(2 * nBins) % nBins;
}

function rotate(
  { nBins, offsets, bins }: CountColumns,
  nextRotation: () => number,
  targets: Int32Array,
): void {
  for (let unit = 0; unit + 1 < offsets.length; unit++) {
    const by = nextRotation();
    for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      const bin = bins[entry] + by;
      targets[entry] = bin < nBins ? bin : bin - nBins;
    }
  }
}
