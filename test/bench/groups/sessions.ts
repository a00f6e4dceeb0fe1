import { join } from 'node:path';
import { type DataSpec, readyFolder, sessionFolder } from '../data.ts';
import { root } from '../paths.ts';

/** The recording of most figures: as long and as large as the session of the tutorial, or a short piece of it. */
export function mainSession(isQuick: boolean): DataSpec {
  const spec: DataSpec = { preset: 'full', format: 'cellexplorer', isReady: true };
  return isQuick ? { ...spec, hours: 0.6 } : spec;
}

export function mainFolders(isQuick: boolean): {
  readonly session: string;
  readonly ready: string;
} {
  const spec = mainSession(isQuick);
  return { session: sessionFolder(spec), ready: readyFolder(spec) };
}

export function pipelineFile(name: string): string {
  return join(root, 'pipelines', `${name}.yaml`);
}

/** Bin sizes that most is measured at, and how figures name them. */
export const binSizes = [
  { ms: '10ms', binSize: 0.01 },
  { ms: '2ms', binSize: 0.002 },
] as const;

export const mebibyte = 2 ** 20;
