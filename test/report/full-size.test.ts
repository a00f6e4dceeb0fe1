import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { readPage } from '../../src/report/client/page-model.ts';
import { browserMissing, launchBrowser, openFile } from '../support/browser.ts';
import { cli, rekindle, root } from '../support/cli.ts';
import { pageData } from '../support/report-page.ts';
import { simulate, simulationFolder } from '../support/simulated.ts';
import { skip } from '../support/small-disk.ts';

const scratch = simulationFolder();
const tell =
  'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

/** Simulates, runs and reports in processes of their own. */
async function makeRun(name: string, hours?: string) {
  const session = join(scratch, `${name}-session`);
  await simulate({ preset: 'full', out: session, ...(hours ? { hours } : {}) });
  const folder = join(scratch, name);
  const pipeline = join(root, 'pipelines', 'reactivation-tables.yaml');
  // Three regions' worth of assemblies: all that were planted.
  const set = [`session=${session}`, 'brainRegion=CA1|PFC'];
  const ran = rekindle(['run', pipeline, '--out', folder, '--set', ...set]);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  const made = spawnSync(process.execPath, ['--import', tell, cli, 'report', folder], {
    encoding: 'utf8',
  });
  expect(made).toMatchObject({ status: 0 });
  return { folder, path: join(folder, 'report.html'), peakMemory: Number(made.stderr) * 1024 };
}

let full: Awaited<ReturnType<typeof makeRun>>;
let short: typeof full;

beforeAll(async () => {
  full = await makeRun('full');
  short = await makeRun('short', '0.7');
}, 600_000);

test('a session of six and a half hours makes a page of at most 5 MB, its spikes 1.5 MB', () => {
  expect(statSync(full.path).size).toBeLessThanOrEqual(5e6);
  const { spikes, projections } = pageData(readFileSync(full.path, 'utf8'));
  expect(JSON.stringify(spikes).length).toBeLessThanOrEqual(1.5e6);
  expect(JSON.stringify(spikes).length).toBeGreaterThan(0.5e6);
  expect(projections[0]?.nAssemblies).toBe(15);
  expect(projections[0]?.pyramid?.nBuckets).toBeGreaterThan(8192);
});

test('memory does not grow with the recording', () => {
  const decoded = 2_381_769 * 16 * 8;
  expect(full.peakMemory).toBeLessThan(decoded * 1.2);
  expect(full.peakMemory - short.peakMemory).toBeLessThan(decoded / 3);
});

test('what the page shows of each bucket is what DuckDB finds in the file', async () => {
  const [projection] = readPage(pageData(readFileSync(full.path, 'utf8'))).projections;
  const connection = await (await DuckDBInstance.create()).connect();
  const file = join(full.folder, 'activations.parquet').replaceAll('\\', '/');
  const { origin, width, nBuckets } = projection.activations[0];
  const columns = projection.activations.map((_, k) => {
    return `min(assembly_${k + 1}), max(assembly_${k + 1})`;
  });
  const reader = await connection.runAndReadAll(
    `select cast(floor((time - ${origin}) / ${width}) as integer) as bucket, ${columns.join(', ')}
     from '${file}' group by bucket order by bucket`,
  );
  const rows = reader.getRowsJS().map((row) => row.map(Number));
  connection.closeSync();
  expect(rows.length).toBe(nBuckets);
  for (const [k, activation] of projection.activations.entries()) {
    const code = (activation.range.high - activation.range.low) / 131_068;
    let worst = 0;
    rows.forEach((row, bucket) => {
      const { low, high } = activation.bucket(bucket);
      worst = Math.max(worst, Math.abs(low - row[1 + 2 * k]), Math.abs(high - row[2 + 2 * k]));
    });
    expect(worst).toBeLessThanOrEqual(code * 1.0001);
  }
});

test('it opens in a browser, and zooms down to single bins', async (context) => {
  const missing = browserMissing();
  if (missing !== undefined) skip(context, missing);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openFile(browser, full.path);
    await page.click('#next-target');
    await page.locator('#timeline').hover({ position: { x: 600, y: 180 } });
    expect(await page.locator('.tooltip').innerText()).toMatch(/\nactivation −?\d[\d.]*\n/);
    expect(await page.locator('#view-status').textContent()).toMatch(/: 1 s$/);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
