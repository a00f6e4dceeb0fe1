import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parquetMetadataAsync } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { runText } from '../support/run.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
// Live ones need a run that found templates, and something that goes on: live-pipelines.test.ts has both.
const files = readdirSync(folder).filter(
  (name) =>
    name.endsWith('.yaml') && !readFileSync(`${folder}${name}`, 'utf8').includes('patterns-file'),
);

describe.each(files)('pipelines/%s', (name) => {
  test('runs on the sample it names and finds assemblies', async () => {
    const { result, folder: written } = await runText(
      readFileSync(`${folder}${name}`, 'utf8'),
      folder,
    );
    const patterns = [...result.values.values()].filter((value) => value.kind === 'patterns');
    expect(patterns.length).toBeGreaterThan(0);
    for (const { weights } of patterns) expect(weights.length).toBeGreaterThan(0);
    for (const [file, { bytes }] of written.files) {
      const { num_rows: nRows } = await parquetMetadataAsync(bytes().buffer);
      expect(Number(nRows), file).toBeGreaterThan(0);
    }
  });
});
