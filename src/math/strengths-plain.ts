import type { CountsChunk } from '../model/chunk.ts';
import type { Strengths, StrengthTable } from './strengths.ts';

/** Patterns that are made together: they share what is read of a unit. */
const groupSize = 4;

/** Rows that all patterns are made of in turn, while their entries are at hand. */
const blockRows = 256;

/**
 * Strengths by loops of JavaScript: what there is where WebAssembly is not, and what that is held against.
 * Memory: 12 bytes per entry of 256 rows.
 */
export function createPlainStrengths(): Strengths {
  let table: StrengthTable | undefined;
  let places = new Int32Array(0);
  let quadratics = new Float64Array(0);

  function fill(counts: CountsChunk): Float64Array[] {
    if (!table) throw new Error('no table was loaded');
    const { nBins, offsets } = counts;
    // Column after column; the last group may have patterns that are none, whose columns are left out.
    const strengths = new Float64Array(table.nGroups * groupSize * nBins);
    for (let row = 0; row < nBins; row += blockRows) {
      const end = Math.min(nBins, row + blockRows);
      prepare(counts, table, offsets[row], offsets[end]);
      fillBlock(counts, table, row, end, places, quadratics, strengths);
    }
    return Array.from({ length: table.nPatterns }, (_, p) =>
      strengths.subarray(p * nBins, (p + 1) * nBins),
    );
  }

  /** Of each entry, what all patterns share: where its unit's gains stand, and what those add to the diagonal. */
  function prepare(
    { units, values }: CountsChunk,
    { nGroups, mean, diagonal }: StrengthTable,
    from: number,
    to: number,
  ): void {
    if (to - from > places.length) {
      places = new Int32Array(2 * (to - from));
      quadratics = new Float64Array(2 * (to - from));
    }
    const width = nGroups * groupSize;
    for (let entry = from; entry < to; entry++) {
      const unit = units[entry];
      const x = values[entry];
      places[entry - from] = unit * width;
      // Where the diagonal is kept, nothing is taken off: 0 for all.
      quadratics[entry - from] = diagonal === 'keep' ? 0 : x * x - 2 * mean[unit] * x;
    }
  }

  return {
    groupSize,
    load: (loaded) => {
      table = loaded;
    },
    fill,
  };
}

function fillBlock(
  { nBins, offsets, values }: CountsChunk,
  { gains, atRest, nGroups }: StrengthTable,
  firstRow: number,
  endRow: number,
  places: Int32Array,
  quadratics: Float64Array,
  strengths: Float64Array,
): void {
  const firstEntry = offsets[firstRow];
  for (let group = 0; group < nGroups; group++) {
    const first = group * 4;
    const at = group * 8;
    // One by one: as an iterator gives them, they would not be known to be numbers, nor all that is added to them.
    const A0 = atRest[at];
    const A1 = atRest[at + 1];
    const A2 = atRest[at + 2];
    const A3 = atRest[at + 3];
    const B0 = atRest[at + 4];
    const B1 = atRest[at + 5];
    const B2 = atRest[at + 6];
    const B3 = atRest[at + 7];
    let cell = first * nBins + firstRow;
    let entry = firstEntry;
    for (let row = firstRow; row < endRow; row++, cell++) {
      const end = offsets[row + 1];
      let s0 = A0;
      let s1 = A1;
      let s2 = A2;
      let s3 = A3;
      let d0 = B0;
      let d1 = B1;
      let d2 = B2;
      let d3 = B3;
      for (; entry < end; entry++) {
        const place = places[entry - firstEntry] + first;
        const x = values[entry];
        const q = quadratics[entry - firstEntry];
        const a0 = gains[place];
        const a1 = gains[place + 1];
        const a2 = gains[place + 2];
        const a3 = gains[place + 3];
        s0 += a0 * x;
        s1 += a1 * x;
        s2 += a2 * x;
        s3 += a3 * x;
        d0 += a0 * a0 * q;
        d1 += a1 * a1 * q;
        d2 += a2 * a2 * q;
        d3 += a3 * a3 * q;
      }
      strengths[cell] = s0 * s0 - d0;
      strengths[cell + nBins] = s1 * s1 - d1;
      strengths[cell + 2 * nBins] = s2 * s2 - d2;
      strengths[cell + 3 * nBins] = s3 * s3 - d3;
    }
  }
}
