import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './pipeline-bases.ts';
import type { Tally } from './pool.ts';

interface Expected {
  readonly count: number;
  /** Shares of the cases that are refused and accepted, at least. */
  readonly refused: number;
  readonly accepted: number;
  /** Different error codes, at least. */
  readonly nCodes: number;
}

const expected: Readonly<Record<string, Expected>> = {
  pipelines: { count: 150, refused: 0.5, accepted: 0.1, nCodes: 10 },
  mat: { count: 200, refused: 0.5, accepted: 0.1, nCodes: 8 },
  tables: { count: 150, refused: 0.4, accepted: 0.2, nCodes: 8 },
  moments: { count: 200, refused: 0.5, accepted: 0.1, nCodes: 4 },
  lines: { count: 200, refused: 0.05, accepted: 0.5, nCodes: 1 },
};

test('200 damaged acquisitions of a rig are read, and what cannot be used of them is left out', async () => {
  const { status, tallies, stderr } = await fuzz('rigs', 200);
  expect(tallies[0]?.failures ?? stderr).toEqual([]);
  expect(status).toBe(0);
  const { 'accepted spikes': some = 0, 'accepted no spikes': none = 0 } = tallies[0].outcomes;
  expect(some + none).toBe(200);
  expect(Math.min(some, none)).toBeGreaterThan(40);
});

for (const [name, { count, refused, accepted, nCodes }] of Object.entries(expected)) {
  test(`${count} damaged ${name} are read or refused, and some of each`, async () => {
    const { status, tallies, stderr } = await fuzz(name, count);
    const [tally] = tallies;
    expect(tally?.failures ?? stderr).toEqual([]);
    expect(status).toBe(0);
    const { nCases = 0, outcomes = {} } = tally ?? {};
    expect(nCases).toBe(count);
    expect(outcomes.refused ?? 0).toBeGreaterThan(refused * count);
    expect(outcomes.accepted ?? 0).toBeGreaterThan(accepted * count);
    const codes = Object.keys(outcomes).filter((outcome) => outcome.startsWith('refused '));
    expect(codes.length).toBeGreaterThanOrEqual(nCodes);
  });
}

function fuzz(
  name: string,
  count: number,
): Promise<{ status: number | null; tallies: Tally[]; stderr: string }> {
  const run = join(root, 'test', 'fuzz', 'run.mjs');
  const args = ['--target', name, '--from', '1', '--count', String(count), '--jobs', '1', '--json'];
  const child = spawn(process.execPath, [run, ...args], { cwd: root });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    stdout += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      resolve({ status, tallies: JSON.parse(stdout || '[]') as Tally[], stderr });
    });
  });
}
