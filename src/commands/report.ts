import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { SinkError } from '../errors.ts';
import { builtins } from '../registry.ts';
import { generator } from '../report/page/page.ts';
import { reopenWith } from '../report/recording.ts';
import { makeReport } from '../report/report.ts';
import { folderFiles } from '../results/result-files.ts';
import { openResults } from '../results/run-results.ts';
import { reportName } from '../sinks/report.ts';

/**
 * `rekindle report RUN_DIR`: makes the page of a finished run, beside its files or where `out` says.
 * @throws InputError when the folder holds no run that can be read
 * @throws SinkError when the page cannot be written, or another file than a page of ours is in its place
 */
export async function reportCommand(
  folder: string,
  { out }: { readonly out?: string },
): Promise<number> {
  const started = performance.now();
  const path = resolve(out ?? join(folder, reportName));
  await refuseOthers(path);
  const results = await openResults(folderFiles(resolve(folder)));
  const { page, leftOut } = await makeReport(results, reopenWith(builtins.sources));
  await replace(path, page);
  const seconds = (performance.now() - started) / 1000;
  const shown = relative(process.cwd(), path) || path;
  const size = (page.reduce((sum, { length }) => sum + length, 0) / 1e6).toFixed(2);
  for (const reason of leftOut) process.stdout.write(`left out    ${reason}\n`);
  process.stdout.write(`report      ${shown} (${size} MB, ${seconds.toFixed(2)} s)\n`);
  return 0;
}

/** An earlier page is replaced, nothing else is. */
async function refuseOthers(path: string): Promise<void> {
  const start = await readStart(path);
  if (start === undefined || start.includes(generator)) return;
  throw new SinkError({
    code: 'FILE_IN_THE_WAY',
    where: path,
    found: 'a file that is no report of rekindle',
    expected: 'nothing, or an earlier report',
    hint: 'choose another file with --out',
  });
}

async function readStart(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2048), 0, 2048, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unwritable(path, cause);
  }
}

/** The page is there as a whole or not at all. */
async function replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, parts);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw unwritable(path, cause);
  }
}

function unwritable(where: string, cause: unknown): SinkError {
  const found = cause instanceof Error ? cause.message : String(cause);
  const expected = 'a place where a file can be written';
  return new SinkError({ code: 'OUTPUT_UNWRITABLE', where, found, expected, cause });
}
