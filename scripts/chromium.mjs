// Before the tests: a Chromium for those of the report. Where there is none, Debian's package is installed if this process
// may do that; else it says how to, and those tests are skipped.
import { spawnSync } from 'node:child_process';
import { findChromium, howToInstall } from './find-chromium.mjs';

if (findChromium() === undefined) {
  const problem = install();
  if (problem)
    console.error(`${problem}; tests in a browser are skipped. To run them, ${howToInstall}.`);
}

/** @returns {string | undefined} why there is still none */
function install() {
  if (process.env.CHROMIUM_PATH) return `no program at CHROMIUM_PATH=${process.env.CHROMIUM_PATH}`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'there is no Chromium here';
  console.error('installing chromium ...');
  // Where the lists of packages cannot be brought up to date, those that are there may do.
  aptGet('update');
  const problem = aptGet('install', '--yes', '--no-install-recommends', 'chromium');
  if (problem) return `apt-get did not install one (${problem})`;
  return findChromium() === undefined ? 'apt-get installed no Chromium' : undefined;
}

function aptGet(...args) {
  const { status, error, stderr } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 10 * 60_000,
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1));
}
