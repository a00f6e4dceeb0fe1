import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';
import { type SimulateOptions, simulateCommand } from '../../src/commands/simulate.ts';

/** What `truth.json` says of an assembly. */
export interface TrueAssembly {
  readonly assembly: number;
  readonly kind: string;
  readonly members: readonly number[];
  readonly activations: Readonly<Record<string, number>>;
}

export interface Truth {
  readonly seed: number;
  readonly preset: string;
  readonly assemblies: readonly TrueAssembly[];
}

/** A folder for simulated recordings, gone when the tests of the file are over. */
export function simulationFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-simulate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Simulates as the command does; what it prints is returned. */
export async function simulate(options: SimulateOptions): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await simulateCommand(options);
    return printed.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    printed.mockRestore();
  }
}

export function readTruth(session: string): Truth {
  return JSON.parse(readFileSync(join(session, 'truth.json'), 'utf8')) as Truth;
}
