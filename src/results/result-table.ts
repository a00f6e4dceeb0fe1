import { InputError } from '../errors.ts';

/** What a column holds. */
export type ColumnKind = 'numbers' | 'texts' | 'flags';

export interface ResultColumn {
  readonly kind: ColumnKind;
  /** Numbers, or 1 and 0 for flags; undefined for texts. */
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
  /** 1 where the file has no value. */
  readonly isNull: Uint8Array;
}

/** A small table of a run, all of it, by columns. */
export class ResultTable {
  readonly name: string;
  readonly nRows: number;
  readonly columns: ReadonlyMap<string, ResultColumn>;

  constructor(name: string, nRows: number, columns: ReadonlyMap<string, ResultColumn>) {
    this.name = name;
    this.nRows = nRows;
    this.columns = columns;
  }

  /** NaN where there is no value. @throws InputError when there is no such column of numbers */
  numbers(column: string): Float64Array {
    return this.#column(column, 'numbers').numbers;
  }

  /** Empty where there is no value. @throws InputError when there is no such column of texts */
  texts(column: string): readonly string[] {
    return this.#column(column, 'texts').texts;
  }

  /** 1 for true. @throws InputError when there is no such column of flags */
  flags(column: string): Uint8Array {
    return Uint8Array.from(this.#column(column, 'flags').numbers);
  }

  /** 1 where there is no value, which is not the same as NaN. @throws InputError when there is no such column */
  isNull(column: string): Uint8Array {
    return this.#column(column).isNull;
  }

  #column(name: string, kind?: ColumnKind): ResultColumn {
    const column = this.columns.get(name);
    if (column && (kind === undefined || column.kind === kind)) return column;
    throw badColumn(this.name, name, column?.kind, kind);
  }
}

export function badColumn(
  where: string,
  column: string,
  found: string | undefined,
  expected: string | undefined,
): InputError {
  return new InputError({
    code: 'RESULT_NOT_READABLE',
    where: `${where}, column "${column}"`,
    found: found ?? 'no such column',
    expected: expected ?? 'a column',
    hint: 'run the pipeline again with this version: rekindle run --overwrite',
  });
}
