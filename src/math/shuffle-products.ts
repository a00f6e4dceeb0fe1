import type { CountColumns } from './shuffle-columns.ts';
import type { Placement } from './shuffle-placement.ts';

/**
 * Makes the function that sums, over the bins of one shuffle, the products of each two units that meet in a bin. It
 * costs the entries and the meetings of entries; the empty bins only their place in a table. For whole counts the sums
 * are exact.
 * @returns shuffle index -> Σxᵢxⱼ at [i * n + j] for j < i; all else is 0. The array is overwritten by the next call.
 * Memory: 12 bytes per entry and 4 per bin.
 */
export function createShuffledProducts(
  columns: CountColumns,
  place: Placement,
): (index: number) => Float64Array {
  const { nBins, offsets } = columns;
  const n = offsets.length - 1;
  const { codes, units, values } = encode(columns);
  const products = new Float64Array(n * n);
  const targets = new Int32Array(codes.length);
  const rows = new Int32Array(codes.length);
  const starts = new Int32Array(nBins + 1);

  /** Sorts the entries by bin, those of a bin by unit. */
  function gatherRows(): void {
    starts.fill(0);
    for (let entry = 0; entry < targets.length; entry++) starts[targets[entry]]++;
    for (let bin = 0, sum = 0; bin <= nBins; bin++) {
      sum += starts[bin];
      starts[bin] = sum;
    }
    for (let entry = targets.length - 1; entry >= 0; entry--) {
      rows[--starts[targets[entry]]] = codes[entry];
    }
  }

  return (index) => {
    place(index, targets);
    gatherRows();
    products.fill(0);
    for (let bin = 0; bin < nBins; bin++) {
      const from = starts[bin];
      const end = starts[bin + 1];
      for (let a = from + 1; a < end; a++) {
        const base = units[rows[a]] * n;
        const x = values[rows[a]];
        for (let b = from; b < a; b++) products[base + units[rows[b]]] += x * values[rows[b]];
      }
    }
    return products;
  };
}

const maxCodes = 65536;

/**
 * A code per entry, and the unit and value of each code. Counts take few values, so that two short tables stand for
 * what would else be fetched from all over memory. With too many values each entry is its own code.
 */
function encode({ offsets, values }: CountColumns) {
  const n = offsets.length - 1;
  const codes = new Int32Array(values.length);
  const units: number[] = [];
  const known: number[] = [];
  for (let unit = 0; unit < n; unit++) {
    const ofUnit = new Map<number, number>();
    for (let entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      const code = ofUnit.get(values[entry]) ?? known.length;
      if (code === known.length) {
        if (code === maxCodes) return uncoded(offsets, values);
        ofUnit.set(values[entry], code);
        units.push(unit);
        known.push(values[entry]);
      }
      codes[entry] = code;
    }
  }
  return { codes, units: Int32Array.from(units), values: Float64Array.from(known) };
}

function uncoded(offsets: Int32Array, values: Float64Array) {
  const units = new Int32Array(values.length);
  for (let unit = 0; unit + 1 < offsets.length; unit++) {
    units.fill(unit, offsets[unit], offsets[unit + 1]);
  }
  return { codes: Int32Array.from(units.keys()), units, values };
}
