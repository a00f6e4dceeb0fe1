import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, type Workshop } from './child.ts';
import { type DataSpec, isStamped, readyFolder, sessionFolder, writeStamp } from './data.ts';
import { root } from './paths.ts';

/** Changes when what is made ready does. */
const version = 1;
export const readyBinSizes = [0.01, 0.002];
const filter = { brainRegion: ['CA1'], cellType: ['Pyr'] };

/** Makes spikes, patterns and activation of the recordings ready to be read by probes. */
export async function makeReady(specs: readonly DataSpec[], workshop: Workshop): Promise<void> {
  for (const spec of specs.filter(({ isReady }) => isReady)) {
    const session = sessionFolder(spec);
    const folder = readyFolder(spec);
    const made = readFileSync(`${session}.json`, 'utf8');
    const stamp = JSON.stringify({ version, made, readyBinSizes, filter });
    if (isStamped(folder, stamp)) continue;
    process.stderr.write(`making spikes, patterns and activation of ${session} ready ...\n`);
    rmSync(folder, { recursive: true, force: true });
    findPatterns(session, join(folder, 'run'), workshop.dist);
    const options = { session, folder, filter, binSizes: readyBinSizes };
    await measure({ probe: 'make-ready', options }, workshop);
    writeStamp(folder, stamp);
  }
}

function findPatterns(session: string, out: string, dist: string): void {
  const pipeline = join(root, 'pipelines', 'reactivation.yaml');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(dist, 'cli.js'), 'run', pipeline, '--set', `session=${session}`, '--out', out],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`finding the patterns of ${session} failed: ${stderr}`);
  rmSync(join(out, 'activations.parquet'));
}
