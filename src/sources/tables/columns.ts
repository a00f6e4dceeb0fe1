import { didYouMean, InputError, show } from '../../errors.ts';
import type { CsvCursor } from './csv-cursor.ts';
import type { TableFile } from './table-file.ts';

/** The columns a table must have and those it may have. */
export interface ColumnNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Where the columns of a table stand. */
export interface Layout {
  readonly names: readonly string[];
  /** Index by name, of the columns asked for that are there. */
  readonly index: ReadonlyMap<string, number>;
  /** Columns that were not asked for. */
  readonly further: readonly string[];
}

/**
 * Finds the columns of a table by their names, in whatever order they stand.
 * @throws InputError when a required one is missing, or a name stands twice
 */
export function layOut(
  file: TableFile,
  names: readonly string[],
  { required, optional }: ColumnNames,
): Layout {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const found = `column ${show(twice)} twice`;
    const expected = 'a different name for each column';
    throw new InputError({ code: 'COLUMN_TWICE', where: file.path, found, expected });
  }
  for (const name of required) {
    if (names.includes(name)) continue;
    throw new InputError({
      code: 'COLUMN_MISSING',
      where: `${file.path}, column ${name}`,
      found: `columns ${show(names.join(', '))}`,
      expected: required.join(', '),
      hint: didYouMean(name, names),
    });
  }
  const wanted = [...required, ...optional].filter((name) => names.includes(name));
  return {
    names,
    index: new Map(wanted.map((name) => [name, names.indexOf(name)])),
    further: names.filter((name) => !wanted.includes(name)),
  };
}

/**
 * Reads the header of a CSV file. The delimiter is the one of comma, semicolon and tab that makes the most known names of
 * it, or else the most columns.
 * @throws InputError when the file is empty, or the header lacks a column
 */
export async function readHeader(
  cursor: CsvCursor,
  file: TableFile,
  columns: ColumnNames,
): Promise<Layout> {
  let line = cursor.peek();
  while (line === undefined && (await cursor.fill())) line = cursor.peek();
  const known = new Set([...columns.required, ...columns.optional]);
  cursor.delimiter = findDelimiter(line ?? '', known).charCodeAt(0);
  let names = cursor.next();
  while (names === undefined && (await cursor.fill())) names = cursor.next();
  if (names !== undefined) return layOut(file, names, columns);
  const expected = `a header: ${columns.required.join(', ')}`;
  throw new InputError({ code: 'TABLE_EMPTY', where: file.path, found: 'no lines', expected });
}

function findDelimiter(header: string, known: ReadonlySet<string>): string {
  let best = { delimiter: ',', nKnown: 0, nColumns: 0 };
  for (const delimiter of [',', ';', '\t']) {
    const names = header.split(delimiter).map((name) => name.trim().replace(/^"|"$/g, ''));
    const nKnown = names.filter((name) => known.has(name)).length;
    const nColumns = names.length;
    if (nKnown > best.nKnown || (nKnown === best.nKnown && nColumns > best.nColumns)) {
      best = { delimiter, nKnown, nColumns };
    }
  }
  return best.delimiter;
}
