import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { PageData } from '../../src/report/page-data.ts';

/** What the script of a page draws from. */
export function pageData(page: string): PageData {
  const found = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page);
  if (!found?.[1]) throw new Error('the page has no data');
  return JSON.parse(found[1]) as PageData;
}

/** The rows of a Parquet file of a run, by a reader that is not ours. */
export async function parquetRows(
  folder: string,
  name: string,
): Promise<Record<string, unknown>[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
  const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  return parquetReadObjects({ file, compressors });
}

/** A column of numbers. */
export async function parquetColumn(folder: string, name: string, column: string) {
  return (await parquetRows(folder, name)).map((row) => Number(row[column]));
}

/** Every tag of a page but those within its script and its data, attributes included. */
export function tagsOf(page: string): string[] {
  const body = page.replaceAll(/(<(script|style)\b[^>]*>)[\s\S]*?<\/\2>/g, '$1');
  return body.match(/<[a-zA-Z](?:[^>"]|"[^"]*")*>/g) ?? [];
}
