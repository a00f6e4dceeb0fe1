import type { ActivationChunk } from '../model/chunk.ts';

/** Chunks of the same assemblies one behind the other as one; its place on the clock is that of the first. */
export function joinActivation(chunks: readonly ActivationChunk[]): ActivationChunk {
  const [first, ...others] = chunks;
  if (others.length === 0) return first;
  const nBins = chunks.reduce((sum, chunk) => sum + chunk.nBins, 0);
  return {
    ...first,
    end: chunks[chunks.length - 1].end,
    nBins,
    times: join(chunks, nBins, ({ times }) => times),
    columns: first.columns.map((_, k) => join(chunks, nBins, ({ columns }) => columns[k])),
  };
}

function join(
  chunks: readonly ActivationChunk[],
  nBins: number,
  column: (chunk: ActivationChunk) => Float64Array,
): Float64Array {
  const joined = new Float64Array(nBins);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(column(chunk), at);
    at += chunk.nBins;
  }
  return joined;
}
