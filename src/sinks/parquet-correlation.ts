import { type Correlation, correlationOf } from '../model/correlation.ts';
import type { Cell, ColumnSpec } from './parquet-column.ts';
import type { Table } from './parquet-file.ts';
import { orNull } from './parquet-tables.ts';

/**
 * One row per ordered pair of units. The value is null for pairs that were not asked for, within a group say, and NaN
 * where a unit does not vary.
 */
export function correlationTable(correlation: Correlation | undefined): Table {
  const { units = [], groups } = correlation ?? {};
  // A thousand units have a million pairs: one row at a time.
  function* rows(): Generator<Cell[]> {
    for (const [a, first] of units.entries()) {
      for (const [b, second] of units.entries()) {
        const isMasked = groups !== undefined && groups[a] === groups[b];
        const value = isMasked || !correlation ? null : correlationOf(correlation, a, b);
        yield [first.id, second.id, orNull(first.region), orNull(second.region), value];
      }
    }
  }
  const columns: ColumnSpec[] = [
    { name: 'unit_a', type: 'int32' },
    { name: 'unit_b', type: 'int32' },
    { name: 'region_a', type: 'utf8', isNullable: true },
    { name: 'region_b', type: 'utf8', isNullable: true },
    { name: 'value', type: 'float64', isNullable: true },
  ];
  return { columns, rows: { length: units.length ** 2, [Symbol.iterator]: rows } };
}
