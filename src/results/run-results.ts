import { InputError } from '../errors.ts';
import type { ResultFile, ResultFiles } from '../model/result-files.ts';
import { expectedColumns, splitName } from './expected-columns.ts';
import { ParquetReader } from './parquet-reader.ts';
import { badColumn, type ResultColumn, ResultTable } from './result-table.ts';
import { checkRunSummary, parseRunJson, type RunSummary } from './run-json.ts';

/** Some rows of an activation file. */
export interface ActivationBlock {
  /** Centre of each bin, in seconds. */
  readonly time: Float64Array;
  /** One column per assembly that was asked for, in the order asked. */
  readonly columns: readonly Float64Array[];
}

export interface ActivationOptions {
  /** Numbers of assemblies, from 1; all when left out. */
  readonly assemblies?: readonly number[];
}

/** The results of one run, read as they are asked for. */
export interface RunResults {
  readonly where: string;
  readonly run: RunSummary;
  /** Prefixes of the activation files: the empty one where there is a single file, else `NODE.` or `NODE.PORT.`. */
  readonly activations: readonly string[];
  /** Prefixes of the patterns that were fitted. */
  readonly fits: readonly string[];
  /** Prefixes of the correlation matrices. */
  readonly correlations: readonly string[];
  /** Prefixes of the recordings: of `units.parquet` and `epochs.parquet`. */
  readonly recordings: readonly string[];
  /** A small table as a whole, by the name of its file; undefined when the run has none of that name. */
  table(name: string): Promise<ResultTable | undefined>;
  /** How many assemblies an activation file holds. */
  nAssemblies(prefix: string): Promise<number>;
  /** How many bins an activation file holds. */
  nBins(prefix: string): Promise<number>;
  /** Reads an activation file from its start, row group by row group. Memory: one row group. */
  activation(
    prefix: string,
    visit: (block: ActivationBlock) => void | Promise<void>,
    options?: ActivationOptions,
  ): Promise<void>;
}

/**
 * Opens the results of a run.
 * @param summary what the run's `run.json` is going to be, for a run that is not complete yet
 * @throws InputError RUN_NOT_FOUND when the folder is not there; RUN_INCOMPLETE when it holds no `run.json`;
 *   RUN_NOT_READABLE when that is damaged or of another version; RESULT_MISSING and RESULT_DAMAGED, here or from the
 *   functions, when a file it lists is not there or not whole
 */
export async function openResults(files: ResultFiles, summary?: unknown): Promise<RunResults> {
  const names = new Set(await files.names());
  const run =
    summary === undefined ? await readRunJson(files, names) : checkRunSummary(summary, files.where);
  const listed = new Map(run.files.map(({ name, bytes }) => [name, bytes]));
  for (const name of listed.keys()) {
    if (splitName(name).base !== name || expectedColumns.has(name)) checkThere(files, names, name);
  }
  const prefixes = (base: string): string[] =>
    ['', ...run.nodes.map(({ id }) => `${id}.`)].filter((prefix) => listed.has(`${prefix}${base}`));

  const withTable = async <T>(name: string, use: (table: ParquetReader) => Promise<T>) => {
    const where = `${files.where}, ${name}`;
    const file = await files.open(name);
    try {
      checkSize(file, where, listed.get(name));
      const table = await ParquetReader.open(file, where);
      checkColumns(table, where, splitName(name).base);
      return await use(table);
    } finally {
      await file.close();
    }
  };
  const withActivation = <T>(prefix: string, use: (table: ParquetReader) => Promise<T>) => {
    const name = `${prefix}activations.parquet`;
    if (listed.has(name)) return withTable(name, use);
    throw missing(`${files.where}, ${name}`, 'no such file');
  };
  return {
    where: files.where,
    run,
    activations: prefixes('activations.parquet'),
    fits: prefixes('patterns.parquet'),
    correlations: prefixes('correlation.parquet'),
    recordings: prefixes('epochs.parquet'),
    table: async (name) => {
      if (!listed.has(name)) return undefined;
      return withTable(name, async (table) => {
        const rows = { start: 0, nRows: table.nRows };
        const columns = new Map<string, ResultColumn>();
        for (const [column, kind] of table.columns) {
          if (kind) columns.set(column, await table.read(column, rows));
        }
        return new ResultTable(`${files.where}, ${name}`, table.nRows, columns);
      });
    },
    nAssemblies: (prefix) => withActivation(prefix, async ({ columns }) => columns.size - 1),
    nBins: (prefix) => withActivation(prefix, async ({ nRows }) => nRows),
    activation: (prefix, visit, { assemblies } = {}) =>
      withActivation(prefix, async (table) => {
        const all = Array.from({ length: table.columns.size - 1 }, (_, k) => k + 1);
        const wanted = (assemblies ?? all).map((k) => `assembly_${k}`);
        for (const name of wanted) {
          if (table.columns.get(name) === 'numbers') continue;
          throw badColumn(`${prefix}activations.parquet`, name, table.columns.get(name), 'numbers');
        }
        for (const rows of table.groups) {
          const time = (await table.read('time', rows)).numbers;
          const columns: Float64Array[] = [];
          for (const name of wanted) columns.push((await table.read(name, rows)).numbers);
          await visit({ time, columns });
        }
      }),
  };
}

async function readRunJson(files: ResultFiles, names: ReadonlySet<string>): Promise<RunSummary> {
  const where = `${files.where}, run.json`;
  if (!names.has('run.json')) {
    throw new InputError({
      code: 'RUN_INCOMPLETE',
      where: files.where,
      found: 'no run.json',
      expected: 'the folder of a run that is complete',
      hint: 'a run writes run.json last: let it end, or run the pipeline again with rekindle run --overwrite',
    });
  }
  const file = await files.open('run.json');
  try {
    return parseRunJson(new TextDecoder().decode(await file.slice(0)), where);
  } finally {
    await file.close();
  }
}

function checkThere({ where }: ResultFiles, names: ReadonlySet<string>, name: string): void {
  if (!names.has(name)) throw missing(`${where}, ${name}`, 'no such file');
}

function missing(where: string, found: string): InputError {
  const expected = 'a file that run.json lists';
  const hint = 'run the pipeline again: rekindle run --overwrite';
  return new InputError({ code: 'RESULT_MISSING', where, found, expected, hint });
}

function checkSize({ byteLength }: ResultFile, where: string, listed: number | undefined): void {
  if (listed === undefined || listed === byteLength) return;
  throw new InputError({
    code: 'RESULT_DAMAGED',
    where,
    found: `${byteLength} bytes`,
    expected: `${listed}, as run.json says`,
    hint: 'run the pipeline again: rekindle run --overwrite',
  });
}

function checkColumns({ columns }: ParquetReader, where: string, base: string): void {
  for (const [name, kind] of Object.entries(expectedColumns.get(base) ?? {})) {
    if (columns.get(name) !== kind) throw badColumn(where, name, columns.get(name), kind);
  }
}
