import type { RunResults } from './run-results.ts';

/** A correlation matrix of units. */
export interface CorrelationMatrix {
  readonly prefix: string;
  readonly units: readonly { readonly id: number; readonly region: string }[];
  /** Row-major; NaN where a unit does not vary, and where a pair was not asked for. */
  readonly values: Float64Array;
  /** 1 for pairs that were not asked for: those within a group. */
  readonly isMasked: Uint8Array;
}

/** Undefined when the run has none of that prefix. @throws InputError when its file is not readable */
export async function readCorrelation(
  results: RunResults,
  prefix: string,
): Promise<CorrelationMatrix | undefined> {
  const table = await results.table(`${prefix}correlation.parquet`);
  if (!table) return undefined;
  const [a, b, value] = ['unit_a', 'unit_b', 'value'].map((name) => table.numbers(name));
  const regions = table.texts('region_a');
  const isNull = table.isNull('value');
  const places = new Map<number, number>();
  const units: { id: number; region: string }[] = [];
  a.forEach((id, row) => {
    if (places.has(id)) return;
    places.set(id, units.length);
    units.push({ id, region: regions[row] ?? '' });
  });
  const n = units.length;
  const values = new Float64Array(n * n).fill(Number.NaN);
  const isMasked = new Uint8Array(n * n).fill(1);
  value.forEach((one, row) => {
    const at = (places.get(a[row]) ?? 0) * n + (places.get(b[row]) ?? 0);
    values[at] = one;
    isMasked[at] = isNull[row];
  });
  return { prefix, units, values, isMasked };
}
