import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { ConfigError, didYouMean, InputError, show } from '../errors.ts';
import type { Moments } from '../model/chunk.ts';
import { silent } from '../model/report.ts';
import { check, type OptionsOf, optional, path, text } from '../params.ts';
import { type Cell, readRows } from './tables/rows.ts';
import { placeOf, type TableFile } from './tables/table-file.ts';

const params = {
  path: path({ doc: 'moments.parquet of an earlier run, or the folder of that run.' }),
  node: optional(text({ doc: 'Which zscore node of that run, where the file holds several.' })),
};
export type MomentsFileOptions = OptionsOf<typeof params> & { readonly path: string };

/**
 * Mean and standard deviation of each unit as an earlier run wrote them, so that z-scores of another recording, or of one
 * that is still running, use the same scale. Unit ids come with them; `zscore` matches units by id.
 * @throws InputError for a file that is missing, damaged or holds no such columns; ConfigError for an unknown `node`
 */
export async function openMomentsFile(
  options: MomentsFileOptions,
  { report = silent, signal }: Partial<SourceContext> = {},
): Promise<OpenSource> {
  const { path: given, node } = check(params, options);
  const file = await locate(given);
  const rows: Row[] = [];
  const columns = { required: ['node', ...numbers], optional: ['smoothing_side'] };
  const { digest } = await readRows(
    file,
    columns,
    (row) => {
      const cells = numbers.map((name) => [name, row.cell(name)] as const);
      const side = row.text('smoothing_side');
      rows.push({ at: row.at, node: row.text('node'), side, cells: new Map(cells) });
    },
    { further: 'ignored', report, signal },
  );
  const moments = toMoments(chooseNode(rows, node, file.path), file);
  return {
    values: { moments },
    streams: {},
    digests: [digest],
    paths: [file.path],
    span: undefined,
  };
}

const numbers = ['unit_id', 'mean', 'sd', 'n_bins', 'bin_size', 'smoothing_sd'] as const;
type Column = (typeof numbers)[number];

interface Row {
  /** Row of the file, from 1. */
  readonly at: number;
  readonly node: string;
  /** Empty in files that know of centred smoothing only. */
  readonly side: string;
  readonly cells: ReadonlyMap<string, Cell>;
}

async function locate(given: string): Promise<TableFile> {
  const isFolder = await stat(given).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = isFolder ? join(given, 'moments.parquet') : given;
  return { path, name: basename(path), format: 'parquet' };
}

function chooseNode(rows: readonly Row[], node: string | undefined, where: string): Row[] {
  const known = [...new Set(rows.map((row) => row.node))];
  const wanted = node ?? known[0];
  if (node === undefined && known.length > 1) {
    throw new ConfigError({
      code: 'MOMENTS_NODE',
      where,
      found: `moments of ${known.length} nodes`,
      expected: 'a choice of one',
      hint: `add node: ${known[0] ?? ''}, or another of ${known.slice(0, 12).join(', ')}`,
    });
  }
  const chosen = rows.filter((row) => row.node === wanted);
  if (chosen.length > 0 || wanted === undefined) return chosen;
  const found = `node ${show(wanted)}`;
  throw new ConfigError({ code: 'MOMENTS_NODE', where, found, hint: didYouMean(wanted, known) });
}

const isSound: Readonly<Record<Column, (value: number) => boolean>> = {
  unit_id: (value) => (value | 0) === value,
  mean: () => true,
  sd: (value) => value >= 0,
  n_bins: (value) => Number.isInteger(value) && value >= 0,
  bin_size: (value) => value > 0,
  smoothing_sd: (value) => value >= 0,
};

function toMoments(rows: readonly Row[], file: TableFile): Moments {
  if (rows.length === 0) {
    const where = file.path;
    throw new InputError({ code: 'NO_MOMENTS', where, found: 'no rows', expected: 'one per unit' });
  }
  const bad = (column: Column, { at }: Row, found: string, expected: string) =>
    new InputError({ code: 'BAD_MOMENTS', where: placeOf(file, at, column), found, expected });
  const column = (name: Column): Float64Array =>
    Float64Array.from(rows, (row) => {
      const value = row.cells.get(name);
      if (typeof value === 'number' && Number.isFinite(value) && isSound[name](value)) return value;
      const shown = typeof value === 'number' ? String(value) : show(value);
      throw bad(name, row, shown, 'a finite number such as zscore writes');
    });
  const same = (name: Column): number => {
    const values = column(name);
    const [first = 0] = values;
    const other = values.findIndex((value) => value !== first);
    if (other < 0) return first;
    throw bad(name, rows[other], String(values[other]), `${first}, as above`);
  };
  const ids = column('unit_id');
  const twice = ids.findIndex((id, index) => ids.indexOf(id) < index);
  if (twice >= 0) throw bad('unit_id', rows[twice], `${ids[twice]} twice`, 'each unit once');
  const sd = column('sd');
  return {
    kind: 'moments',
    mean: column('mean'),
    sd,
    isConstant: Uint8Array.from(sd, (value) => (value === 0 ? 1 : 0)),
    nBins: same('n_bins'),
    binSize: same('bin_size'),
    smoothingSd: same('smoothing_sd'),
    smoothingSide: sideOf(rows, file),
    unitIds: Int32Array.from(ids),
  };
}

/** @throws InputError for a side that is not known, or not that of all rows */
function sideOf(rows: readonly Row[], file: TableFile): Moments['smoothingSide'] {
  const [{ side: first }] = rows;
  const other = rows.find(
    ({ side }) => side !== first || !['', 'centred', 'causal'].includes(side),
  );
  if (!other) return first === 'causal' ? 'causal' : undefined;
  throw new InputError({
    code: 'BAD_MOMENTS',
    where: placeOf(file, other.at, 'smoothing_side'),
    found: show(other.side),
    expected: first === 'causal' ? 'causal, as above' : 'centred or causal, the same in each row',
  });
}

export const momentsFileNode = defineSource({
  op: 'moments-file',
  summary: 'Mean and standard deviation of each unit, as an earlier run wrote them.',
  outputs: { moments: 'moments' },
  params,
  open: (options, context) => openMomentsFile(options, context),
});
