import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soundPipeline } from '../support/pipeline.ts';
import { runText, type TestRun } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));
let scratch: string;
let earlier: TestRun;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-'));
  earlier = await runText(soundPipeline, base);
  writeFileSync(join(scratch, 'moments.parquet'), moments());
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function moments(): Uint8Array {
  const file = earlier.folder.files.get('moments.parquet');
  if (!file) throw new Error('the run wrote no moments');
  return file.bytes();
}

/** The sound pipeline with z-scores of `counts` frozen by an earlier run. */
function frozen(options: string, counts = ''): string {
  return soundPipeline
    .replace(
      '{ op: zscore, from: counts }',
      '{ op: zscore, inputs: { counts: counts, moments: earlier.moments } }',
    )
    .replace("binSize: '${binSize}'", `binSize: '\${binSize}'${counts}`)
    .concat(`  earlier: { op: moments-file, path: '${scratch}', ${options} }\n`);
}

test('the same recording with frozen moments gives the same bytes', async () => {
  const { result, folder } = await runText(frozen('node: z'), base);
  const bytes = (run: TestRun) => run.folder.files.get('activations.parquet')?.bytes();
  expect(folder.files.get('activations.parquet')?.bytes()).toEqual(bytes(earlier));
  expect(result.passes).toHaveLength(2);
});

describe('what does not fit is refused', () => {
  test.each([
    ['moments of another bin size', 'node: taskZ', {}, 'MOMENTS_MISMATCH'],
    ['no choice among several', '', {}, 'MOMENTS_NODE'],
    ['an unknown node', 'node: zz', {}, 'MOMENTS_NODE'],
    ['units without moments', 'node: z', { brainRegion: 'PFC' }, 'MOMENTS_MISSING'],
  ] as const)('%s', async (_, options, unit, code) => {
    const text = frozen(options).replace(
      'brainRegion: CA1',
      `brainRegion: ${'brainRegion' in unit ? unit.brainRegion : 'CA1'}`,
    );
    await expect(runText(text, base)).rejects.toMatchObject({ code });
  });

  test.each([
    ['a missing file', 'nowhere', 'FILE_UNREADABLE'],
    ['a damaged file', 'damaged.parquet', 'PARQUET_DAMAGED'],
    ['a file that is not Parquet', 'text.parquet', 'PARQUET_DAMAGED'],
  ])('%s', async (_, name, code) => {
    writeFileSync(join(scratch, 'damaged.parquet'), moments().slice(0, -20));
    writeFileSync(join(scratch, 'text.parquet'), 'mean,sd\n1,2\n');
    const text = frozen('node: z').replace(`'${scratch}'`, `'${join(scratch, name)}'`);
    await expect(runText(text, base)).rejects.toMatchObject({ code });
  });
});
