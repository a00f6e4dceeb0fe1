import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { resolvePaths, withDefaultSink } from '../../src/commands/load.ts';
import type { Registry } from '../../src/define.ts';
import { type PipelineError, ProblemList } from '../../src/errors.ts';
import { buildGraph } from '../../src/pipeline/check.ts';
import { parsePipeline } from '../../src/pipeline/parse.ts';
import { type RunCapabilities, type RunResult, runGraph } from '../../src/pipeline/run.ts';
import { builtins } from '../../src/registry.ts';
import { createMemoryFolder, type MemoryFolder } from './memory-folder.ts';

export interface TestRun {
  readonly result: RunResult;
  readonly folder: MemoryFolder;
}

/** Runs a pipeline text with its files in memory; paths count from `base`. */
export async function runText(
  text: string,
  base: string,
  sets: Readonly<Record<string, string>> = {},
  registry: Registry = builtins,
  capabilities: Partial<RunCapabilities> = {},
): Promise<TestRun> {
  const problems: PipelineError[] = [];
  const spec = parsePipeline(text, 'test.yaml', new Map(Object.entries(sets)), problems);
  const graph = spec && buildGraph(spec, registry, problems);
  if (!graph || problems.length > 0) throw new ProblemList(problems);
  const folder = createMemoryFolder();
  const result = await runGraph(resolvePaths(withDefaultSink(graph), base), {
    folder,
    provenance: async () => new Map([['rekindle.test', 'yes']]),
    signal: new AbortController().signal,
    now: () => performance.now() / 1000,
    peakMemory: () => 0,
    ...capabilities,
  });
  return { result, folder };
}

/** The rows of a Parquet file of a run. */
export async function readRows(
  folder: MemoryFolder,
  name: string,
): Promise<Record<string, unknown>[]> {
  const bytes = folder.files.get(name)?.bytes();
  if (!bytes) throw new Error(`no ${name}; there are ${[...folder.files.keys()].join(', ')}`);
  return parquetReadObjects({ file: bytes.buffer, compressors });
}

/** The columns of a Parquet file of numbers. */
export async function readColumns(
  folder: MemoryFolder,
  name: string,
): Promise<Map<string, Float64Array>> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const bytes = folder.files.get(name)?.bytes();
  if (!bytes) throw new Error(`no ${name}; there are ${[...folder.files.keys()].join(', ')}`);
  const file = bytes.buffer;
  const metadata = await parquetMetadataAsync(file);
  const nRows = Number(metadata.num_rows);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const columns = new Map(names.map((column) => [column, new Float64Array(nRows)]));
  await parquetRead({
    file,
    metadata,
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      columns.get(columnName)?.set(columnData as Float64Array, rowStart);
    },
  });
  return columns;
}
