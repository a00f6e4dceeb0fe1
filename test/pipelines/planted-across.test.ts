import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { summarizeRun } from '../../src/commands/run-summary.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import { loadGoldenJson, loadGoldenNpz } from '../support/golden.ts';
import { runText } from '../support/run.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const text = readFileSync(`${folder}neuro-py-cross-structural.yaml`, 'utf8');

interface Golden {
  section5: { activity: Record<string, { psth: { peak_mean: number } }> };
}

/** Share of two sets that they have in common. */
function overlap(a: readonly number[], b: readonly number[]): number {
  const common = a.filter((id) => b.includes(id)).length;
  return common / (a.length + b.length - common);
}

describe.each(goldenSessions)('%s', (name) => {
  const truth = loadGoldenNpz(`${name}.truth.npz`);
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`);
  const session = findSession(name);
  if (!truth || !golden || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }

  test('finds what was planted across regions, and nothing that was planted within one', async () => {
    const { result } = await runText(text, folder, { session });
    const { units, members } = result.values.get('cross.patterns') as Patterns;
    const kept = units.map(({ id }) => id);
    const kinds = truth.get('assembly_kind')?.texts ?? [];
    const { numbers = new Float64Array(), shape = [] } = truth.get('assembly_members') ?? {};
    const width = shape[1] ?? 0;
    const planted = kinds.map((kind, row) => ({
      kind,
      // The file counts units from 0, their ids from 1; -1 fills the row.
      ids: [...numbers.slice(row * width, (row + 1) * width)]
        .filter((index) => index >= 0)
        .map((index) => index + 1)
        .filter((id) => kept.includes(id)),
    }));
    const found = members.map((row) => kept.filter((_, unit) => row[unit] === 1));
    const across = planted.filter(({ kind }) => kind === 'cross');
    expect(across.length).toBeGreaterThan(1);
    for (const { ids } of across) {
      expect(Math.max(...found.map((pattern) => overlap(pattern, ids)))).toBeGreaterThanOrEqual(
        0.7,
      );
    }
    for (const { ids } of planted.filter(({ kind }) => kind !== 'cross')) {
      expect(Math.max(...found.map((pattern) => overlap(pattern, ids)))).toBeLessThan(0.4);
    }
  });

  test('compares peaks as the tutorial does', async () => {
    const { result } = await runText(text, folder, { session });
    const circumstances = {
      version: '',
      startedAt: '',
      pipelinePath: '',
      folder: '',
      machine: {},
      files: [],
    };
    const { aligned } = summarizeRun(result, circumstances);
    const { standard, cross_legacy: cross } = golden.section5.activity;
    const meanOf = (node: string) =>
      aligned.find((set) => set.node === node)?.meanOfPeaks ?? Number.NaN;
    // The tutorial sorts its units, which decides the start of ICA; so its standard patterns differ a little from ours.
    expect(
      Math.abs(meanOf('standardPost') / (standard?.psth.peak_mean ?? Number.NaN) - 1),
    ).toBeLessThan(0.05);
    expect(Math.abs(meanOf('crossPost') / (cross?.psth.peak_mean ?? Number.NaN) - 1)).toBeLessThan(
      1e-6,
    );
  });
});
