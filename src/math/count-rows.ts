import type { CountsChunk } from '../model/chunk.ts';

/** Rows `from` to `to` of a chunk, `to` excluded, as a chunk of its own that shares the entries. */
export function cutRows(chunk: CountsChunk, from: number, to: number): CountsChunk {
  const { origin, step, offsets } = chunk;
  const firstBin = chunk.firstBin + from;
  return {
    ...chunk,
    start: from === 0 ? chunk.start : origin + firstBin * step,
    end: to === chunk.nBins ? chunk.end : origin + (chunk.firstBin + to) * step,
    firstBin,
    nBins: to - from,
    offsets: offsets.subarray(from, to + 1),
  };
}
