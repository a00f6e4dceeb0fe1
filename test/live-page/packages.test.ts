import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pagePackages } from '../../src/live-page/packages.ts';
import { cli, root } from '../support/cli.ts';
import { soundPipeline } from '../support/pipeline.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rekindle-page-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('package.json names these very packages, as optional ones', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const named = Object.entries(optionalDependencies).map(([name, version]) => `${name}@${version}`);
  for (const one of pagePackages) expect(named).toContain(one);
});

test.each([
  ['hono', 'PAGE_NOT_INSTALLED', 'live-page', pagePackages.join(' ')],
  ['@hono/node-server', 'PAGE_NOT_INSTALLED', 'live-page', pagePackages.join(' ')],
  ['uplot', 'PAGE_NOT_INSTALLED', 'live-page', pagePackages.join(' ')],
  ['zeromq', 'LIVE_NOT_INSTALLED', 'triggers-zmq', 'zeromq'],
])('without %s the run ends before any data is opened', (missing, code, op, hint) => {
  const out = join(scratch, `${code}-${missing.replaceAll(/\W/g, '-')}`);
  const file = join(scratch, `${op}.yaml`);
  // A session that is not there would be told, were it opened first.
  const text = soundPipeline.replaceAll('../data-samples/sim_small_11', 'nowhere');
  const nodes = `  high: { op: threshold, from: activity, level: 9 }\n  told: { op: ${op} }\n`;
  writeFileSync(file, `${text}${nodes}`);
  const hooks = join(root, 'test', 'support', 'missing-packages.mjs');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', hooks, cli, 'run', file, '--out', out],
    { cwd: root, encoding: 'utf8', env: { ...process.env, MISSING_PACKAGES: missing } },
  );
  expect(stderr).toContain(code);
  expect(stderr).toContain(`npm install ${hint}`);
  expect(status).toBe(2);
  expect(readdirSync(out)).toEqual([]);
});
