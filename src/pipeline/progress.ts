import type { OpenSource } from '../define.ts';
import type { Chunk } from './build.ts';
import type { Graph } from './graph.ts';
import { type Pass, sourcesOf } from './plan.ts';

export interface Progress {
  readonly pass: number;
  readonly nPasses: number;
  /** 0 to 1; NaN while a recording is still running. */
  readonly fraction: number;
  /** Seconds of recording read in this pass. */
  readonly recorded: number;
  /** Seconds since the pass began. */
  readonly elapsed: number;
}

interface ProgressCapabilities {
  readonly onProgress?: (progress: Progress) => void;
  /** Monotonic time in seconds. */
  readonly now: () => number;
}

/** What is told of each chunk of a pass, by the first source that it reads. */
export function progressOf(
  pass: Pass,
  nPasses: number,
  graph: Graph,
  sources: ReadonlyMap<string, OpenSource>,
  { onProgress, now }: ProgressCapabilities,
  began: number,
): (chunk: Chunk) => void {
  if (!onProgress) return () => {};
  const [id] = sourcesOf(graph, pass);
  const span = id === undefined ? undefined : sources.get(id)?.span;
  return (chunk) => {
    if (!('end' in chunk)) return;
    const recorded = chunk.end - (span?.start ?? 0);
    const fraction = span ? Math.min(1, recorded / (span.end - span.start)) : Number.NaN;
    onProgress({ pass: pass.number, nPasses, fraction, recorded, elapsed: now() - began });
  };
}
