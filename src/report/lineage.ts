import { nodeOf } from '../results/lineage.ts';
import type { RunNode } from '../results/run-json.ts';
import type { RunResults } from '../results/run-results.ts';

const streams: ReadonlySet<string> = new Set(['spikes', 'counts', 'zscored', 'activation']);

/** The node that made an activation file. */
export function activationNode({ run }: RunResults, prefix: string): RunNode | undefined {
  const id = nodeOf(prefix).split('.')[0];
  return run.nodes.find((node) =>
    id ? node.id === id : [...node.outputs.values()].includes('activation'),
  );
}

/** The source whose stream a node works on, by way of the nodes between. */
export function sourceOf({ run }: RunResults, node: RunNode | undefined): RunNode | undefined {
  const byId = new Map(run.nodes.map((one) => [one.id, one]));
  let current = node;
  for (let steps = 0; current && steps <= run.nodes.length; steps++) {
    if (current.kind === 'source') return current;
    let before: RunNode | undefined;
    for (const wire of current.inputs.values()) {
      const [id = '', port = ''] = wire.split('.');
      const made = byId.get(id);
      if (made && streams.has(made.outputs.get(port) ?? '')) before ??= made;
    }
    current = before;
  }
  return undefined;
}

/** Prefix of the tables that describe a recording. */
export function recordingPrefix({ recordings }: RunResults, source: string | undefined): string {
  return recordings.includes(`${source}.`) ? `${source}.` : (recordings[0] ?? '');
}
