import { createHash } from 'node:crypto';
import { type FileHandle, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { defineSource, type OpenSource } from '../define.ts';
import { ConfigError, didYouMean, InputError, show } from '../errors.ts';
import type { Moments } from '../model/chunk.ts';
import { check, type OptionsOf, optional, path, text } from '../params.ts';
import { openRegularFile } from './regular-file.ts';

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
export async function openMomentsFile(options: MomentsFileOptions): Promise<OpenSource> {
  const { path: given, node } = check(params, options);
  const file = await locate(given);
  const bytes = await readBytes(file);
  const rows = await parse(bytes, file);
  const moments = toMoments(chooseNode(rows, node, file), file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    values: { moments },
    streams: {},
    digests: [{ name: basename(file), sha256, bytes: bytes.byteLength }],
    paths: [file],
    span: undefined,
  };
}

type Row = Readonly<Record<string, unknown>>;

async function locate(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? join(path, 'moments.parquet') : path;
}

const maxFileBytes = 2 ** 28;

async function readBytes(file: string): Promise<Buffer> {
  const expected = `a Parquet file of at most ${maxFileBytes} bytes`;
  const unreadable = (found: string, cause?: unknown) =>
    new InputError({ code: 'FILE_UNREADABLE', where: file, found, expected, cause });
  let handle: FileHandle | undefined;
  try {
    handle = await openRegularFile(file);
    const size = (await handle?.stat())?.size ?? 0;
    if (handle && size <= maxFileBytes) return await handle.readFile();
    throw unreadable(handle ? `a file of ${size} bytes` : 'something that is not a file');
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    await handle?.close();
  }
}

async function parse(bytes: Buffer, where: string): Promise<Row[]> {
  try {
    const { buffer, byteOffset, byteLength } = bytes;
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    return await parquetReadObjects({ file, compressors });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const expected = 'a Parquet file';
    throw new InputError({ code: 'PARQUET_DAMAGED', where, message, expected, cause });
  }
}

function chooseNode(rows: readonly Row[], node: string | undefined, where: string): Row[] {
  const known = [...new Set(rows.map((row) => String(row.node)))];
  const wanted = node ?? known[0];
  if (node === undefined && known.length > 1) {
    throw new ConfigError({
      code: 'MOMENTS_NODE',
      where,
      found: `moments of ${known.length} nodes`,
      expected: 'a choice of one',
      hint: `add node: ${known[0] ?? ''}, or another of ${known.join(', ')}`,
    });
  }
  const chosen = rows.filter((row) => row.node === wanted);
  if (chosen.length > 0 || wanted === undefined) return chosen;
  const found = `node ${show(wanted)}`;
  throw new ConfigError({ code: 'MOMENTS_NODE', where, found, hint: didYouMean(wanted, known) });
}

function toMoments(rows: readonly Row[], where: string): Moments {
  if (rows.length === 0) {
    throw new InputError({ code: 'NO_MOMENTS', where, found: 'no rows', expected: 'one per unit' });
  }
  const column = (name: string): Float64Array =>
    Float64Array.from(rows, (row, index) => {
      const value = row[name];
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      const place = `${where}, column ${name}, row ${index + 1}`;
      const expected = 'a finite number';
      throw new InputError({ code: 'BAD_MOMENTS', where: place, found: show(value), expected });
    });
  const same = (name: string): number => {
    const values = column(name);
    const [first = 0] = values;
    const other = values.findIndex((value) => value !== first);
    if (other < 0) return first;
    const place = `${where}, column ${name}, row ${other + 1}`;
    const found = String(values[other]);
    throw new InputError({
      code: 'BAD_MOMENTS',
      where: place,
      found,
      expected: `${first}, as above`,
    });
  };
  const sd = column('sd');
  return {
    kind: 'moments',
    mean: column('mean'),
    sd,
    isConstant: Uint8Array.from(sd, (value) => (value === 0 ? 1 : 0)),
    nBins: same('n_bins'),
    binSize: same('bin_size'),
    smoothingSd: same('smoothing_sd'),
    unitIds: Int32Array.from(column('unit_id')),
  };
}

export const momentsFileNode = defineSource({
  op: 'moments-file',
  summary: 'Mean and standard deviation of each unit, as an earlier run wrote them.',
  outputs: { moments: 'moments' },
  params,
  open: openMomentsFile,
});
