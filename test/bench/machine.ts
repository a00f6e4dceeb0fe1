import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.ts';

/** What the figures hang on besides the code. */
export function describeMachine(): Record<string, string | number> {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

export function describeVersions(): Record<string, string> {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const { version, dependencies } = JSON.parse(text) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  const isChanged = git('status', '--porcelain') !== '';
  const known = commit === '' ? {} : { commit: isChanged ? `${commit}, changed` : commit };
  return { rekindle: version, ...known, ...dependencies };
}

/** Empty where this is no clone. */
function git(...args: readonly string[]): string {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
