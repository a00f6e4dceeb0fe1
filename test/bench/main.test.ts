import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { runNode } from '../support/children.ts';
import type { Results } from './results.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'test', 'bench', 'run.mjs');
mkdirSync(join(root, 'out'), { recursive: true });
const folder = mkdtempSync(join(root, 'out', 'bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
process.env.REKINDLE_BENCH_FOLDER = folder;

function read(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

test('figures are measured in processes of their own, written, and compared', async () => {
  const args = ['--quick', '--rounds', '1', '--only', 'projection-2x-spikes'];
  const first = await runNode([script, ...args]);
  expect(first).toMatchObject({ status: 0 });
  expect(first.stdout).toContain('QUICK');
  expect(first.stdout).toMatch(/projection-2x-spikes .* peak\n +time \/ projection \d/);
  const file = join(folder, 'quick.json');
  const results = read(file);
  expect(results).toMatchObject({ format: 1, isQuick: true, rounds: 1 });
  const [base, twice] = results.figures;
  expect([base?.name, twice?.name]).toEqual(['projection', 'projection-2x-spikes']);
  expect(twice?.counts.nSpikes).toBe(2 * (base?.counts.nSpikes ?? 0));
  expect(twice?.seconds.min).toBeGreaterThan(0);
  expect(twice?.peakRssBytes.min).toBeGreaterThan(20 * 2 ** 20);
  expect(twice?.bounds[0]?.result).toBeGreaterThan(0);

  // Against figures a thousand times better.
  const baseFile = join(folder, 'base.json');
  writeFileSync(baseFile, JSON.stringify(scaled(results, 1e-3)));
  const again = ['--quick', '--rounds', '1', '--only', 'projection'];
  const worse = await runNode([script, ...again, '--compare', baseFile, '--margin', '0.5']);
  expect(worse.status).toBe(1);
  expect(worse.stdout).toContain('2 worse by more than 50 %');
});

test('what cannot be measured ends with 2 and says why', async () => {
  const unknown = await runNode([script, '--only', 'whale']);
  expect(unknown).toMatchObject({ status: 2, stdout: '' });
  expect(unknown.stderr).toContain('nothing is called "whale"');
  const noBuild = await runNode([script, '--only', 'projection', '--dist', join(folder, 'none')]);
  expect(noBuild.status).toBe(2);
  expect(noBuild.stderr).toContain('none');
  const listed = await runNode([script, '--list']);
  expect(listed.status).toBe(0);
  expect(listed.stdout).toMatch(/^whole: .*\n {2}tutorial-10ms /m);
});

function scaled(results: Results, factor: number): Results {
  const figures = results.figures.map((figure) => ({
    ...figure,
    seconds: { ...figure.seconds, median: figure.seconds.median * factor },
    peakRssBytes: { ...figure.peakRssBytes, max: figure.peakRssBytes.max * factor },
    bounds: figure.bounds.map((bound) => ({ ...bound, result: bound.result * factor })),
  }));
  return { ...results, figures };
}
