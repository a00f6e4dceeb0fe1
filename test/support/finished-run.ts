import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

import { compressors } from 'hyparquet-compressors';
import { afterAll, vi } from 'vitest';
import { runCommand } from '../../src/commands/run.ts';
import { folderFiles } from '../../src/results/result-files.ts';
import { openResults, type RunResults } from '../../src/results/run-results.ts';
import { root } from './cli.ts';

/** A folder that is gone when the tests of the file are over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-results-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `work` prints. */
export async function printedBy(work: () => Promise<number>): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await work();
    return printed.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    printed.mockRestore();
  }
}

/** The text of one of the pipelines of the project without its report, which has tests of its own. */
export function pipelineText(name: string): string {
  const lines = readFileSync(join(root, 'pipelines', name), 'utf8').split('\n');
  const text = lines.filter((line) => !line.includes('op: report')).join('\n');
  return text.replaceAll('../data-samples', join(root, 'data-samples').replaceAll('\\', '/'));
}

/** Runs one of the pipelines of the project, or one that is given as text, as the command does. */
export async function finishRun(
  out: string,
  pipeline: string,
  set: readonly string[] = [],
): Promise<RunResults> {
  const file = `${out}.yaml`;
  writeFileSync(file, pipeline.includes('\n') ? pipeline : pipelineText(pipeline));
  await printedBy(() => runCommand(file, { out, set, workers: 0, overwrite: true }));
  return openResults(folderFiles(out));
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of a table of a run, read without any code of the results. */
export async function rowsOf(folder: string, name: string): Promise<Row[]> {
  const file = await asyncBufferFromFile(join(folder, name));
  return parquetReadObjects({ file, compressors });
}
