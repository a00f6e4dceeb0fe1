import type { OpenSource, SourceNode } from '../define.ts';
import { PipelineError } from '../errors.ts';
import { silent } from '../model/report.ts';
import type { RunNode, RunSummary } from '../results/run-json.ts';

/** A recording that was opened again, or why it was not. */
export type Reopened =
  | { readonly source: OpenSource; readonly reason?: undefined }
  | { readonly source?: undefined; readonly reason: string };

/** What is to be known of a run whose recording is read again. */
export type RunOfRecording = Pick<RunSummary, 'nodes' | 'sources'>;

/** Opens the recording that a node of a run read from. */
export type ReopenRecording = (run: RunOfRecording, node: string) => Promise<Reopened>;

/**
 * Recordings are opened by the sources that the run used, with the options that `run.json` holds, and only taken when their
 * files are to the byte what the run read. Whoever gets one closes it.
 */
export function reopenWith(
  sources: readonly SourceNode[],
  signal: AbortSignal = new AbortController().signal,
): ReopenRecording {
  return async (run, id) => {
    const { node, definition, reason } = findSource(sources, run, id);
    if (!definition) return { reason };
    try {
      const source = await open(definition, node, signal);
      const changed = changedFile(run, id, source);
      if (changed === undefined) return { source };
      await source.close?.();
      return { reason: notWhatItWas(changed) };
    } catch (error) {
      if (error instanceof PipelineError && !signal.aborted) {
        return { reason: `the recording cannot be read again (${error.message})` };
      }
      throw error;
    }
  };
}

/** Recordings as a run that has just ended still holds them; the run closes them. The same ones are refused. */
export function stillOpen(
  sources: readonly SourceNode[],
  opened: ReadonlyMap<string, OpenSource>,
): ReopenRecording {
  return async (run, id) => {
    const { node, definition, reason } = findSource(sources, run, id);
    if (!definition) return { reason };
    const source = opened.get(id);
    if (!source) return { reason: `no source ${node.op} is known here` };
    const changed = changedFile(run, id, source);
    if (changed !== undefined) return { reason: notWhatItWas(changed) };
    const { close: _, ...rest } = source;
    return { source: rest };
  };
}

/** The source that a node of a run stands for, or why its recording cannot be read again. */
function findSource(sources: readonly SourceNode[], run: RunOfRecording, id: string) {
  const node = run.nodes.find((one) => one.id === id);
  const definition = sources.find(({ op }) => op === node?.op);
  if (!node || !definition) return { reason: `no source ${node?.op ?? id} is known here` };
  if (definition.isLive || definition.outputs.spikes !== 'spikes') {
    return { reason: `${node.op} is not a recording that can be read again` };
  }
  return { node, definition };
}

function notWhatItWas(file: string): string {
  return `${file} is not what it was when the run was made`;
}

function open(definition: SourceNode, node: RunNode, signal: AbortSignal): Promise<OpenSource> {
  const options = Object.fromEntries(node.options);
  return definition.open(options, { wanted: new Set(), report: silent, signal });
}

/** The first file whose bytes differ from those the run read, or that one of both does not have. */
function changedFile(run: RunOfRecording, id: string, { digests }: OpenSource): string | undefined {
  const before = run.sources.find(({ node }) => node === id)?.digests ?? [];
  const known = new Map(before.map(({ name, sha256 }) => [name, sha256]));
  const found = new Map(digests.map(({ name, sha256 }) => [name, sha256]));
  for (const [name, sha256] of [...known, ...found]) {
    if (known.get(name) !== sha256 || found.get(name) !== sha256) return name;
  }
  return known.size === 0 ? 'the recording' : undefined;
}
