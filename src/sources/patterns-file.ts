import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { ConfigError, type InputError } from '../errors.ts';
import type { Patterns } from '../model/patterns.ts';
import { silent } from '../model/report.ts';
import { check, type OptionsOf, optional, path, text } from '../params.ts';
import { assemblePatterns, type PatternRow } from './patterns-rows.ts';
import { parseDecimal } from './tables/decimal.ts';
import { readRows, type TableRow } from './tables/rows.ts';
import type { TableFile } from './tables/table-file.ts';

const params = {
  path: path({ doc: 'Folder of an earlier run, its patterns.parquet, or a CSV file.' }),
  node: optional(
    text({
      doc: 'Which node of that run, where it has patterns of several: NODE.patterns.parquet.',
    }),
  ),
};
export type PatternsFileOptions = OptionsOf<typeof params> & { readonly path: string };

const columns = {
  required: ['assembly', 'unit_id', 'weight'],
  optional: ['region', 'cell_type', 'member'],
};

/**
 * Patterns as an earlier run wrote them, or as any other method found them: one row per assembly and unit, as Parquet or
 * CSV, with the columns assembly, unit_id, weight and, if there, region, cell_type, member. Units without a row in an
 * assembly have weight 0 in it. Without the column member, members are found by Otsu's threshold. A file of weights of
 * length 1 is taken as it is, to the last bit; other lengths are made 1, with a warning. Nothing is known of eigenvalues
 * and bounds: there are none, and NaN.
 * @throws InputError for a file that is missing, damaged, or holds what cannot be understood
 * @throws ConfigError for a `node` beside the path of a file
 */
export async function openPatternsFile(
  options: PatternsFileOptions,
  { report = silent, signal }: Partial<SourceContext> = {},
): Promise<OpenSource & { readonly values: { readonly patterns: Patterns } }> {
  const { path: given, node } = check(params, options);
  const file = await locate(given, node);
  const rows: PatternRow[] = [];
  const { digest } = await readRows(file, columns, (row) => rows.push(readRow(row)), {
    further: 'ignored',
    report,
    signal,
  });
  const patterns = assemblePatterns(rows, file);
  for (const message of patterns.warnings) {
    report({ level: 'warning', code: 'PATTERNS_CHANGED', message });
  }
  return {
    values: { patterns },
    streams: {},
    digests: [digest],
    paths: [file.path],
    span: undefined,
  };
}

async function locate(given: string, node: string | undefined): Promise<TableFile> {
  const isFolder = await stat(given).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder && node !== undefined) {
    throw new ConfigError({
      code: 'PATTERNS_NODE',
      found: `node: ${node} beside the path of a file`,
      expected: 'the folder of a run, or no node',
      hint: 'leave node out: the file is one node’s',
    });
  }
  const name = node === undefined ? 'patterns.parquet' : `${node}.patterns.parquet`;
  const file = isFolder ? join(given, name) : given;
  const isParquet = file.toLowerCase().endsWith('.parquet');
  return { path: file, name: basename(file), format: isParquet ? 'parquet' : 'csv' };
}

function readRow(row: TableRow): PatternRow {
  return {
    at: row.at,
    assembly: readWhole(row, 'assembly'),
    unitId: readWhole(row, 'unit_id'),
    weight: readNumber(row, 'weight'),
    region: row.text('region'),
    cellType: row.text('cell_type'),
    isMember: readFlag(row),
  };
}

function readNumber(row: TableRow, column: string): number {
  const cell = row.cell(column);
  const value = typeof cell === 'string' ? parseDecimal(cell) : (cell ?? Number.NaN);
  if (Number.isFinite(value)) return value;
  throw refused(row, column, 'a finite number');
}

function readWhole(row: TableRow, column: string): number {
  const value = readNumber(row, column);
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
  throw refused(row, column, 'a whole number');
}

function readFlag(row: TableRow): boolean | undefined {
  const cell = row.text('member').toLowerCase();
  if (cell === '') return undefined;
  if (cell === 'true' || cell === '1') return true;
  if (cell === 'false' || cell === '0') return false;
  throw refused(row, 'member', 'true or false, 1 or 0');
}

function refused(row: TableRow, column: string, expected: string): InputError {
  const cell = row.text(column);
  return row.error(column, 'BAD_PATTERNS', cell === '' ? 'nothing' : cell.slice(0, 60), expected);
}

export const patternsFileNode = defineSource({
  op: 'patterns-file',
  summary: 'Assembly patterns from a file: of an earlier run, or of another method.',
  outputs: { patterns: 'patterns' },
  params,
  open: openPatternsFile,
});
