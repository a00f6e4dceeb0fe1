import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';
import { reportCommand } from '../../src/commands/report.ts';
import { runCommand } from '../../src/commands/run.ts';

/** A folder for runs, gone when the tests of the file are over. */
export function runsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-report-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a pipeline as the command does. @returns what it prints */
export async function runPipeline(
  pipeline: string,
  out: string,
  set: readonly string[] = [],
): Promise<string> {
  return printedBy(() => runCommand(pipeline, { out, set, workers: 0 }));
}

/** Makes the report of a run as the command does. @returns what it prints */
export async function reportOn(folder: string, out?: string): Promise<string> {
  return printedBy(() => reportCommand(folder, out === undefined ? {} : { out }));
}

async function printedBy(work: () => Promise<number>): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await work();
    return printed.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    printed.mockRestore();
  }
}
