import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type JS } from '@duckdb/node-api';
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

export interface ReadFile {
  readonly metadata: FileMetaData;
  readonly names: string[];
  readonly types: (string | undefined)[];
  /** Rows in each row group. */
  readonly groups: number[];
  readonly keyValues: Record<string, string | undefined>;
  readonly rows: unknown[][];
}

/** Everything of a Parquet file, read by hyparquet. */
export async function readParquet(bytes: Uint8Array<ArrayBuffer>): Promise<ReadFile> {
  const file = bytes.slice().buffer;
  const metadata = parquetMetadata(file);
  let rows: unknown[][] = [];
  await parquetRead({ file, compressors, onComplete: (read) => (rows = read) });
  const fields = metadata.schema.slice(1);
  return {
    metadata,
    names: fields.map(({ name }) => name),
    types: fields.map(({ type }) => type),
    groups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
    keyValues: Object.fromEntries(
      (metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value]),
    ),
    rows,
  };
}

/** Answers of DuckDB over a Parquet file; `FILE` in the query stands for it. */
export async function queryParquet(
  bytes: Uint8Array,
  ...queries: readonly string[]
): Promise<JS[][][]> {
  const folder = await mkdtemp(join(tmpdir(), 'rekindle-'));
  try {
    const path = join(folder, 'file.parquet');
    await writeFile(path, bytes);
    const connection = await (await DuckDBInstance.create()).connect();
    const answers: JS[][][] = [];
    for (const query of queries) {
      const reader = await connection.runAndReadAll(query.replaceAll('FILE', `'${path}'`));
      answers.push(reader.getRowsJS());
    }
    connection.closeSync();
    return answers;
  } finally {
    await rm(folder, { recursive: true });
  }
}
