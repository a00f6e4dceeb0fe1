import { basename } from 'node:path';
import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { silent } from '../model/report.ts';
import { labelKey, type UnitLabels } from '../model/unit-labels.ts';
import { check, choice, type OptionsOf, path, text } from '../params.ts';
import { readRows } from './tables/rows.ts';
import type { TableFile } from './tables/table-file.ts';
import { type IdEntry, nameUnits } from './tables/unit-ids.ts';

const params = {
  path: path({ doc: 'CSV or Parquet file with one row per unit.' }),
  column: text({ default: 'group', doc: 'The column that labels units.' }),
  missingUnits: choice({
    of: ['error', 'ignore'],
    default: 'error',
    doc: 'Units of the table that the recording has not: refused, or left out.',
  }),
  extraUnits: choice({
    of: ['error', 'unknown'],
    default: 'error',
    doc: 'Units of the recording without a label in the table: refused, or a group of their own, "unknown".',
  }),
};
export type LabelsFileOptions = OptionsOf<typeof params> & { readonly path: string };

/**
 * A label for each unit, from a table that stands beside the recording: one row per unit, with the column unit_id and the
 * one that labels. Units are matched by id; those of a recording that names its units by text, by that text, which
 * stands in unit_id or, as in a run's own units.parquet, in unit_label. A unit whose cell is empty has no label. What
 * the two options allow is decided where labels and recording meet; units that the recording left out by its own
 * filters may stand in the table.
 * @throws InputError for a file that is missing or damaged, lacks a column, or names a unit twice
 */
export async function openLabelsFile(
  options: LabelsFileOptions,
  { report = silent, signal }: Partial<SourceContext> = {},
): Promise<OpenSource & { readonly values: { readonly labels: UnitLabels } }> {
  const { path: given, column, missingUnits, extraUnits } = check(params, options);
  const isParquet = given.toLowerCase().endsWith('.parquet');
  const file: TableFile = {
    path: given,
    name: basename(given),
    format: isParquet ? 'parquet' : 'csv',
  };
  const entries: IdEntry[] = [];
  const cells: string[] = [];
  const columns = { required: ['unit_id', column], optional: ['unit_label'] };
  const { digest } = await readRows(
    file,
    columns,
    (row) => {
      const id = row.text('unit_label') || row.text('unit_id');
      if (id === '') throw row.error('unit_id', 'BAD_UNIT_ID', 'nothing', 'the id of a unit');
      entries.push({ text: id, at: row.at });
      cells.push(row.text(column));
    },
    { further: 'ignored', report, signal },
  );
  const { units } = nameUnits(entries, file);
  const byUnit = new Map(units.map((unit, i) => [labelKey(unit), cells[i]]));
  for (const [unit, label] of byUnit) if (label === '') byUnit.delete(unit);
  return {
    values: { labels: { kind: 'labels', column, byUnit, missingUnits, extraUnits } },
    streams: {},
    digests: [digest],
    paths: [file.path],
    span: undefined,
  };
}

export const labelsFileNode = defineSource({
  op: 'labels-file',
  summary: 'Labels that group units, from a table beside the recording.',
  outputs: { labels: 'labels' },
  params,
  open: openLabelsFile,
});
